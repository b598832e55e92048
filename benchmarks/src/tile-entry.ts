// SPDX-License-Identifier: Apache-2.0
/** The tuner's results as an entry of tile-table.ts. */
import {
  columnsOf,
  demandOf,
  rowsOf,
  TILE_LIMITS,
  tileText,
  type DeviceClass,
  type ProductForm,
  type Tile,
  type TileCost,
} from '@tfjs-approx/backend-approx/tuning';
import {MAX_MANTISSA_BITS} from '@tfjs-approx/arithmetic';

/** Leaves out tiles that can never win, and gives costs relative to the lowest. */
export function keepUseful(costs: readonly TileCost[]): TileCost[] {
  const lowest = Math.min(...costs.map(({cost}) => cost));
  return costs
    .filter(one => !costs.some(other => other !== one && replaces(other, one)))
    .map(({cost, ...rest}) => ({...rest, cost: Number((cost / lowest).toPrecision(3))}))
    .sort((a, b) => a.cost - b.cost);
}

/** Whether `other` fits wherever `one` does, covers outputs at least as finely, and is faster. */
function replaces(other: TileCost, one: TileCost): boolean {
  const divides = (a: number, b: number) => b % a === 0;
  return (
    other.cost < one.cost &&
    runsWherever(other.tile, one.tile) &&
    (other.leastWorkgroups ?? 0) <= (one.leastWorkgroups ?? 0) &&
    divides(rowsOf(other.tile), rowsOf(one.tile)) &&
    divides(columnsOf(other.tile), columnsOf(one.tile)) &&
    divides(other.tile.threadsB, one.tile.threadsB) &&
    other.tile.threadsB > 1 === one.tile.threadsB > 1
  );
}

/** What every WebGPU device grants. */
const GRANTED: ReturnType<typeof demandOf> = {
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupStorageSize: 16384,
};
const TABLE_SIZES = Array.from({length: MAX_MANTISSA_BITS}, (_, i) => i + 1);

/** On every device of the class and with every multiplier on which `one` runs. */
function runsWherever(other: Tile, one: Tile): boolean {
  // Subgroup sizes differ between devices of a class.
  if (other.operands === 'subgroup' && other.lanes !== one.lanes) return false;
  // What fits an entry fits a wider one.
  const width = ({table}: Tile) => ['u8', 'u16', 'f32'].indexOf(table?.entry ?? 'f32');
  if (width(other) < width(one)) return false;
  return TABLE_SIZES.every(m => {
    const [demand, known] = [other, one].map(tile => demandOf(tile, true, m));
    return TILE_LIMITS.every(limit => demand[limit] <= Math.max(GRANTED[limit], known[limit]));
  });
}

export function entryText(
  deviceClass: DeviceClass,
  lists: Readonly<Record<ProductForm, readonly TileCost[]>>,
): string {
  const line = ({tile, cost, leastWorkgroups}: TileCost) => {
    const least = leastWorkgroups === undefined ? '' : `, leastWorkgroups: ${leastWorkgroups}`;
    return `{tile: ${tileText(tile)}, cost: ${cost}${least}},`;
  };
  const list = (form: ProductForm) => `${form}: [\n${lists[form].map(line).join('\n')}\n],`;
  return `${deviceClass}: {\n${list('native')}\n${list('logAdd')}\n${list('lut')}\n},`;
}

/** The source with the entry of the class replaced or added, formatted as the repository is. */
export async function withEntry(
  source: string,
  deviceClass: DeviceClass,
  entry: string,
): Promise<string> {
  const known = new RegExp(`^ {2}${deviceClass}: \\{\\n[^]*?^ {2}\\},\\n`, 'm');
  const changed = known.test(source)
    ? source.replace(known, `${entry}\n`)
    : source.replace(/^\};\n/m, `${entry}\n};\n`);
  const {format, resolveConfig} = await import('prettier');
  const path = 'packages/backend-approx/src/engines/webgpu/tile-table.ts';
  return format(changed, {...(await resolveConfig(path)), filepath: path});
}
