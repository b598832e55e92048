// SPDX-License-Identifier: Apache-2.0
/** Whether the system shows a GPU at all, so that nothing is loaded to search for one in vain. */
import {existsSync, readdirSync} from 'node:fs';

/**
 * Device files of Linux's GPU drivers: those of the kernel's own framework (AMD, Intel, Nouveau and
 * most others), NVIDIA's, those of Jetson, WSL, Adreno, Mali and PowerVR.
 */
const GPU_DEVICES =
  /^(dri\/renderD\d+|nvidia\d+|nvidiactl|nvidia-caps|nvhost.*|nvmap|nvgpu|dxg|kgsl-3d\d+|mali\d+|pvr.*)$/;

/**
 * False only where it is certain: on Linux without any driver's device file.
 *
 * @param folder where device files are.
 */
export function mayHaveGpu(system: string = process.platform, folder = '/dev'): boolean {
  if (system !== 'linux') return true;
  const names = [...list(folder), ...list(`${folder}/dri`).map(name => `dri/${name}`)];
  return names.some(name => GPU_DEVICES.test(name));
}

function list(folder: string): string[] {
  if (!existsSync(folder)) return [];
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
