// SPDX-License-Identifier: Apache-2.0
// One bundle of tfjs-core's own tests and the backend under test, with a single tfjs-core in it.
//
// The tests are published as extensionless ES modules that only a bundler can load, and they import
// tfjs-core from dist/. A backend that Node resolved by itself would get another copy (dist/tf-core.node.js)
// with another kernel registry, hence everything that touches tfjs-core is bundled together.

import {mkdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

export type BackendName = 'approx' | 'cpu' | 'webgpu';

const BACKEND_PACKAGES: Record<BackendName, string> = {
  approx: '@tfjs-approx/backend-approx',
  cpu: '@tensorflow/tfjs-backend-cpu',
  webgpu: '@tensorflow/tfjs-backend-webgpu',
};

const packageRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * Bundles the tests with one backend.
 * @returns Path of an ES module that exports `tf`, `setTestEnvs`, `loadBackend` and `loadTests`. It lies in
 *   the package, so that `webgpu`, which stays outside the bundle, resolves from there.
 */
export async function bundleCoreSuite(backend: BackendName): Promise<string> {
  const outfile = join(packageRoot, 'dist-test', '.core-suite', `${backend}-${process.pid}.mjs`);
  mkdirSync(dirname(outfile), {recursive: true});
  await build({
    stdin: {
      contents: entryOf(backend),
      resolveDir: packageRoot,
      sourcefile: 'core-suite-entry.mjs',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // `module` is dist/index.js, the copy of tfjs-core that the tests use.
    mainFields: ['module', 'main'],
    // tfjs-core's sideEffects list does not name its tests: esbuild would drop most of them.
    ignoreAnnotations: true,
    external: ['webgpu'],
    // CommonJS parts (jasmine, node-fetch, long) call require, which an ES module does not have.
    banner: {
      js: `import {createRequire as createRequireOfBundle} from 'node:module';
const require = createRequireOfBundle(import.meta.url);`,
    },
    logLevel: 'error',
    logOverride: {'direct-eval': 'silent'},
  });
  return outfile;
}

function entryOf(backend: BackendName): string {
  // The tests register themselves when they are evaluated, and only for environments that are set by
  // then; a backend looks for navigator.gpu when it is evaluated. So both are loaded on demand.
  return `
    export * as tf from '@tensorflow/tfjs-core';
    import '@tensorflow/tfjs-core/dist/register_all_gradients';
    import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
    export {setTestEnvs} from '@tensorflow/tfjs-core/dist/jasmine_util';
    export const loadBackend = () => import('${BACKEND_PACKAGES[backend]}');
    export const loadTests = () => import('@tensorflow/tfjs-core/dist/tests');
  `;
}
