// SPDX-License-Identifier: Apache-2.0
/** Why a Linux machine may have no WebGPU adapter, and what to install or change. */
import {accessSync, constants, existsSync, readFileSync, readdirSync} from 'node:fs';
import {homedir} from 'node:os';
import {delimiter, join} from 'node:path';

/** Variables that make the Vulkan loader see only the drivers they name. */
const DRIVER_VARIABLES = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'] as const;

/** Sentences, the likeliest cause first. */
export function linuxAdvice(): string[] {
  const advice: string[] = [];
  for (const name of DRIVER_VARIABLES) {
    const value = process.env[name];
    if (!value) continue;
    const missing = value.split(delimiter).filter(file => !existsSync(file));
    advice.push(
      `${name} allows only the driver ${value}` +
        `${missing.length > 0 ? ', which does not exist' : ''}. Unset it to use the installed ones.`,
    );
  }
  if (!hasVulkanLoader()) {
    advice.push(
      'There is no Vulkan loader (libvulkan.so.1). Debian, Ubuntu: apt install libvulkan1',
    );
  }
  const manifests = driverManifests();
  if (existsSync('/dev/nvidia0') && !manifests.some(file => file.includes('nvidia'))) {
    advice.push(
      'There is an NVIDIA GPU, but no Vulkan driver for it. In a container, start it with ' +
        'NVIDIA_DRIVER_CAPABILITIES=all.',
    );
  }
  const renderNode = '/dev/dri/renderD128';
  if (existsSync(renderNode) && !isAccessible(renderNode)) {
    advice.push(
      `${renderNode} may not be opened. Add yourself to the group render and log in again.`,
    );
  }
  advice.push(softwareDriverAdvice(manifests.some(file => file.startsWith('lvp_'))));
  return advice;
}

/** lavapipe computes on the CPU: no gain in speed, but the webgpu engine can be tried. */
function softwareDriverAdvice(isInstalled: boolean): string {
  const {id, version} = distribution();
  if (id === 'debian' && version === '12') {
    return (
      'Without a GPU, the software driver lavapipe works, but the one of Debian 12 (Mesa 22.3) is ' +
      'too old and refused. Add bookworm-backports to the sources of apt, then: apt install -t ' +
      'bookworm-backports mesa-vulkan-drivers'
    );
  }
  return isInstalled
    ? 'The software driver lavapipe is installed, but was not accepted; it takes Mesa 23 or later.'
    : 'Without a GPU, the software driver lavapipe (Mesa 23 or later) works. Debian, Ubuntu: apt ' +
        'install mesa-vulkan-drivers';
}

function distribution(): {id?: string; version?: string} {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(text)?.[1];
    return {id: field('ID'), version: field('VERSION_ID')};
  } catch {
    return {};
  }
}

/** File names in the folders where Vulkan drivers register themselves. */
function driverManifests(): string[] {
  const dataFolders = (process.env['XDG_DATA_DIRS'] || '/usr/local/share:/usr/share').split(':');
  return [join(homedir(), '.local/share'), '/etc', ...dataFolders]
    .map(folder => join(folder, 'vulkan/icd.d'))
    .flatMap(folder => (existsSync(folder) ? readdirSync(folder) : []));
}

/** True where it cannot be told: not every system has its libraries in these folders. */
function hasVulkanLoader(): boolean {
  const triplet = {x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu'}[process.arch as string];
  const known = [`/usr/lib/${triplet}`, '/usr/lib64', '/usr/lib'].filter(folder =>
    ['libc.so.6', 'libm.so.6'].some(file => existsSync(join(folder, file))),
  );
  const own = (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter(Boolean);
  const folders = [...own, ...known, '/usr/local/lib'];
  return known.length === 0 || folders.some(folder => existsSync(join(folder, 'libvulkan.so.1')));
}

function isAccessible(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
