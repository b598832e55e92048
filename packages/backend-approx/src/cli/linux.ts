// SPDX-License-Identifier: Apache-2.0
/** Why a Linux machine has no WebGPU adapter, and what to install or change: whole sentences. */
import {accessSync, constants, existsSync, readFileSync, readdirSync} from 'node:fs';
import {homedir} from 'node:os';
import {delimiter, join} from 'node:path';

/** Variables that make the Vulkan loader see only the drivers they name. */
const DRIVER_VARIABLES = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'] as const;

/** Why the variables of the environment leave no driver, if they are the cause. */
export function driverVariableAdvice(): string[] {
  return DRIVER_VARIABLES.flatMap(name => {
    const value = process.env[name];
    if (!value) return [];
    const isMissing = value.split(delimiter).every(file => !existsSync(file));
    return [
      `${name} allows only the driver ${value}${isMissing ? ', which does not exist' : ''}. Unset ` +
        'it to use the installed ones.',
    ];
  });
}

/** What stands between this machine and an adapter, as far as it can be seen from outside. */
export function linuxAdvice(): string[] {
  const advice: string[] = [];
  if (!hasVulkanLoader()) {
    advice.push(
      'There is no Vulkan loader (libvulkan.so.1). On Debian and Ubuntu: apt install libvulkan1',
    );
  }
  if (existsSync('/dev/nvidia0') && !driverManifests().some(file => file.includes('nvidia'))) {
    advice.push(
      'There is an NVIDIA GPU, but no Vulkan driver for it. In a container, start it with ' +
        'NVIDIA_DRIVER_CAPABILITIES=all.',
    );
  }
  const renderNode = '/dev/dri/renderD128';
  if (existsSync(renderNode) && !isAccessible(renderNode)) {
    advice.push(`${renderNode} may not be opened. Join the group render and log in again.`);
  }
  const {id, version} = distribution();
  if (id === 'debian' && version === '12') {
    advice.push(
      'The lavapipe of Debian 12 itself (Mesa 22.3) is too old and refused. Take the one of ' +
        'bookworm-backports: apt install -t bookworm-backports mesa-vulkan-drivers',
    );
  }
  return advice;
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
