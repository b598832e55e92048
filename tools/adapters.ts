// SPDX-License-Identifier: Apache-2.0
// Which WebGPU adapters the tests can run on here: SwiftShader (always), lavapipe and hardware (if present).

import {existsSync, readdirSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {
  adapterKind,
  type TestAdapter,
} from '../packages/backend-approx/src/testing/assert-adapter.ts';
import {type AdapterInfo, probeAdapter} from './probe-adapter.ts';
import {onlyDriver, swiftShaderEnvironment, swiftShaderUnavailable} from './swiftshader.ts';

export interface FoundAdapter {
  name: TestAdapter;
  /** With which a process on this adapter must be started. */
  environment: Record<string, string>;
  info: AdapterInfo;
}

/** Why an adapter cannot be used. */
export interface Reason {
  name: TestAdapter;
  reason: string;
}

export interface Search {
  found: FoundAdapter[];
  /** Not here, which is no fault. */
  absent: Reason[];
  /** Should be here and cannot be used. */
  broken: Reason[];
}

export const ADAPTER_NAMES: readonly TestAdapter[] = ['swiftshader', 'lavapipe', 'hardware'];

export function findAdapters(wanted = ADAPTER_NAMES): Search {
  const search: Search = {found: [], absent: [], broken: []};
  const finders = {
    swiftshader: findSwiftShader,
    lavapipe: findLavapipe,
    hardware: findHardware,
  };
  for (const name of wanted) {
    finders[name](search);
  }
  return search;
}

function findSwiftShader({found, absent, broken}: Search): void {
  const name = 'swiftshader';
  const unavailable = swiftShaderUnavailable();
  if (unavailable !== undefined) {
    absent.push({name, reason: unavailable});
    return;
  }
  try {
    const environment = swiftShaderEnvironment();
    const info = ofKind(name, environment);
    if (typeof info === 'string') {
      throw new Error(info);
    }
    found.push({name, environment, info});
  } catch (error) {
    broken.push({name, reason: (error as Error).message});
  }
}

function findLavapipe({found, absent}: Search): void {
  const name = 'lavapipe';
  const manifest = lavapipeManifest();
  if (manifest === undefined) {
    absent.push({name, reason: 'not installed (Debian: mesa-vulkan-drivers)'});
    return;
  }
  const environment = onlyDriver(manifest);
  const info = ofKind(name, environment);
  if (typeof info === 'string') {
    const why = `${info}. Dawn refuses the Mesa of Debian 12 (22.3), which is too old`;
    absent.push({name, reason: `${manifest} is installed, but: ${why}`});
  } else {
    found.push({name, environment, info});
  }
}

function findHardware({found, absent}: Search): void {
  const name = 'hardware';
  const info = ofKind(name, {});
  if (typeof info === 'string') {
    absent.push({name, reason: info});
  } else {
    found.push({name, environment: {}, info});
  }
}

/** The adapter of that environment if it is of that kind, or else what there is instead. */
function ofKind(kind: TestAdapter, environment: Record<string, string>): AdapterInfo | string {
  const info = probeAdapter(environment);
  if (typeof info === 'string' || adapterKind(info) === kind) {
    return info;
  }
  return `Dawn finds only ${info.description || 'an adapter that computes nothing'}`;
}

function lavapipeManifest(): string | undefined {
  if (process.platform !== 'linux') {
    return undefined;
  }
  const dataFolders = (process.env['XDG_DATA_DIRS'] || '/usr/local/share:/usr/share').split(':');
  return [
    join(homedir(), '.local/share/vulkan/icd.d'),
    '/etc/vulkan/icd.d',
    ...dataFolders.map(folder => join(folder, 'vulkan/icd.d')),
  ]
    .filter(folder => existsSync(folder))
    .flatMap(folder => readdirSync(folder).map(file => join(folder, file)))
    .find(file => /[\\/]lvp_icd.*\.json$/.test(file));
}
