// SPDX-License-Identifier: Apache-2.0
/**
 * One product, written a second time: what a multiplier returns for two float32 values, straight
 * from the field-by-field definition (sign, exponent, significand product) and independent of the
 * models and the engines. Slow and plain on purpose: tests compare everything else with it.
 */
import type {FloatFormat, MantissaLut, OperandRounding} from '@tfjs-approx/arithmetic';

export interface OracleProduct {
  readonly name: string;
  /** False only for `fp32`, whose products are not exact in float32: compare by tolerance. */
  readonly comparable: 'bits' | 'tolerance';
  /** Rounds one operand to the multiplier's format. Idempotent. */
  round(x: number): number;
  /** The product of two operands that were rounded by `round`, as a float32 value. */
  multiply(a: number, b: number): number;
}

/** The product of any two float32 values. */
export function mul(product: OracleProduct, a: number, b: number): number {
  return product.multiply(product.round(a), product.round(b));
}

const value = new Float32Array(2);
const bits = new Uint32Array(value.buffer);

/** 2^(Ea + Eb - 254) for Ea + Eb = 0..508, exact in double precision. */
const exponentSum = Float64Array.from({length: 509}, (_, sum) => 2 ** (sum - 254));

/**
 * The table of results: NaN, infinities, zeros and subnormals, underflow, and otherwise
 * 2^(Ea + Eb - 254) * L with `significand(a bits, b bits)` = L >= 1.
 */
function byFields(significand: (ua: number, ub: number) => number) {
  return (a: number, b: number): number => {
    value[0] = a;
    value[1] = b;
    const ua = bits[0];
    const ub = bits[1];
    const sign = (ua ^ ub) < 0 ? -1 : 1;
    const ea = (ua >>> 23) & 255;
    const eb = (ub >>> 23) & 255;
    if (a !== a || b !== b) return NaN;
    if (ea === 255 || eb === 255) return ea === 0 || eb === 0 ? NaN : sign * Infinity;
    if (ea === 0 || eb === 0 || ea + eb - 127 <= 0) return sign * 0;
    return Math.fround(sign * exponentSum[ea + eb] * significand(ua, ub));
  };
}

/** x with its fraction cleared, but x itself when x is NaN. */
function scale(x: number): number {
  if (x !== x) return x;
  value[0] = x;
  bits[0] &= 0xff800000;
  return value[0];
}

/** Tables with entries below 1: scale(a) * scale(b) * L from left to right, in float32. */
function byScales(significand: (ua: number, ub: number) => number) {
  return (a: number, b: number): number => {
    value[0] = a;
    value[1] = b;
    const l = significand(bits[0], bits[1]);
    return Math.fround(Math.fround(scale(a) * scale(b)) * l);
  };
}

function halfEven(q: number): number {
  const below = Math.floor(q);
  const rest = q - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** Rounds a float32 value to a format: divide by the spacing of its neighbours, round, go back. */
export function roundTo(x: number, format: FloatFormat, rounding: OperandRounding): number {
  if (x !== x || x === Infinity || x === -Infinity) return x;
  value[0] = x;
  const field = (bits[0] >>> 23) & 255;
  if (field === 0) return x < 0 ? -0 : 0;
  const {exponentBits, fractionBits, subnormals, overflow} = format;
  const bias = 2 ** (exponentBits - 1) - 1;
  const smallest = 1 - bias;
  const exponent = field - 127;
  const spacing = 2 ** (Math.max(exponent, smallest) - fractionBits);
  const q = Math.abs(x) / spacing;
  let rounded = (rounding === 'truncate' ? Math.floor(q) : halfEven(q)) * spacing;
  const largest = format.maxFinite ?? (2 - 2 ** -fractionBits) * 2 ** bias;
  if (rounded > largest) rounded = overflow === 'saturate' ? largest : Infinity;
  if (!subnormals && rounded < 2 ** smallest) rounded = 0;
  return x < 0 ? -rounded : rounded;
}

const FLOATS: Record<string, FloatFormat> = {
  bf16: {exponentBits: 8, fractionBits: 7, subnormals: false, overflow: 'infinity'},
  tf32: {exponentBits: 8, fractionBits: 10, subnormals: false, overflow: 'infinity'},
  fp16: {exponentBits: 5, fractionBits: 10, subnormals: true, overflow: 'infinity'},
};

/** carry and mantissa (m bits) of the published families, for fractions i and j of m bits. */
type Family = (m: number, i: number, j: number) => {carry: number; mant: number};

const FAMILIES: Record<string, Family> = {
  truncated(m, i, j) {
    const n = 2 ** m;
    const p = (n + i) * (n + j);
    const carry = p >= 2 * n * n ? 1 : 0;
    return {carry, mant: Math.floor(p / 2 ** (m + carry)) - n};
  },
  mitchell(m, i, j) {
    const n = 2 ** m;
    const s = i + j;
    return {carry: s >= n ? 1 : 0, mant: s % n};
  },
  mbm(m, i, j) {
    const n = 2 ** m;
    const s = (i | 1) + (j | 1);
    const k = s >= n ? 1 : 0;
    const f = s % n;
    const c = Math.floor((10 * 2 ** (m - 7)) / (k === 1 ? 2 : 1));
    let t = f + c;
    if (k === 1 && t >= n) t = f;
    if (k === 0 && t >= n) return {carry: 1, mant: Math.floor((t - n) / 2)};
    return {carry: k, mant: t};
  },
};

/** carry and mantissa of `mbm7`, `mitchell11`, `truncated3`, ... */
export function familyEntry(name: string, i: number, j: number): {carry: number; mant: number} {
  const [family, m] = familyOf(name);
  return family(m, i, j);
}

function familyOf(name: string): [Family, number] {
  const match = /^([a-z]+)(\d+)$/.exec(name);
  const family = match ? FAMILIES[match[1]] : undefined;
  if (!match || !family) throw new Error(`The oracle has no definition of '${name}'.`);
  return [family, Number(match[2])];
}

function lookUp(products: Float32Array, m: number) {
  const drop = 23 - m;
  const mask = 2 ** m - 1;
  return (ua: number, ub: number): number =>
    products[((ua >>> drop) & mask) * (mask + 1) + ((ub >>> drop) & mask)];
}

const cache = new Map<string, OracleProduct>();

/** The product of a shipped multiplier by name. */
export function oracleProduct(name: string): OracleProduct {
  let product = cache.get(name);
  if (!product) cache.set(name, (product = define(name)));
  return product;
}

function define(name: string): OracleProduct {
  if (name === 'fp32') {
    const multiply = (a: number, b: number): number => Math.fround(a * b);
    return {name, comparable: 'tolerance', round: x => x, multiply};
  }
  const format = FLOATS[name];
  if (format) {
    // Both significands have at most 11 bits, so their product is exact in double precision.
    const exact = byFields((ua, ub) => fraction(ua) * fraction(ub));
    const round = (x: number): number => roundTo(x, format, 'nearestEven');
    return {name, comparable: 'bits', round, multiply: exact};
  }
  const [family, m] = familyOf(name);
  const n = 2 ** m;
  const products = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const {carry, mant} = family(m, i, j);
      products[i * n + j] = 2 ** carry * (1 + mant / n);
    }
  }
  return {name, comparable: 'bits', round: x => x, multiply: byFields(lookUp(products, m))};
}

/** The significand 1 + F/2^23 of a float32's bits. */
function fraction(u: number): number {
  return 1 + (u & 0x7fffff) / 2 ** 23;
}

/** The product of an arbitrary mantissa LUT. */
export function tableProduct(lut: MantissaLut): OracleProduct {
  const {name, mantissaBits, encoding, resultBits, format, rounding, entries} = lut;
  const products = Float32Array.from(entries, entry => {
    if (encoding === 'fixed') return entry / 2 ** resultBits;
    const carry = Math.floor(entry / 2 ** resultBits);
    return 2 ** carry * (1 + (entry % 2 ** resultBits) / 2 ** resultBits);
  });
  const significand = lookUp(products, mantissaBits);
  const multiply = products.some(l => l < 1) ? byScales(significand) : byFields(significand);
  // Truncation to the table's own m bits needs no rounding: the index takes the top m bits.
  const asIs = rounding === 'truncate' && format.exponentBits === 8;
  const round = asIs ? (x: number) => x : (x: number) => roundTo(x, format, rounding);
  return {name, comparable: 'bits', round, multiply};
}
