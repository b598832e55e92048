// SPDX-License-Identifier: Apache-2.0
// What every mocha process starts with, so that `npx mocha FILE` runs one compiled test file as `npm test` does.
// tfjs keeps its backend in module state: a process is either one of the webgpu engine, with APPROX_ENGINE=webgpu,
// or one of the engines that need no GPU. Files of tools/ are TypeScript that nobody compiles.

const {join} = require('node:path');

const isWebGpuFile = process.argv.some(argument => argument.endsWith('.webgpu.test.js'));
process.env.APPROX_ENGINE ??= isWebGpuFile ? 'webgpu' : 'cpu';
const isWebGpu = process.env.APPROX_ENGINE === 'webgpu';
const backend = join(__dirname, 'packages', 'backend-approx', 'dist');

const isTypeScript = process.argv.some(argument => argument.endsWith('.ts'));

const modules = [
  ...(isTypeScript ? ['tsx'] : []),
  // Root hooks: they assert engine and adapter before the first test of the process.
  ...(isWebGpu ? [join(backend, 'testing', 'hooks.js')] : []),
];

module.exports = {
  timeout: isWebGpu ? 300_000 : 60_000,
  // mocha takes an empty list for the name of a module.
  ...(modules.length > 0 ? {require: modules} : {}),
};
