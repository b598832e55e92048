// SPDX-License-Identifier: Apache-2.0
// @ts-check
// Makes the single-file builds of the backend for pages without a bundler, out of what tsc has compiled:
//
//   dist/approx.min.js       for <script>, after tfjs's own tf.min.js; makes the global `tfApprox`
//   dist/approx.esm.min.js   for <script type="module">; imports '@tensorflow/tfjs-core' (an import map says where)
//
// tfjs keeps backends, kernels and tensors in module state, so tfjs-core must not be in the bundle: the page's
// one and only instance is used (docs/decisions.md).

import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages', 'backend-approx');
const entry = join(folder, 'dist', 'bundle.js');
if (!existsSync(entry)) {
  console.error(`There is no ${entry}. Consider: npm run build`);
  process.exit(1);
}

const BANNER = '// SPDX-License-Identifier: Apache-2.0 (with TensorFlow.js 4.22.0, Apache-2.0)';

/**
 * Resolves tfjs-core to the global `tf` that tfjs's own script makes.
 * @type {import('esbuild').Plugin}
 */
const coreFromGlobal = {
  name: 'tfjs-core-from-global',
  setup({onResolve, onLoad}) {
    onResolve({filter: /^@tensorflow\/tfjs-core$/}, () => ({path: 'tf', namespace: 'global'}));
    onLoad({filter: /.*/, namespace: 'global'}, () => ({
      contents: `
        if (!globalThis.tf) {
          throw new Error('approx.min.js: there is no global tf. Load tf.min.js of TensorFlow.js before it.');
        }
        module.exports = globalThis.tf;`,
    }));
  },
};

/**
 * The bundles hold the stock CPU and WebGPU backends, which register themselves, as the page's tfjs may have
 * done before: what is there stays, without a warning for each of some 300 kernels.
 * @type {import('esbuild').Plugin}
 */
const stockBackendsOnce = {
  name: 'stock-backends-once',
  setup({onResolve, onLoad}) {
    onResolve({filter: /^@tensorflow\/tfjs-core$/}, ({importer}) =>
      /[\\/]tfjs-backend-(cpu|webgpu)[\\/]/.test(importer)
        ? {path: 'core', namespace: 'once'}
        : undefined,
    );
    onLoad({filter: /.*/, namespace: 'once'}, () => ({
      contents: `
        import * as core from '@tensorflow/tfjs-core';
        export * from '@tensorflow/tfjs-core';
        export function registerKernel(config) {
          if (!core.getKernel(config.kernelName, config.backendName)) core.registerKernel(config);
        }
        export function registerBackend(name, factory, priority) {
          return name in core.engine().registryFactory || core.registerBackend(name, factory, priority);
        }`,
      resolveDir: folder,
    }));
  },
};

/** @type {import('esbuild').BuildOptions} */
const shared = {
  entryPoints: [entry],
  bundle: true,
  minify: true,
  // Names in error messages and coverage tables stay what they are.
  keepNames: true,
  platform: 'browser',
  target: 'es2022',
  legalComments: 'none',
  banner: {js: BANNER},
  logLevel: 'warning',
};

const results = await Promise.all([
  build({
    ...shared,
    format: 'iife',
    globalName: 'tfApprox',
    plugins: [stockBackendsOnce, coreFromGlobal],
    outfile: join(folder, 'dist', 'approx.min.js'),
  }),
  build({
    ...shared,
    format: 'esm',
    plugins: [stockBackendsOnce],
    external: ['@tensorflow/tfjs-core'],
    outfile: join(folder, 'dist', 'approx.esm.min.js'),
  }),
]);
if (results.some(({warnings}) => warnings.length > 0)) {
  process.exitCode = 1;
}
