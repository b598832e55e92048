// SPDX-License-Identifier: Apache-2.0
// @ts-check
// Which WebGPU adapters the tests can run on here: SwiftShader (always), lavapipe and hardware (if present).

import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {onlyDriver, swiftShaderEnvironment, swiftShaderUnavailable} from './swiftshader.mjs';

/**
 * @typedef {'swiftshader' | 'lavapipe' | 'hardware'} AdapterName
 *
 * @typedef {object} AdapterInfo  What adapter.info says.
 * @property {string} vendor
 * @property {string} architecture
 * @property {string} device
 * @property {string} description
 * @property {boolean} isFallbackAdapter
 *
 * @typedef {object} FoundAdapter
 * @property {AdapterName} name
 * @property {Record<string, string>} environment  With which a process on this adapter must be started.
 * @property {AdapterInfo} info
 *
 * @typedef {object} Search
 * @property {FoundAdapter[]} found
 * @property {{name: AdapterName, reason: string}[]} absent  Not here, which is no fault.
 * @property {{name: AdapterName, reason: string}[]} broken  Should be here and cannot be used.
 */

/** @type {readonly AdapterName[]} */
export const ADAPTER_NAMES = ['swiftshader', 'lavapipe', 'hardware'];

const probeScript = fileURLToPath(new URL('adapter-probe.mjs', import.meta.url));

/**
 * @param {readonly AdapterName[]} [wanted]
 * @returns {Search}
 */
export function findAdapters(wanted = ADAPTER_NAMES) {
  /** @type {Search} */
  const search = {found: [], absent: [], broken: []};
  if (wanted.includes('swiftshader')) {
    findSwiftShader(search);
  }
  if (wanted.includes('lavapipe')) {
    findLavapipe(search);
  }
  if (wanted.includes('hardware')) {
    findHardware(search);
  }
  return search;
}

/** @param {Search} search */
function findSwiftShader({found, absent, broken}) {
  const unavailable = swiftShaderUnavailable();
  if (unavailable !== undefined) {
    absent.push({name: 'swiftshader', reason: unavailable});
    return;
  }
  try {
    const environment = swiftShaderEnvironment();
    const info = probe(environment);
    if (info === null || kindOf(info) !== 'swiftshader') {
      throw new Error(`Dawn chose ${info === null ? 'no adapter' : info.description} instead`);
    }
    found.push({name: 'swiftshader', environment, info});
  } catch (error) {
    broken.push({name: 'swiftshader', reason: messageOf(error)});
  }
}

/** @param {Search} search */
function findLavapipe({found, absent}) {
  const manifest = lavapipeManifest();
  if (manifest === undefined) {
    absent.push({name: 'lavapipe', reason: 'not installed (Debian: mesa-vulkan-drivers)'});
    return;
  }
  try {
    const environment = onlyDriver(manifest);
    const info = probe(environment);
    if (info === null || kindOf(info) !== 'lavapipe') {
      throw new Error('Dawn refuses it; Debian 12 has a Mesa that is too old (22.3)');
    }
    found.push({name: 'lavapipe', environment, info});
  } catch (error) {
    absent.push({name: 'lavapipe', reason: `${manifest} is installed, but ${messageOf(error)}`});
  }
}

/** @param {Search} search */
function findHardware({found, absent}) {
  try {
    const info = probe({});
    if (info === null || kindOf(info) !== 'hardware') {
      const chosen = info === null ? 'no adapter' : `only the software adapter ${info.description}`;
      absent.push({name: 'hardware', reason: `Dawn finds ${chosen}`});
      return;
    }
    found.push({name: 'hardware', environment: {}, info});
  } catch (error) {
    absent.push({name: 'hardware', reason: messageOf(error)});
  }
}

/** @returns {string | undefined} */
function lavapipeManifest() {
  if (process.platform !== 'linux') {
    return undefined;
  }
  const dataFolders = (process.env['XDG_DATA_DIRS'] || '/usr/local/share:/usr/share').split(':');
  const folders = [
    join(homedir(), '.local/share/vulkan/icd.d'),
    '/etc/vulkan/icd.d',
    ...dataFolders.map(folder => join(folder, 'vulkan/icd.d')),
  ];
  return folders
    .filter(folder => existsSync(folder))
    .flatMap(folder => readdirSync(folder).map(file => join(folder, file)))
    .find(file => /[\\/]lvp_icd.*\.json$/.test(file));
}

/**
 * @param {AdapterInfo} info
 * @returns {AdapterName | undefined} undefined for the null adapter and for unknown software adapters.
 */
export function kindOf(info) {
  const text = `${info.vendor} ${info.architecture} ${info.description}`.toLowerCase();
  if (text.includes('swiftshader')) {
    return 'swiftshader';
  }
  if (text.includes('llvmpipe') || text.includes('lavapipe')) {
    return 'lavapipe';
  }
  return info.isFallbackAdapter || text.trim() === '' || /\bnull\b/.test(text)
    ? undefined
    : 'hardware';
}

/**
 * Asks a child process for its adapter.
 * @param {Record<string, string>} environment
 * @returns {AdapterInfo | null}
 */
function probe(environment) {
  const {status, signal, stdout, stderr, error} = spawnSync(process.execPath, [probeScript], {
    env: {...process.env, ...environment},
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  if (status !== 0) {
    const how = error?.message ?? (signal ? `signal ${signal}` : `exit code ${status}`);
    throw new Error(`asking it for a device failed (${how}): ${stderr.trim().slice(-500)}`);
  }
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null');
}

/**
 * @param {unknown} error
 * @returns {string}
 */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

// `node tools/adapters.mjs` tells a developer what the tests would run on.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(findAdapters(), null, 2));
}
