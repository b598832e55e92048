// SPDX-License-Identifier: Apache-2.0
// @ts-check
// SwiftShader, Google's software Vulkan driver, out of the npm package @sparticuz/chromium.
//
// It makes WebGPU available on a machine without GPU, driver or root rights. The package carries it (with
// the Vulkan loader that Dawn needs) as a brotli-compressed tar file.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {brotliDecompressSync} from 'node:zlib';
import {readTar} from './tar.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const DRIVER_MANIFEST = 'vk_swiftshader_icd.json';

/** @returns {string | undefined} Why there is no SwiftShader on this platform; undefined where there is. */
export function swiftShaderUnavailable() {
  const platform = `${process.platform}-${process.arch}`;
  return platform === 'linux-x64'
    ? undefined
    : `@sparticuz/chromium carries SwiftShader for linux-x64 only, and this is ${platform}`;
}

/**
 * Unpacks SwiftShader into node_modules/.cache, if that has not been done yet.
 * @returns {Record<string, string>} The environment with which a Node process must be started to use it:
 *   the dynamic loader reads LD_LIBRARY_PATH only when a process starts.
 */
export function swiftShaderEnvironment() {
  const unavailable = swiftShaderUnavailable();
  if (unavailable !== undefined) {
    throw new Error(`No SwiftShader: ${unavailable}`);
  }
  const folder = unpack();
  return {
    LD_LIBRARY_PATH: [folder, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
    ...onlyDriver(join(folder, DRIVER_MANIFEST)),
  };
}

/**
 * @param {string} manifest
 * @returns {Record<string, string>} Variables that make the Vulkan loader see this one driver.
 */
export function onlyDriver(manifest) {
  // The second is the older name; a new loader ignores it where the first is set.
  return {VK_DRIVER_FILES: manifest, VK_ICD_FILENAMES: manifest};
}

/** @returns {string} The folder with the libraries. */
function unpack() {
  const chromium = packageFolder('@sparticuz/chromium');
  const {version} = JSON.parse(readFileSync(join(chromium, 'package.json'), 'utf8'));
  return unpackOnce(`swiftshader-${version}`, folder => {
    const archive = brotliDecompressSync(readFileSync(join(chromium, 'bin', 'swiftshader.tar.br')));
    for (const {name, mode, content} of readTar(archive)) {
      const path = join(folder, name);
      mkdirSync(dirname(path), {recursive: true});
      writeFileSync(path, content);
      chmodSync(path, mode);
    }
  });
}

/**
 * @param {string} name
 * @param {(folder: string) => void} fill  Called when there is no such folder yet, with an empty one.
 * @returns {string} The folder of that name in node_modules/.cache.
 */
export function unpackOnce(name, fill) {
  const folder = join(root, 'node_modules', '.cache', 'tfjs-approx', name);
  if (existsSync(folder)) {
    return folder;
  }
  // Unpacked beside its place and renamed, so that a concurrent run never sees half of it.
  const temporary = `${folder}-${process.pid}`;
  mkdirSync(temporary, {recursive: true});
  fill(temporary);
  try {
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, {recursive: true, force: true});
    if (!existsSync(folder)) {
      throw error;
    }
  }
  return folder;
}

/**
 * @param {string} name
 * @returns {string} Where that npm package is installed.
 */
export function packageFolder(name) {
  // Asking for package.json may be forbidden by `exports`, so the search paths are walked instead.
  const found = (require.resolve.paths(name) ?? [])
    .map(path => join(path, name))
    .find(path => existsSync(join(path, 'package.json')));
  if (found === undefined) {
    throw new Error(`${name} is not installed. Consider: npm ci`);
  }
  return found;
}
