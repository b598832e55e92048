// SPDX-License-Identifier: Apache-2.0
/**
 * A mantissa LUT from a square table of numbers, such as a `.npy` or `.csv` file holds. Row = first
 * operand. What the numbers are is said, or told from which exact product they are near.
 */
import {
  LutFormatError,
  lutFromSignificandProduct,
  type LutOptions,
  type MantissaLut,
  MAX_MANTISSA_BITS,
} from '@tfjs-approx/arithmetic';
import {MAX_FRACTION_BITS} from '@tfjs-approx/arithmetic/internal';

/**
 * What the number in row i and column j is.
 * - `significands`: the product L of 1 + i/2^m and 1 + j/2^m, in [0, 4); 2^m rows.
 * - `products`: the product of the integers 2^m + i and 2^m + j, L * 2^(2m); 2^m rows.
 * - `integers`: the product of the integers i and j, the whole table of a multiplier of m + 1 bits;
 *   2^(m+1) rows, of which the upper half are significands.
 */
export const ENTRY_KINDS = ['significands', 'products', 'integers'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Row-major. */
  readonly values: ArrayLike<number>;
}

export interface MatrixOptions extends Partial<Omit<LutOptions, 'productBits'>> {
  readonly entries?: EntryKind;
  /** Named in errors. */
  readonly file: string;
}

const SIGNED_REMEDY =
  'It looks like the table of a signed multiplier; significands have no sign: take one of unsigned operands.';

/** Published multipliers are nearer; the wrong kind is further off. */
const NEAR = 0.25;

/**
 * @throws {LutFormatError} if the table is not square with 2^k rows, its kind cannot be told, or an
 *     entry is not a product of that kind.
 */
export function lutFromMatrix(matrix: Matrix, options: MatrixOptions): MantissaLut {
  const {entries, file, ...lutOptions} = options;
  const side = checkedSide(matrix, file);
  const kind = entries ?? kindOf(matrix, options);
  const mantissaBits = mantissaBitsOf(kind, side);
  if (!kinds(side, options.mantissaBits).includes(kind)) {
    throw new LutFormatError(file, 'shape', {
      found: shapeText(matrix),
      expected: `${shapeFor(kind, options.mantissaBits)}, as the entries are ${kind}${saying(options.mantissaBits, ' and')}`,
    });
  }
  if (kind === 'integers') refuseSigned(matrix, file);
  const n = 2 ** mantissaBits;
  const first = kind === 'integers' ? n : 0;
  const unit = kind === 'significands' ? 1 : 2 ** (-2 * mantissaBits);
  return lutFromSignificandProduct(
    (i, j) => {
      const value = matrix.values[(first + i) * side + first + j];
      const product = value * unit;
      const isGood =
        product >= 0 && product < 4 && Number.isInteger(product * 2 ** MAX_FRACTION_BITS);
      if (!isGood) throw badEntry(file, first + i, first + j, value, kind, mantissaBits);
      return product;
    },
    {
      ...lutOptions,
      mantissaBits,
      name: lutOptions.name ?? file.replace(/^.*[/\\]/, '').replace(/\.\w+$/, ''),
      provenance:
        lutOptions.provenance ??
        `${shapeText(matrix)} table of ${kind}: ${file.replace(/^.*[/\\]/, '')}`,
    },
  );
}

export const HEADER_REMEDY =
  'If the first row or column holds the operands, remove it: every number has to be a product.';

/** Before memory is taken for a table. */
export function checkShape({rows, columns}: Omit<Matrix, 'values'>, file: string): void {
  const bits = Math.log2(rows);
  if (rows === columns && Number.isInteger(bits) && bits >= 1 && bits <= MAX_MANTISSA_BITS + 1)
    return;
  throw new LutFormatError(file, 'shape', {
    found: `${rows} x ${columns}`,
    expected: `2^k x 2^k with k in 1..${MAX_MANTISSA_BITS + 1}`,
    remedy: [rows, columns].some(side => side > 2 && Number.isInteger(Math.log2(side - 1)))
      ? HEADER_REMEDY
      : undefined,
  });
}

function checkedSide(matrix: Matrix, file: string): number {
  checkShape(matrix, file);
  return matrix.rows;
}

/** The kinds that a table of so many rows can be of. */
function kinds(side: number, mantissaBits?: number): EntryKind[] {
  return ENTRY_KINDS.filter(kind => {
    const m = mantissaBitsOf(kind, side);
    return m >= 1 && m <= MAX_MANTISSA_BITS && (mantissaBits ?? m) === m;
  });
}

function mantissaBitsOf(kind: EntryKind, side: number): number {
  return Math.log2(side) - (kind === 'integers' ? 1 : 0);
}

function kindOf(matrix: Matrix, {file, mantissaBits}: MatrixOptions): EntryKind {
  const possible = kinds(matrix.rows, mantissaBits);
  const errors = possible.map(kind => meanError(matrix, kind));
  const near = possible.filter((_, k) => errors[k] < NEAR);
  if (near.length === 1) return near[0];
  if (possible.includes('integers')) refuseSigned(matrix, file);
  const isNegative = Array.from(matrix.values).some(value => value < 0);
  const percents = possible.map((kind, k) => `${Math.round(100 * errors[k])} % as ${kind}`);
  throw new LutFormatError(file, 'entries', {
    found:
      possible.length === 0
        ? `${shapeText(matrix)} of them`
        : `${isNegative ? 'negative entries, and ' : ''}a mean relative error of ${percents.join(', ')}`,
    expected:
      possible.length === 0
        ? `${shapeFor('significands', mantissaBits)} or ${shapeFor('integers', mantissaBits)}${saying(mantissaBits, ', as')}`
        : `below ${100 * NEAR} % as one of them`,
    remedy:
      possible.length === 0
        ? 'Correct the option mantissaBits (--mantissa-bits <m>).'
        : isNegative
          ? SIGNED_REMEDY
          : `Say what they are by the option entries (--entries): ${ENTRY_KINDS.join(', ')}.`,
  });
}

/**
 * Where nothing but its length says what a file is.
 *
 * @throws {LutFormatError} with the first entry that is far off, if the table is near no exact product.
 */
export function assertNearIntegers(matrix: Matrix, file: string): void {
  const mean = meanError(matrix, 'integers');
  if (mean < NEAR) return;
  const {rows, values} = matrix;
  const isFar = (value: number, e: number) => {
    const [i, j] = [Math.floor(e / rows), e % rows];
    return Math.min(i, j) >= rows / 2 && !(Math.abs(value / (i * j) - 1) < NEAR);
  };
  const far = Array.from(values).findIndex(isFar);
  const [row, column] = [Math.floor(far / rows), far % rows];
  throw new LutFormatError(file, `entry (${row}, ${column})`, {
    found: `${values[far]}, and a mean relative error of ${Math.round(100 * mean)} %`,
    expected: `a product of ${row} and ${column}, and below ${100 * NEAR} %`,
    remedy:
      'If it is one of a far worse multiplier, save it as .npy and give the option entries (--entries integers).',
  });
}

/** Of the entries that make up a mantissa LUT, compared with exact products. */
function meanError({rows, values}: Matrix, kind: EntryKind): number {
  const first = kind === 'integers' ? rows / 2 : 0;
  const operand = (i: number) =>
    kind === 'integers' ? i : kind === 'products' ? rows + i : 1 + i / rows;
  return meanRelativeError(values, rows, first, operand);
}

function meanRelativeError(
  values: ArrayLike<number>,
  side: number,
  first: number,
  operand: (i: number) => number,
): number {
  let sum = 0;
  for (let i = first; i < side; i++) {
    for (let j = first; j < side; j++) {
      sum += Math.abs(values[i * side + j] / (operand(i) * operand(j)) - 1);
    }
  }
  return sum / (side - first) ** 2;
}

/** In two's complement the upper half of the rows are negative numbers. */
function refuseSigned({rows, values}: Matrix, file: string): void {
  if (!(meanRelativeError(values, rows, rows / 2, i => rows - i) < NEAR)) return;
  throw new LutFormatError(file, 'entries', {
    found: 'products of signed integers',
    expected: 'those of unsigned ones, since significands have no sign',
  });
}

function badEntry(
  file: string,
  row: number,
  column: number,
  value: number,
  kind: EntryKind,
  mantissaBits: number,
): LutFormatError {
  return new LutFormatError(file, `entry (${row}, ${column})`, {
    found: String(value),
    expected:
      kind === 'significands'
        ? `a multiple of 2^-${MAX_FRACTION_BITS} in [0, 4)`
        : `an integer in 0..${2 ** (2 * mantissaBits + 2) - 1}`,
  });
}

function shapeFor(kind: EntryKind, mantissaBits?: number): string {
  const more = kind === 'integers' ? 1 : 0;
  const most = MAX_MANTISSA_BITS + more;
  return mantissaBits === undefined
    ? `2^k x 2^k with k in ${1 + more}..${most}`
    : shapeText({rows: 2 ** (mantissaBits + more), columns: 2 ** (mantissaBits + more)});
}

function saying(mantissaBits: number | undefined, before: string): string {
  return mantissaBits === undefined ? '' : `${before} m = ${mantissaBits}`;
}

function shapeText({rows, columns}: Omit<Matrix, 'values'>): string {
  return `${rows} x ${columns}`;
}
