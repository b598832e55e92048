// SPDX-License-Identifier: Apache-2.0
/**
 * Random asymmetric tables, which no closed form can stand for and which show an exchanged operand at
 * once.
 */
import type {FloatFormat, MantissaLut, OperandRounding} from '@tfjs-approx/arithmetic';
import {random32} from './random.js';

const FLOAT32_RANGE = {exponentBits: 8, subnormals: false, overflow: 'infinity'} as const;

interface Table {
  readonly m: number;
  readonly encoding: 'normalised' | 'fixed';
  readonly resultBits: number;
  readonly rounding: OperandRounding;
  readonly format?: FloatFormat;
  entry(i: number, j: number, next: () => number): number;
}

/** Any value of the field: carry << w | mant, or L * 2^f below 4 * 2^f. */
const anyNormalised = (w: number) => (_i: number, _j: number, next: () => number) =>
  next() % 2 ** (w + 1);
const anyFixed = (f: number) => (_i: number, _j: number, next: () => number) =>
  next() % 2 ** (f + 2);

/** The exact product of (1 + i/2^m) and (1 + j/2^m) as carry << w | mant with w = 2m + 1. */
const exact = (m: number) => (i: number, j: number) => {
  const p = (2 ** m + i) * (2 ** m + j);
  const carry = p >= 2 ** (2 * m + 1) ? 1 : 0;
  const mant = (carry === 1 ? p : 2 * p) - 2 ** (2 * m + 1);
  return carry * 2 ** (2 * m + 1) + mant;
};

const RANDOM7: Table = {
  m: 7,
  encoding: 'normalised',
  resultBits: 7,
  rounding: 'truncate',
  entry: anyNormalised(7),
};

const TABLES: Record<string, Table> = {
  /** One byte an entry. */
  random5: {
    m: 5,
    encoding: 'normalised',
    resultBits: 7,
    rounding: 'truncate',
    entry: anyNormalised(7),
  },
  /** The size of an 8-bit circuit's table: one byte an entry, m = 7. */
  random7: RANDOM7,
  /** Two more of the same layout, for the other passes: on a GPU they share its shaders. */
  second7: RANDOM7,
  third7: RANDOM7,
  /** Two bytes an entry, operands rounded to nearest. */
  random6: {
    m: 6,
    encoding: 'normalised',
    resultBits: 12,
    rounding: 'nearestEven',
    entry: anyNormalised(12),
  },
  /** Four bytes an entry, the widest result. */
  random4: {
    m: 4,
    encoding: 'normalised',
    resultBits: 22,
    rounding: 'truncate',
    entry: anyNormalised(22),
  },
  /** More than one workgroup's memory of two-byte entries. */
  random9: {
    m: 9,
    encoding: 'normalised',
    resultBits: 14,
    rounding: 'truncate',
    entry: anyNormalised(14),
  },
  /** Entries below 1, zero among them. */
  fixed4: {m: 4, encoding: 'fixed', resultBits: 6, rounding: 'truncate', entry: anyFixed(6)},
  /** Entries below 1 in two bytes. */
  fixed6: {m: 6, encoding: 'fixed', resultBits: 11, rounding: 'nearestEven', entry: anyFixed(11)},
  /** bf16 and fp16 as tables: the same products as the native ones. */
  bf16Table: {
    m: 7,
    encoding: 'normalised',
    resultBits: 15,
    rounding: 'nearestEven',
    entry: exact(7),
  },
  fp16Table: {
    m: 10,
    encoding: 'normalised',
    resultBits: 21,
    rounding: 'nearestEven',
    format: {exponentBits: 5, fractionBits: 10, subnormals: true, overflow: 'infinity'},
    entry: exact(10),
  },
};

/** A table of that name, the same one every time; undefined where there is none. */
export function randomTable(name: string): MantissaLut | undefined {
  const table = TABLES[name];
  if (!table) return undefined;
  const {m, encoding, resultBits, rounding} = table;
  const n = 2 ** m;
  const next = random32([...name].reduce((seed, letter) => seed * 31 + letter.charCodeAt(0), m));
  const width = resultBits + (encoding === 'fixed' ? 2 : 1);
  const Entries = width <= 8 ? Uint8Array : width <= 16 ? Uint16Array : Uint32Array;
  const entries = new Entries(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) entries[i * n + j] = table.entry(i, j, next);
  }
  return {
    name,
    mantissaBits: m,
    encoding,
    resultBits,
    format: table.format ?? {...FLOAT32_RANGE, fractionBits: m},
    rounding,
    provenance: 'a random table of the tests',
    entries,
  };
}
