// SPDX-License-Identifier: Apache-2.0
// @ts-check
// The page is built into dist/page, beside what tsc compiles for the tests. A bundler warning is an error.

import {defineConfig} from 'vite';

/**
 * tfjs-core carries its Node platform in every bundle, behind a check at run time. A page needs none of it.
 * @returns {import('vite').Plugin}
 */
function withoutNodePlatform() {
  return {
    name: 'without-node-platform',
    enforce: 'pre',
    load(id) {
      return /tfjs-core[\\/]dist[\\/]platforms[\\/]platform_node\.js/.test(id)
        ? 'export {};'
        : null;
    },
  };
}

const rolldownOptions = {
  // How long a build takes says something about the machine, and nothing about the page.
  checks: {pluginTimings: false},
  /** @param {{message: string}} warning */
  onwarn(warning) {
    throw new Error(warning.message);
  },
};

/** With these the page is cross-origin isolated, and the CPU engine may have several threads. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  // Relative addresses, so that the page can be put into any folder of a web server.
  base: './',
  server: {headers},
  plugins: [withoutNodePlatform()],
  worker: {format: 'es', plugins: () => [withoutNodePlatform()], rolldownOptions},
  optimizeDeps: {
    // The dev server finds what a worker imports only when it runs, and would load the page again.
    include: [
      '@observablehq/plot',
      '@tensorflow/tfjs',
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-backend-cpu',
      '@tensorflow/tfjs-backend-webgpu',
    ],
  },
  build: {
    outDir: 'dist/page',
    target: 'es2022',
    // TensorFlow.js alone, with its WebGPU and WebGL backends, is beyond the usual 500 kB.
    chunkSizeWarningLimit: 2500,
    rolldownOptions,
  },
});
