// SPDX-License-Identifier: Apache-2.0
/** What the tuner (benchmarks/src/tune.ts) needs of the engine; not part of the public interface. */
export {layoutOf} from './contraction/layout.js';
export type {ApproxWebGPUBackend} from './engines/webgpu/backend.js';
export {canRun, demandOf, TILE_LIMITS, tilesThatRun} from './engines/webgpu/device-traits.js';
export {createWebGPUEngine} from './engines/webgpu/engine.js';
export {checkLanes} from './engines/webgpu/lanes.js';
export {programOf, type ProductForm} from './engines/webgpu/unit-program.js';
export {tableCandidates, tileCandidates} from './engines/webgpu/tile-candidates.js';
export type {DeviceClass} from './engines/webgpu/tile-table.js';
export {
  columnsOf,
  paddedOutputs,
  rowsOf,
  tileText,
  type TablePlacement,
  type Tile,
  type TileCost,
} from './engines/webgpu/tiles.js';
export {batchMatMul} from './kernels/BatchMatMul.js';
export {conv2D} from './kernels/Conv2D.js';
export {depthwiseConv2dNative} from './kernels/DepthwiseConv2dNative.js';
export type {Lowering} from './kernels/lowering.js';
