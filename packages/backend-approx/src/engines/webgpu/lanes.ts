// SPDX-License-Identifier: Apache-2.0
/**
 * Tiles that share operands between the lanes of a subgroup assume that these are neighbours in
 * `local_invocation_index`. WGSL does not promise it, so each device is asked, in workgroups of the
 * tiles' sizes, before a tile relies on it.
 */
import {pipelineDescriptor, type ApproxWebGPUBackend} from './backend.js';
import {threadsOf, type Tile} from './tiles.js';
import {WgslBuilder} from './wgsl.js';

/** Takes subgroups from the device's traits where its lanes are not as these tiles assume. */
export async function checkLanes(
  backend: ApproxWebGPUBackend,
  tiles: readonly Tile[],
): Promise<void> {
  const {subgroupSize, limits} = backend.traits;
  if (subgroupSize === null) return;
  const sizes = tiles
    .filter(({operands, lanes}) => operands === 'subgroup' && lanes === subgroupSize)
    .map(threadsOf)
    .filter(threads => threads <= limits.maxComputeInvocationsPerWorkgroup)
    .filter(threads => threads <= limits.maxComputeWorkgroupSizeX);
  for (const threads of new Set(sizes)) {
    if (await lanesAreNeighbours(backend, subgroupSize, threads)) continue;
    backend.traits = {...backend.traits, subgroupSize: null};
    const {description, device} = backend.adapterDescription;
    console.warn(
      `approx: on ${description || device} the lanes of a subgroup are not known to be neighbours in ` +
        `workgroups of ${threads}; tiles that rely on it are not used.`,
    );
    return;
  }
}

/** More than one, in case only the first is in order. */
const WORKGROUPS = 3;
const RIGHT = 1;

/** @param threads workgroup size, a multiple of `lanes`. */
export async function lanesAreNeighbours(
  backend: ApproxWebGPUBackend,
  lanes: number,
  threads: number,
): Promise<boolean> {
  const pipeline = await compiled(backend.device, lanesShader(lanes, threads));
  // A driver that cannot compile this cannot compile the tiles.
  if (!pipeline) return false;
  const output = backend.allocate('the check of lanes', [WORKGROUPS * threads]);
  backend.dispatchPipeline({
    name: 'the check of lanes',
    pipeline,
    bindings: [{binding: 0, buffer: backend.bufferOf(output)}],
    tensors: [output],
    workgroups: WORKGROUPS,
  });
  try {
    const found = (await backend.read(output.dataId)) as Float32Array;
    return found.every(value => value === RIGHT);
  } finally {
    backend.disposeData(output.dataId);
  }
}

async function compiled(device: GPUDevice, code: string): Promise<GPUComputePipeline | null> {
  // An error outside a scope would count as one of the backend.
  device.pushErrorScope('validation');
  const descriptor = pipelineDescriptor(device, {label: 'lanes', code});
  const textError = device.popErrorScope();
  const pipeline = device.createComputePipelineAsync(descriptor);
  const [outcome] = await Promise.allSettled([pipeline, textError]);
  return outcome.status === 'fulfilled' ? outcome.value : null;
}

/** Each thread says whether its own number and those that its subgroup broadcasts are as assumed. */
function lanesShader(lanes: number, threads: number): string {
  const wgsl = new WgslBuilder();
  wgsl.emit(
    'enable subgroups;',
    '@group(0) @binding(0) var<storage, read_write> found: array<f32>;',
    `@compute @workgroup_size(${threads})`,
    'fn main(@builtin(workgroup_id) workgroup: vec3<u32>,',
    '        @builtin(subgroup_invocation_id) lane: u32,',
  );
  wgsl.block('        @builtin(local_invocation_index) thread: u32)', () => {
    wgsl.emit(`var right = lane == thread % ${lanes}u;`, 'let first = thread - lane;');
    wgsl.unroll(lanes, i =>
      wgsl.emit(`right = right & (subgroupBroadcast(thread, ${i}u) == first + ${i}u);`),
    );
    wgsl.emit(`found[workgroup.x * ${threads}u + thread] = select(0.0, ${RIGHT}.0, right);`);
  });
  return wgsl.toString();
}
