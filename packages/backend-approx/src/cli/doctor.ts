// SPDX-License-Identifier: Apache-2.0
/**
 * `tfjs-approx doctor`: what approx runs on here, how fast, and what to install for more.
 *
 * Finds everything out and returns it as plain data; doctor-text.ts lays it out. Nothing that is
 * missing makes it fail, as finding that out is its task.
 */
import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {fileURLToPath} from 'node:url';
import {platform} from '#platform';
import type {EngineName} from '../engine-list.js';
import type {SelfTest} from '../engines/webgpu/self-test.js';
import type {AdapterDescription, DeviceInfo} from '../index.js';
import {driverVariableAdvice, linuxAdvice} from './linux.js';
import type {Speed} from './measure.js';
import type {WebGpuAnswer, WebGpuFindings} from './webgpu-probe.js';

export interface Diagnosis {
  /** Whether approx can run at all. */
  readonly ok: boolean;
  readonly node: {
    readonly version: string;
    readonly platform: string;
    readonly arch: string;
    /** The range of versions approx runs on. */
    readonly required: string;
    readonly ok: boolean;
  };
  /** The npm package that brings WebGPU to Node; null if it is not installed. */
  readonly webgpuPackage: {readonly version: string} | null;
  readonly adapter:
    (AdapterDescription & {readonly device: string; readonly software: boolean}) | null;
  /** Why there is no adapter. */
  readonly adapterError?: string;
  readonly limits?: WebGpuFindings['limits'];
  readonly features?: readonly string[];
  readonly selfTest?: SelfTest;
  /** Whether webgpu and cpu gave the same bits for a matrix product with mbm7. */
  readonly bitsEqual?: boolean;
  readonly engines: ReadonlyArray<{readonly engine: EngineName; readonly speeds: readonly Speed[]}>;
  /** Why the cpu engine does not run, which it should everywhere. */
  readonly cpuError?: string;
  /** The engine that approx takes unless another one is asked for. */
  readonly automatic: EngineName;
  /** Variables that change what approx does, as they are set now. */
  readonly environment: Readonly<Record<string, string>>;
  /** What to do for more, one sentence or two each. */
  readonly advice: readonly string[];
}

const PROBE_LIMIT_MS = 60_000;
const VARIABLES = ['APPROX_ENGINE', 'APPROX_MULTIPLIER', 'VK_DRIVER_FILES', 'VK_ICD_FILENAMES'];

export async function diagnose(): Promise<Diagnosis> {
  const node = nodeVersion();
  const webgpuPackage = installedWebGpu();
  const cpu = await tryCpu();
  const gpu: WebGpuAnswer = webgpuPackage
    ? await tryWebGpu()
    : {error: "the npm package 'webgpu' is not installed"};
  const info = 'info' in gpu ? gpu.info : undefined;
  const automatic = info && !info.software ? 'webgpu' : 'cpu';
  return {
    ok: node.ok && !('error' in cpu),
    node,
    webgpuPackage,
    adapter: info?.adapter ? {...info.adapter, device: info.device, software: info.software} : null,
    ...('error' in gpu
      ? {adapterError: gpu.error}
      : {
          limits: gpu.limits,
          features: gpu.features,
          selfTest: gpu.info.selfTest,
          bitsEqual: 'error' in cpu ? undefined : gpu.digest === cpu.digest,
        }),
    engines: [
      ...('error' in cpu ? [] : [{engine: 'cpu' as const, speeds: cpu.speeds}]),
      ...('error' in gpu ? [] : [{engine: 'webgpu' as const, speeds: gpu.speeds}]),
    ],
    ...('error' in cpu ? {cpuError: cpu.error} : {}),
    automatic,
    environment: Object.fromEntries(
      VARIABLES.flatMap(name => (process.env[name] ? [[name, process.env[name]]] : [])),
    ),
    advice: advise(node, webgpuPackage !== null, info),
  };
}

function nodeVersion(): Diagnosis['node'] {
  const file = new URL('../../package.json', import.meta.url);
  const {engines} = JSON.parse(readFileSync(file, 'utf8')) as {engines: {node: string}};
  const numbers = (text: string) => text.match(/\d+/g)!.map(Number);
  const [major, minor] = numbers(process.versions.node);
  const [neededMajor, neededMinor = 0] = numbers(engines.node);
  return {
    version: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    required: engines.node,
    ok: major > neededMajor || (major === neededMajor && minor >= neededMinor),
  };
}

function installedWebGpu(): {version: string} | null {
  try {
    const {version} = createRequire(import.meta.url)('webgpu/package.json') as {version: string};
    return {version};
  } catch {
    return null;
  }
}

async function tryCpu(): Promise<{digest: string; speeds: Speed[]} | {error: string}> {
  try {
    // Not imported above, so that a Node that is too old for them is still told so.
    const {setEngine} = await import('../index.js');
    const {measureSpeeds, productDigest} = await import('./measure.js');
    await setEngine('cpu');
    return {digest: await productDigest(), speeds: await measureSpeeds()};
  } catch (error) {
    return {error: error instanceof Error ? error.message : String(error)};
  }
}

/** Runs webgpu-probe.js in a process of its own. */
function tryWebGpu(): Promise<WebGpuAnswer> {
  const script = fileURLToPath(new URL('webgpu-probe.js', import.meta.url));
  return new Promise(resolve => {
    const child = spawn(process.execPath, [script], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PROBE_LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', error => resolve({error: error.message}));
    child.on('close', (code, signal) => {
      const last = stdout.trimEnd().split('\n').at(-1) ?? '';
      if (code === 0 && last.startsWith('{')) return resolve(JSON.parse(last) as WebGpuAnswer);
      const how =
        signal === 'SIGKILL'
          ? `did not answer within ${PROBE_LIMIT_MS / 1000} seconds`
          : `ended the process (${signal ?? `exit code ${code}`})`;
      const [said] = stderr.trim().split('\n');
      resolve({error: `trying the driver ${how}${said ? `: ${said}` : ''}`});
    });
  });
}

function advise(
  node: Diagnosis['node'],
  hasWebGpu: boolean,
  info: DeviceInfo | undefined,
): string[] {
  const advice: string[] = [];
  if (!node.ok) advice.push(`Install Node ${node.required} from https://nodejs.org.`);
  if (!hasWebGpu) {
    advice.push("For the webgpu engine, install the npm package 'webgpu': npm install webgpu");
  } else if (!info) {
    const variables = driverVariableAdvice();
    if (variables.length > 0) return [...advice, ...variables];
    advice.push(platform.adapterHelp, ...(process.platform === 'linux' ? linuxAdvice() : []));
  } else if (info.software) {
    advice.push(
      'The adapter computes in software, so that approx takes the cpu engine unless ' +
        'APPROX_ENGINE=webgpu is set. With a GPU, install its Vulkan driver.',
    );
  }
  return advice;
}
