// SPDX-License-Identifier: Apache-2.0
// @ts-check
// The list of test suites: which test files exist, how they are grouped into processes, and with what
// environment each process runs.
//
// A suite is one process, because tfjs keeps backends, flags and kernels in global state and because the
// Vulkan driver is chosen when a process starts.

import {existsSync, readdirSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join, relative, sep} from 'node:path';
import {fileURLToPath} from 'node:url';

/** @typedef {import('./run-suite.ts').Suite} Suite */
/** @typedef {import('./adapters.ts').FoundAdapter} FoundAdapter */

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const mochaCli = join(dirname(require.resolve('mocha/package.json')), 'bin', 'mocha.js');
const reporter = join(root, 'tools', 'mocha-reporter.mjs');
const conformance = join(root, 'packages', 'backend-approx', 'dist-test', 'conformance', 'run.js');

/** Variables of the developer's shell that would change what is tested. */
const CLEAN = {
  APPROX_ENGINE: undefined,
  APPROX_MULTIPLIER: undefined,
  APPROX_THREADS: undefined,
  APPROX_READ_TIMEOUT: undefined,
  APPROX_TEST_ADAPTER: undefined,
};

/**
 * @typedef {object} Filter
 * @property {string} [grep]  Only tests whose title matches this regular expression.
 * @property {string} [file]  Only test files whose path contains this.
 */

/**
 * Tests without a GPU: the engine is `cpu` unless a test asks for another one.
 * @param {Filter} filter
 * @returns {Suite[]}
 */
export function unitSuites(filter) {
  return testFolders().flatMap(({name, files}) => {
    return mochaSuites(`unit · ${name}`, filesOf(files, 'cpu'), filter, {
      environment: {APPROX_ENGINE: 'cpu'},
      limitMinutes: 10,
    });
  });
}

/**
 * Tests of the webgpu engine, once per adapter.
 * @param {readonly FoundAdapter[]} adapters
 * @param {Filter} filter
 * @returns {Suite[]}
 */
export function webGpuSuites(adapters, filter) {
  return adapters.flatMap(adapter =>
    testFolders().flatMap(({name, files}) =>
      mochaSuites(`webgpu · ${name} · ${adapter.name}`, filesOf(files, 'webgpu'), filter, {
        environment: webGpuEnvironment(adapter),
        adapter: adapter.name,
        limitMinutes: 25,
      }),
    ),
  );
}

/**
 * Tests that drive a Chromium, on its SwiftShader: one process for all of them.
 * @param {Record<string, string>} environment  Of tools/chromium.ts.
 * @param {Filter} filter
 * @returns {Suite[]}
 */
export function browserSuites(environment, filter) {
  const files = testFolders().flatMap(({files}) => filesOf(files, 'browser'));
  return mochaSuites('browser · chromium', files, filter, {
    // The results of pages are compared with those of Node on the CPU.
    environment: {...environment, APPROX_ENGINE: 'cpu'},
    mochaOptions: ['--timeout', '300000'],
    limitMinutes: 15,
  });
}

/**
 * tfjs-core's own specs; by default those that reach a multiply-accumulate.
 * @param {readonly FoundAdapter[]} adapters
 * @param {Filter & {backends: readonly string[], all: boolean}} options
 * @returns {Suite[]}
 */
export function coreSuites(adapters, {backends, all, grep}) {
  const options = [...(all ? ['--all'] : []), ...(grep === undefined ? [] : ['--grep', grep])];
  /**
   * @param {string} name
   * @param {string[]} args
   * @param {FoundAdapter} [adapter]
   * @returns {Suite}
   */
  const suite = (name, args, adapter) => ({
    name: `core · ${name}${adapter ? ` · ${adapter.name}` : ''}`,
    command: [conformance, ...args, ...options],
    environment: {...CLEAN, ...(adapter ? webGpuEnvironment(adapter) : {})},
    limitMinutes: all ? 60 : 20,
    mayBeEmpty: grep !== undefined,
    adapter: adapter?.name,
  });
  return backends.flatMap(name => {
    const cpu =
      name === 'webgpu'
        ? []
        : [suite(name === 'cpu' ? 'stock cpu' : `${name}/cpu`, ['--backend', name])];
    const gpu =
      name === 'cpu'
        ? []
        : adapters.map(adapter =>
            name === 'webgpu'
              ? suite('stock webgpu', ['--backend', name], adapter)
              : suite(`${name}/webgpu`, ['--backend', name, '--engine', 'webgpu'], adapter),
          );
    return [...cpu, ...gpu];
  });
}

/**
 * @param {FoundAdapter} adapter
 * @returns {Record<string, string>}
 */
function webGpuEnvironment(adapter) {
  return {...adapter.environment, APPROX_ENGINE: 'webgpu', APPROX_TEST_ADAPTER: adapter.name};
}

/**
 * @param {string} name
 * @param {string[]} files
 * @param {Filter} filter
 * @param {{environment: Record<string, string>, mochaOptions?: string[], limitMinutes: number, adapter?: string}} how
 * @returns {Suite[]} One suite, or none if there is no file.
 */
function mochaSuites(name, files, filter, {environment, mochaOptions = [], limitMinutes, adapter}) {
  const {file = ''} = filter;
  const wanted = files.filter(path => relative(root, path).split(sep).join('/').includes(file));
  if (wanted.length === 0) {
    return [];
  }
  const grep = filter.grep === undefined ? [] : ['--grep', filter.grep];
  return [
    {
      name,
      command: [mochaCli, '--reporter', reporter, ...mochaOptions, ...grep, ...wanted],
      environment: {...CLEAN, ...environment},
      limitMinutes,
      mayBeEmpty: filter.grep !== undefined,
      adapter,
    },
  ];
}

/**
 * A test file, and in which processes it runs. Beside the code stand unit tests, which need no GPU; in test/ stand
 * suites that run on every engine, hence in both. A name that ends in .cpu.test, .webgpu.test or .browser.test
 * says something else.
 * @typedef {'cpu' | 'webgpu' | 'browser'} Process
 * @typedef {{path: string, processes: readonly Process[]}} TestFile
 */

/**
 * @param {readonly TestFile[]} files
 * @param {Process} process
 */
function filesOf(files, process) {
  return files.filter(({processes}) => processes.includes(process)).map(({path}) => path);
}

/**
 * Folders with tests and their compiled test files. The list is made from the sources: `tsc -b` leaves the
 * output of a deleted or renamed test behind, and that must not be run.
 * @returns {{name: string, files: TestFile[]}[]}
 */
export function testFolders() {
  const packages = readdirSync(join(root, 'packages')).map(name => join('packages', name));
  const compiled = [...packages, 'examples', join('examples', 'browser'), 'benchmarks'].map(
    folder => ({
      name: folder.split(sep).at(-1) ?? folder,
      files: [
        ...compiledTests(join(root, folder), 'src', 'dist', ['cpu']),
        ...compiledTests(join(root, folder), 'test', 'dist-test', ['cpu', 'webgpu']),
      ],
    }),
  );
  const tools = walk(join(root, 'tools'))
    .filter(file => file.endsWith('.test.ts'))
    .map(path => ({path, processes: /** @type {const} */ (['cpu'])}));
  return [{name: 'tools', files: tools}, ...compiled];
}

/**
 * @param {string} folder
 * @param {string} source
 * @param {string} output
 * @param {readonly Process[]} processes Of a file whose name does not say it.
 * @returns {TestFile[]}
 */
function compiledTests(folder, source, output, processes) {
  return walk(join(folder, source))
    .filter(file => file.endsWith('.test.ts'))
    .map(file => {
      const path = join(folder, output, relative(join(folder, source), file));
      const [, own] = /\.(cpu|webgpu|browser)\.test\.ts$/.exec(file) ?? [];
      return {
        path: path.replace(/\.ts$/, '.js'),
        processes: own === undefined ? processes : [/** @type {Process} */ (own)],
      };
    });
}

/**
 * @param {string} folder
 * @returns {string[]} All files below it, sorted; none if there is no such folder.
 */
function walk(folder) {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, {withFileTypes: true})
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? (entry.name === 'node_modules' ? [] : walk(path)) : [path];
    });
}
