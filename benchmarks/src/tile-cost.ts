// SPDX-License-Identifier: Apache-2.0
/**
 * What a tile costs: time per product on a matrix product and on a padded convolution whose outputs
 * the tile fills, so that only its own speed counts. Tiles along channels are measured on a depthwise
 * convolution. On GPUs also how many workgroups it takes to keep the device busy.
 */
import {
  batchMatMul,
  columnsOf,
  conv2D,
  createWebGPUEngine,
  depthwiseConv2dNative,
  layoutOf,
  paddedOutputs,
  rowsOf,
  type ApproxWebGPUBackend,
  type Lowering,
  type Tile,
  type TileCost,
} from '@tfjs-approx/backend-approx/tuning';
import type {MacUnit} from '@tfjs-approx/arithmetic';
import {randomValues} from './random.js';

export interface Scale {
  /** Outputs of a measured contraction, roughly. */
  readonly outputs: number;
  /** k of the matrix products. */
  readonly depth: number;
  readonly rounds: number;
  /** Milliseconds: of the clock, or what this process spends where the adapter computes in it. */
  readonly now: () => number;
  /** Numbers of workgroups, ascending, that are tried to see when the device is busy. */
  readonly workgroups: readonly number[];
}

/** With this share of the best speed a device counts as busy. */
const BUSY = 0.8;
const PICOSECONDS_PER_MS = 1e9;

/** @returns a cost for each tile, in picoseconds. */
export async function measureTiles(
  backend: ApproxWebGPUBackend,
  unit: MacUnit,
  tiles: readonly Tile[],
  scale: Scale,
): Promise<TileCost[]> {
  const job = (tile: Tile, lowering: Lowering) => new Job(backend, unit, tile, lowering);
  const jobs = tiles.map(tile => workloads(tile, scale).map(lowering => job(tile, lowering)));
  await time(jobs.flat(), scale);
  const costs: TileCost[] = [];
  for (const [t, tile] of tiles.entries()) {
    const times = jobs[t].map(({best}) => best);
    const cost = Math.exp(times.reduce((sum, one) => sum + Math.log(one), 0) / times.length);
    const few =
      tile.threadsB > 1
        ? []
        : scale.workgroups.map(count =>
            job(tile, product(rowsOf(tile) * count, columnsOf(tile), scale.depth)),
          );
    await time(few, scale);
    const busy = few.findIndex(({best}) => best * BUSY <= times[0]);
    const leastWorkgroups = scale.workgroups[busy < 0 ? few.length - 1 : busy];
    costs.push({tile, cost, ...(leastWorkgroups ? {leastWorkgroups} : {})});
  }
  return costs;
}

/** Jobs take turns, so that what disturbs the machine for a while disturbs all of them alike. */
async function time(jobs: readonly Job[], {rounds, now}: Scale): Promise<void> {
  for (let round = -1; round < rounds; round++) {
    // The first round compiles.
    for (const job of jobs) {
      const start = now();
      await job.run();
      if (round >= 0) job.count(now() - start);
    }
  }
  for (const job of jobs) job.dispose();
}

const product = (m: number, n: number, k: number): Lowering =>
  batchMatMul.lower({a: [m, k], b: [k, n]}, {});

const IMAGE = 28;
const CHANNELS = 64;

function workloads(tile: Tile, {outputs, depth}: Scale): Lowering[] {
  const attributes = {strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1]};
  const images = (channels: number) =>
    Math.max(1, Math.round(outputs / channels / (IMAGE * IMAGE)));
  if (tile.threadsB > 1) {
    const shapes = {x: [images(CHANNELS), IMAGE, IMAGE, CHANNELS], filter: [3, 3, CHANNELS, 1]};
    return [depthwiseConv2dNative.lower(shapes, attributes)];
  }
  const columns = columnsOf(tile);
  const rows = rowsOf(tile);
  // Thin tiles are for thin outputs.
  const n = columns < 16 ? columns : Math.ceil(Math.sqrt(outputs) / columns) * columns;
  const m = rows < 16 ? rows : Math.ceil(outputs / n / rows) * rows;
  const filters = columns < 16 ? columns : Math.ceil(CHANNELS / columns) * columns;
  const x = [images(filters), IMAGE, IMAGE, 16];
  return [
    product(m, columns < 16 ? n : Math.ceil(outputs / m / columns) * columns, depth),
    conv2D.lower({x, filter: [3, 3, 16, filters]}, attributes),
  ];
}

/** A contraction with one tile. */
class Job {
  /** Picoseconds per product, those of padded outputs included. */
  best = Infinity;
  readonly #backend: ApproxWebGPUBackend;
  readonly #run: () => {dataId: object};
  readonly #operands: ReadonlyArray<{dataId: object}>;
  readonly #products: number;

  constructor(
    backend: ApproxWebGPUBackend,
    unit: MacUnit,
    tile: Tile,
    {contractions, outputShape}: Lowering,
  ) {
    const operand = (shape: readonly number[], seed: number) => {
      const length = shape.reduce((size, d) => size * d, 1);
      return backend.makeTensorInfo([...shape], 'float32', randomValues(length, seed));
    };
    const engine = createWebGPUEngine(backend, () => [{tile, cost: 1}]);
    const first = operand(contractions[0].first.shape, 1);
    const second = operand(contractions[0].second.shape, 2);
    this.#backend = backend;
    this.#operands = [first, second];
    this.#run = () => engine.run(contractions, outputShape, {first, second}, unit);
    this.#products = contractions.reduce((sum, contraction) => {
      const layout = layoutOf(contraction, unit.accumulator);
      return sum + paddedOutputs(tile, layout) * (layout.size.k / layout.plan.blocks);
    }, 0);
  }

  async run(): Promise<void> {
    const output = this.#run();
    this.#backend.endComputePassEncoder();
    this.#backend.submitQueue();
    await this.#backend.queue.onSubmittedWorkDone();
    this.#backend.disposeData(output.dataId);
    this.#backend.assertHealthy();
  }

  count(milliseconds: number): void {
    this.best = Math.min(this.best, (milliseconds * PICOSECONDS_PER_MS) / this.#products);
  }

  dispose(): void {
    for (const {dataId} of this.#operands) this.#backend.disposeData(dataId);
  }
}
