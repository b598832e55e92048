// SPDX-License-Identifier: Apache-2.0
// @ts-check
// Finds the environment with which WebGPU sees this Linux machine's GPU, or says what keeps it from it.
//
// Containers often hold NVIDIA's Vulkan driver without the manifest that registers it, or in a folder where
// the Vulkan loader does not look. Such drivers are tried one by one, each in a process of its own.

import {spawnSync} from 'node:child_process';
import {accessSync, constants, existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {adapterKind} from '../packages/backend-approx/dist/testing/assert-adapter.js';

/**
 * @typedef {import('./adapters.mjs').AdapterInfo} AdapterInfo
 *
 * @typedef {object} Candidate
 * @property {string} what  Which driver, for people.
 * @property {Record<string, string>} environment  Added to this process's.
 *
 * @typedef {Candidate & {kind: 'hardware' | 'lavapipe' | 'swiftshader', info: AdapterInfo}} Found
 *
 * @typedef {object} Search
 * @property {Found | undefined} hardware
 * @property {Found | undefined} software  Only looked at where there is no hardware.
 * @property {string[]} tried  One line each: which driver, and what came of it.
 */

/** Where the Vulkan loader does not look by itself. */
const MORE_MANIFEST_FOLDERS = [
  '/usr/local/nvidia/share/vulkan/icd.d',
  '/usr/local/nvidia/vulkan/icd.d',
  '/opt/nvidia/share/vulkan/icd.d',
  '/run/opengl-driver/share/vulkan/icd.d',
];

const LIBRARY_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/lib/x86_64-linux-gnu',
  '/usr/lib64',
  '/lib64',
  '/usr/lib',
  '/usr/local/lib',
  '/usr/local/nvidia/lib64',
  '/usr/local/nvidia/lib',
  '/run/opengl-driver/lib',
  '/usr/lib/nvidia',
  '/usr/lib64/nvidia',
];

/** NVIDIA's Vulkan driver is in both; the second one needs no X11 libraries. */
const NVIDIA_LIBRARIES = ['libGLX_nvidia.so.0', 'libEGL_nvidia.so.0'];

const PROBE_LIMIT_MS = 90_000;

/**
 * @param {string} probeScript  adapter-probe.mjs, as a file that this Node can run.
 * @param {string} folder  For manifests that are made here; it must stay while drivers are in use.
 * @returns {Search}
 */
export function findDriver(probeScript, folder) {
  /** @type {Search} */
  const search = {hardware: undefined, software: undefined, tried: []};
  for (const candidate of candidates(folder)) {
    const answer = probe(probeScript, candidate.environment);
    if (typeof answer === 'string') {
      search.tried.push(`${candidate.what}: ${answer}`);
      continue;
    }
    const kind = adapterKind(answer);
    const name = answer.description || answer.device || 'an adapter without a name';
    search.tried.push(`${candidate.what}: ${name}${kind ? '' : ', which computes nothing'}`);
    if (kind === 'hardware') {
      search.hardware = {...candidate, kind, info: answer};
      return search;
    }
    if (kind !== undefined) {
      search.software ??= {...candidate, kind, info: answer};
    }
  }
  return search;
}

/**
 * What keeps WebGPU from a GPU on this machine, as far as it can be seen: whole sentences.
 * @returns {string[]}
 */
export function whatIsMissing() {
  const missing = [];
  const nvidia = existsSync('/dev/nvidia0') || existsSync('/proc/driver/nvidia/version');
  const render = existsSync('/dev/dri')
    ? readdirSync('/dev/dri').filter(name => name.startsWith('renderD'))
    : [];
  if (!nvidia && render.length === 0) {
    missing.push(
      'No GPU is visible here: there is neither /dev/nvidia0 nor /dev/dri/renderD*. In a container, pass ' +
        'the GPU through (Docker: --gpus all, or --device /dev/dri).',
    );
  }
  if (nvidia && nvidiaLibraries().length === 0) {
    missing.push(
      "There is an NVIDIA GPU, but not NVIDIA's Vulkan driver (libGLX_nvidia.so.0). In a container, start it " +
        'with NVIDIA_DRIVER_CAPABILITIES=all (compute and utility alone leave it out); elsewhere install ' +
        "the driver's graphics libraries (Ubuntu: libnvidia-gl-VERSION).",
    );
  } else if (nvidia) {
    const absent = ['libX11.so.6', 'libXext.so.6'].filter(name => !findLibrary(name));
    if (absent.length > 0) {
      missing.push(
        `libGLX_nvidia.so.0 needs ${absent.join(' and ')} (Debian, Ubuntu: libx11-6, libxext6).`,
      );
    }
  }
  for (const name of render) {
    if (!isAccessible(join('/dev/dri', name))) {
      missing.push(`/dev/dri/${name} may not be opened. Join the group render, or run as root.`);
    }
  }
  if (!nvidia && render.length > 0) {
    missing.push('AMD and Intel GPUs need Mesa 23 or later (Debian, Ubuntu: mesa-vulkan-drivers).');
  }
  return missing;
}

/**
 * @param {string} folder
 * @returns {Generator<Candidate>} In the order in which they are tried.
 */
function* candidates(folder) {
  yield {what: "the system's drivers", environment: {}};
  // Somebody who names a driver wants this one.
  if (process.env['VK_DRIVER_FILES'] || process.env['VK_ICD_FILENAMES']) {
    return;
  }
  for (const manifests of MORE_MANIFEST_FOLDERS.filter(path => existsSync(path))) {
    for (const name of readdirSync(manifests).filter(file => file.endsWith('.json'))) {
      const manifest = join(manifests, name);
      yield {what: manifest, environment: driverEnvironment(manifest, nvidiaFolders())};
    }
  }
  for (const library of nvidiaLibraries()) {
    const manifest = join(folder, `${library.split('/').at(-1)}.json`);
    const ICD = {library_path: library, api_version: '1.3.0'};
    mkdirSync(folder, {recursive: true});
    writeFileSync(manifest, JSON.stringify({file_format_version: '1.0.0', ICD}, null, 2) + '\n');
    yield {
      what: `${library}, with a manifest written here`,
      environment: driverEnvironment(manifest, [dirname(library)]),
    };
  }
}

/**
 * @param {string} manifest
 * @param {string[]} libraryFolders  Where the driver's own libraries are, which it loads by name.
 * @returns {Record<string, string>}
 */
function driverEnvironment(manifest, libraryFolders) {
  const folders = [process.env['LD_LIBRARY_PATH'], ...libraryFolders].filter(Boolean);
  return {
    VK_DRIVER_FILES: manifest,
    // The older name of the same.
    VK_ICD_FILENAMES: manifest,
    LD_LIBRARY_PATH: folders.join(':'),
  };
}

/** @returns {string[]} */
function nvidiaLibraries() {
  return NVIDIA_LIBRARIES.map(findLibrary).filter(path => path !== undefined);
}

/** @returns {string[]} */
function nvidiaFolders() {
  return [...new Set(nvidiaLibraries().map(path => dirname(path)))];
}

/**
 * @param {string} name
 * @returns {string | undefined}
 */
function findLibrary(name) {
  const own = (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter(Boolean);
  return [...own, ...LIBRARY_FOLDERS].map(folder => join(folder, name)).find(existsSync);
}

/**
 * @param {string} script
 * @param {Record<string, string>} environment
 * @returns {AdapterInfo | string} Why there is none, in words.
 */
function probe(script, environment) {
  const {status, signal, stdout, stderr, error} = spawnSync(process.execPath, [script], {
    // The loader then says on stderr why it passes over a driver.
    env: {VK_LOADER_DEBUG: 'error', ...process.env, ...environment},
    encoding: 'utf8',
    timeout: PROBE_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const said = stderr
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('Warning: maxDynamic'))
    .slice(-4)
    .join(' | ');
  if (status !== 0) {
    const how = error?.message ?? (signal ? `signal ${signal}` : `exit code ${status}`);
    return `trying it ended with ${how}${said && `: ${said}`}`;
  }
  const info = JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null');
  return info ?? `no adapter${said && ` (${said})`}`;
}

/** @param {string} path */
function isAccessible(path) {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
