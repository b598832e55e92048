// SPDX-License-Identifier: Apache-2.0
/** Matrix products to be compared with the oracle: shapes, transposes, multipliers, data. */
import {sizeOf} from '../oracles/oracle-ops.js';
import {type DataStyle, type MultiplierName, MULTIPLIERS, rotation} from './multipliers.cases.js';

export interface MatMulCase {
  readonly aShape: number[];
  readonly bShape: number[];
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly multiplier: MultiplierName;
  readonly style: DataStyle;
}

export const TRANSPOSES: [boolean, boolean][] = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
];

const next = rotation();
let styles = 0;

function matMulCase(
  [m, k, n]: number[],
  [transposeA, transposeB]: [boolean, boolean] = [false, false],
  aBatch: number[] = [],
  bBatch: number[] = aBatch,
  multiplier = next(),
): MatMulCase {
  return {
    aShape: [...aBatch, ...(transposeA ? [k, m] : [m, k])],
    bShape: [...bBatch, ...(transposeB ? [n, k] : [k, n])],
    transposeA,
    transposeB,
    multiplier,
    style: styles++ % 2 === 0 ? 'wide' : 'medium',
  };
}

const INNER = [1, 2, 3, 31, 64, 100, 300, 1023, 1024, 1025, 1500, 3000];
/** Rows and columns, none a multiple of a tile but the last. */
const OUTER = [
  [5, 7],
  [1, 1],
  [17, 33],
  [3, 130],
  [66, 9],
  [31, 1],
  [16, 32],
];

let outer = 0;

/** Every inner size in all four transposes. */
const inners = INNER.flatMap(k =>
  TRANSPOSES.map(transposes => {
    const [m, n] = OUTER[outer++ % OUTER.length];
    return matMulCase([m, k, n], transposes);
  }),
);

const batches = [
  ...TRANSPOSES.map(transposes => matMulCase([9, 20, 11], transposes, [3])),
  ...TRANSPOSES.map(transposes => matMulCase([6, 35, 70], transposes, [1], [4])),
  ...TRANSPOSES.map(transposes => matMulCase([67, 13, 5], transposes, [4], [1])),
  matMulCase([4, 1500, 5], [false, true], [3]),
  matMulCase([4, 1100, 3], [true, false], [1], [2]),
  matMulCase([3, 8, 5], [false, false], [2, 3]),
  matMulCase([3, 8, 5], [false, false], [2, 1], [1, 3]),
  matMulCase([3, 8, 5], [true, true], [2, 3], [3]),
  matMulCase([3, 8, 5], [false, false], [5], []),
  matMulCase([3, 8, 5], [false, true], [], [5]),
  matMulCase([2, 3, 2], [false, false], [16]),
];

const shapes = [
  matMulCase([64, 32, 64]),
  matMulCase([65, 33, 66]),
  matMulCase([129, 17, 127], [false, true]),
  matMulCase([1, 100, 300], [true, false]),
  matMulCase([300, 100, 1], [true, true]),
  // Blocks of 512 products, the last one short.
  matMulCase([3, 20000, 2], [false, false], [], [], 'random7'),
  // 512 again, for a batch.
  matMulCase([1, 16500, 2], [false, true], [2], [2], 'mbm7'),
];

/** One shape with every multiplier. */
export const EVERY_MULTIPLIER: MatMulCase[] = MULTIPLIERS.map(name =>
  matMulCase([37, 45, 70], [false, false], [], [], name),
);

export const MATMUL: MatMulCase[] = [...inners, ...batches, ...shapes];

/** Every inner size in two of the four transposes, the other two at the next size. */
export const FEW_MATMUL: MatMulCase[] = [
  ...inners.filter((_, i) => (i + Math.floor(i / 4)) % 2 === 0),
  ...batches,
  ...shapes,
];

/** Too many products for a full oracle: compared in a sample of positions, on fast engines. */
export const LARGE_MATMUL: MatMulCase[] = [
  // b*m*n just above 2^21: fewer than two parts, so one block.
  matMulCase([1449, 1030, 1448], [false, false], [], [], 'mbm7'),
  // 11 parts of 512 products, where small outputs have blocks of 256.
  matMulCase([600, 3000, 601], [false, true], [], [], 'mbm7'),
];

export interface FusedMatMulCase extends MatMulCase {
  readonly biasShape?: number[];
  readonly activation: 'linear' | 'relu' | 'relu6';
}

const exactFree = (name: MultiplierName): MultiplierName => (name === 'fp32' ? 'random5' : name);

export const FUSED_MATMUL: FusedMatMulCase[] = (['linear', 'relu', 'relu6'] as const).flatMap(
  activation =>
    TRANSPOSES.flatMap(transposes => {
      const sized = (mkn: number[], batch: number[] = []) =>
        matMulCase(mkn, transposes, batch, batch, exactFree(next()));
      return [
        {...sized([19, 40, 35]), biasShape: [35], activation},
        {...sized([4, 1200, 6]), biasShape: [6], activation},
        {...sized([5, 9, 66], [3]), biasShape: [66], activation},
        {...sized([7, 12, 10]), biasShape: [1], activation},
        {...sized([7, 12, 10]), activation},
      ];
    }),
);

/** One of the five in turn. */
export const FEW_FUSED_MATMUL = FUSED_MATMUL.filter((_, i) => i % 5 === Math.floor(i / 5) % 5);

/** A bias that varies along the rows too, which tfjs takes as well. */
export const BROADCAST_BIAS: FusedMatMulCase[] = [
  {
    ...matMulCase([7, 12, 10], [false, false], [], [], 'mbm7'),
    biasShape: [1, 10],
    activation: 'relu',
  },
  {
    ...matMulCase([7, 12, 10], [false, true], [], [], 'mbm7'),
    biasShape: [7, 10],
    activation: 'relu',
  },
];

/** [m, k, n], batch: gradients with a multiplier of its own for each pass. */
export const MATMUL_GRADIENTS: {mkn: number[]; batch: number[]}[] = [
  {mkn: [7, 20, 9], batch: []},
  {mkn: [33, 65, 31], batch: []},
  {mkn: [1300, 3, 4], batch: []},
  {mkn: [3, 4, 1300], batch: []},
  {mkn: [5, 6, 7], batch: [3]},
];

export function matMulMacs({aShape, bShape, transposeA, transposeB}: MatMulCase): number {
  const [k] = transposeB ? bShape.slice(-1) : bShape.slice(-2);
  const m = aShape[aShape.length - (transposeA ? 1 : 2)];
  const n = bShape[bShape.length - (transposeB ? 2 : 1)];
  const batch = sizeOf(aShape.slice(0, -2)) * sizeOf(bShape.slice(0, -2));
  return batch * m * k * n;
}
