// SPDX-License-Identifier: Apache-2.0
/**
 * `npm run tune`: measures tile shapes and places of the table on this adapter, in each evaluation
 * form, and writes the entry of its device class into tile-table.ts.
 */
import {readFileSync, writeFileSync} from 'node:fs';
import {parseArgs} from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {setEngine} from '@tfjs-approx/backend-approx';
import {
  canRun,
  checkLanes,
  programOf,
  tableCandidates,
  tileCandidates,
  tilesThatRun,
  tileText,
  type ApproxWebGPUBackend,
  type ProductForm,
  type Tile,
  type TileCost,
} from '@tfjs-approx/backend-approx/tuning';
import {type MacUnit, resolveMacUnit} from '@tfjs-approx/arithmetic';
import {entryText, keepUseful, withEntry} from './tile-entry.js';
import {measureTiles, type Scale} from './tile-cost.js';

const HELP = `Usage: npm run tune -- [options]

  --adapter NAME   hardware, lavapipe or swiftshader (default: what the system offers)
  --dry            only prints
  --out FILE       writes the entry there instead of into tile-table.ts
  --help`;

/** A unit for each form. */
const REPRESENTATIVES: Readonly<Record<ProductForm, string>> = {
  native: 'bf16',
  logAdd: 'mbm7',
  lut: 'mbm7:lut',
};
/** So many of the best shapes are measured with the table in every place. */
const SHAPES_WITH_PLACES = 4;
const GPU: Scale = {
  outputs: 2 ** 22,
  depth: 512,
  rounds: 5,
  now: () => performance.now(),
  workgroups: [16, 32, 64, 128, 256, 512],
};
/** What other programs take from the processor does not count. */
const SOFTWARE: Scale = {
  outputs: 2 ** 16,
  depth: 256,
  rounds: 5,
  now: () => {
    const {user, system} = process.cpuUsage();
    return (user + system) / 1000;
  },
  workgroups: [],
};
const TABLE = new URL(
  '../../packages/backend-approx/src/engines/webgpu/tile-table.ts',
  import.meta.url,
);

async function main(): Promise<void> {
  const {values: options} = parseArgs({
    options: {
      dry: {type: 'boolean', default: false},
      out: {type: 'string'},
      help: {type: 'boolean', default: false},
    },
  });
  if (options.help) return console.log(HELP);
  const {software, device} = await setEngine('webgpu');
  const backend = tf.backend() as unknown as ApproxWebGPUBackend;
  await checkLanes(backend, tileCandidates(backend.traits.subgroupSize));
  const {deviceClass} = backend.traits;
  console.log(`${device}, class ${deviceClass}\n`);
  const lists = {} as Record<ProductForm, TileCost[]>;
  for (const form of ['native', 'logAdd', 'lut'] as const) {
    const unit = resolveMacUnit(REPRESENTATIVES[form]);
    lists[form] = await tuneForm(backend, form, unit, software ? SOFTWARE : GPU);
  }
  const entry = entryText(deviceClass, lists);
  if (options.dry) return console.log(entry);
  if (options.out !== undefined) {
    writeFileSync(options.out, entry);
    return console.log(`Wrote the entry of ${deviceClass} to ${options.out}.`);
  }
  writeFileSync(TABLE, await withEntry(readFileSync(TABLE, 'utf8'), deviceClass, entry));
  console.log(`Wrote the entry of ${deviceClass}. Build anew to use it.`);
}

async function tuneForm(
  backend: ApproxWebGPUBackend,
  form: ProductForm,
  unit: MacUnit,
  scale: Scale,
): Promise<TileCost[]> {
  const {traits} = backend;
  const program = programOf(unit);
  const measure = async (tiles: readonly Tile[]) => {
    const costs = await measureTiles(backend, unit, tiles, scale);
    for (const {tile, cost} of costs) {
      console.log(`${form.padEnd(7)} ${cost.toFixed(2).padStart(9)} ps  ${tileText(tile)}`);
    }
    return costs;
  };
  const costs = await measure(tilesThatRun(tileCandidates(traits.subgroupSize), program, traits));
  if (form === 'lut') {
    const best = [...costs].sort((a, b) => a.cost - b.cost).slice(0, SHAPES_WITH_PLACES);
    const places = best.flatMap(({tile}) => tableCandidates(tile));
    costs.push(...(await measure(places.filter(tile => canRun(tile, program, traits)))));
  }
  console.log('');
  return keepUseful(costs);
}

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
// Dawn need not be taken down in the right order.
process.exit();
