// SPDX-License-Identifier: Apache-2.0
// Finds the environment with which WebGPU sees this Linux machine's GPU, or says what keeps it from it.
//
// Containers often hold NVIDIA's Vulkan driver without the manifest that registers it, or in a folder where
// the Vulkan loader does not look. Such drivers are tried one by one, each in a process of its own.

import {accessSync, constants, existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {
  adapterKind,
  type TestAdapter,
} from '../packages/backend-approx/src/testing/assert-adapter.ts';
import {type AdapterInfo, probeAdapter} from './probe-adapter.ts';

interface Candidate {
  /** Which driver, for people. */
  what: string;
  /** Added to this process's. */
  environment: Record<string, string>;
}

export interface Found extends Candidate {
  kind: TestAdapter;
  info: AdapterInfo;
}

export interface Search {
  hardware: Found | undefined;
  /** Only looked at where there is no hardware. */
  software: Found | undefined;
  /** One line each: which driver, and what came of it. */
  tried: string[];
}

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

/**
 * @param probeScript adapter-probe.mjs, as a file that this Node can run.
 * @param folder For manifests that are made here; it must stay while drivers are in use.
 */
export function findDriver(probeScript: string, folder: string): Search {
  const search: Search = {hardware: undefined, software: undefined, tried: []};
  for (const candidate of candidates(folder)) {
    const answer = probeAdapter(candidate.environment, probeScript);
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

/** What keeps WebGPU from a GPU on this machine, as far as it can be seen: whole sentences. */
export function whatIsMissing(): string[] {
  const missing: string[] = [];
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

/** In the order in which they are tried. */
function* candidates(folder: string): Generator<Candidate> {
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

/** @param libraryFolders Where the driver's own libraries are, which it loads by name. */
function driverEnvironment(manifest: string, libraryFolders: string[]): Record<string, string> {
  const folders = [process.env['LD_LIBRARY_PATH'], ...libraryFolders].filter(Boolean);
  // The second is the older name of the first.
  return {
    VK_DRIVER_FILES: manifest,
    VK_ICD_FILENAMES: manifest,
    LD_LIBRARY_PATH: folders.join(':'),
  };
}

function nvidiaLibraries(): string[] {
  return NVIDIA_LIBRARIES.map(findLibrary).filter(path => path !== undefined);
}

function nvidiaFolders(): string[] {
  return [...new Set(nvidiaLibraries().map(path => dirname(path)))];
}

function findLibrary(name: string): string | undefined {
  const own = (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter(Boolean);
  return [...own, ...LIBRARY_FOLDERS].map(folder => join(folder, name)).find(existsSync);
}

function isAccessible(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
