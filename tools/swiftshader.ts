// SPDX-License-Identifier: Apache-2.0
// SwiftShader, Google's software Vulkan driver, out of the npm package @sparticuz/chromium.
//
// It makes WebGPU available on a machine without GPU, driver or root rights. The package carries it, with
// the Vulkan loader that Dawn needs.

import {join} from 'node:path';
import {unpackOnce, unpackTar} from './unpack.ts';

/** Why there is no SwiftShader on this platform; undefined where there is. */
export function swiftShaderUnavailable(): string | undefined {
  const platform = `${process.platform}-${process.arch}`;
  return platform === 'linux-x64'
    ? undefined
    : `@sparticuz/chromium carries SwiftShader for linux-x64 only, and this is ${platform}`;
}

/**
 * Unpacks SwiftShader into node_modules/.cache, if that has not been done yet.
 * @returns The environment with which a Node process must be started to use it: the dynamic loader reads
 *   LD_LIBRARY_PATH only when a process starts.
 */
export function swiftShaderEnvironment(): Record<string, string> {
  const unavailable = swiftShaderUnavailable();
  if (unavailable !== undefined) {
    throw new Error(`No SwiftShader: ${unavailable}`);
  }
  const folder = unpackOnce('swiftshader', (into, read) =>
    unpackTar(read('swiftshader.tar.br'), into),
  );
  return {
    LD_LIBRARY_PATH: [folder, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
    ...onlyDriver(join(folder, 'vk_swiftshader_icd.json')),
  };
}

/** Variables that make the Vulkan loader see this one driver. */
export function onlyDriver(manifest: string): Record<string, string> {
  // The second is the older name; a new loader ignores it where the first is set.
  return {VK_DRIVER_FILES: manifest, VK_ICD_FILENAMES: manifest};
}
