// SPDX-License-Identifier: Apache-2.0
/**
 * Operand decoding for the CPU engine: a float32 becomes what one product needs of it.
 *
 * For a table that is (scale, index): scale is the operand with its fraction cleared (NaN stays
 * NaN), index its top m fraction bits. For native products it is the rounded operand itself. The
 * decoder also notes which exponents it saw: where no product can over- or underflow the inner
 * loops need no check.
 */
import {FLOAT32, hasFloat32Range, roundOperand, type Multiplier} from '@tfjs-approx/lut-builder';

/** Decoded operands, one entry per element of a panel. */
export interface Panel {
  /** Scale for a table, the rounded operand for native products. */
  readonly value: Float32Array;
  /** Row or column of the table; unused for native products. */
  readonly index: Int32Array;
  /** Smallest and largest biased exponent among finite, non-zero operands. */
  lowestExponent: number;
  highestExponent: number;
}

export function createPanel(size: number): Panel {
  return {
    value: new Float32Array(size),
    index: new Int32Array(size),
    lowestExponent: 255,
    highestExponent: 0,
  };
}

/** Decodes the first `count` raw float32 bit patterns of `raw` into `panel`. */
export type Decoder = (raw: Uint32Array, count: number, panel: Panel) => void;

/** @param useTable decode for table look-up; else for native products. */
export function decoderFor(multiplier: Multiplier, useTable: boolean): Decoder {
  const round = rounderFor(multiplier);
  if (!useTable) return nativeDecoder(round);
  // Cutting out the top fraction bits truncates by itself.
  const truncates = hasPlainRange(multiplier) && multiplier.rounding === 'truncate';
  return tableDecoder(truncates ? null : round, multiplier.format.fractionBits);
}

/** float32's exponents and no subnormals: the usual operand format. */
function hasPlainRange({format}: Pick<Multiplier, 'format'>): boolean {
  return hasFloat32Range(format) && !format.subnormals;
}

/** Rounds the operands in place; null where decoding needs no rounding first. */
type Rounder = ((raw: Uint32Array, count: number) => void) | null;

function rounderFor({format, rounding, exact}: Multiplier): Rounder {
  if (exact) return null;
  const isFloat32Range = hasPlainRange({format});
  const dropped = FLOAT32.fractionBits - format.fractionBits;
  if (isFloat32Range && rounding === 'truncate') {
    const keep = -1 << dropped;
    return (raw, count) => {
      for (let e = 0; e < count; e++) {
        // A NaN whose payload lies in the dropped bits must not turn into infinity.
        const u = raw[e];
        if ((u & 0x7fffffff) <= 0x7f800000) raw[e] = (u & 0x7f800000) === 0 ? 0 : u & keep;
      }
    };
  }
  if (isFloat32Range) {
    const keep = -1 << dropped;
    const half = (1 << (dropped - 1)) - 1;
    return (raw, count) => {
      for (let e = 0; e < count; e++) {
        const u = raw[e];
        if ((u & 0x7f800000) === 0) raw[e] = 0;
        else if ((u & 0x7fffffff) <= 0x7f800000) raw[e] = (u + half + ((u >>> dropped) & 1)) & keep;
      }
    };
  }
  return (raw, count) => {
    const values = new Float32Array(raw.buffer, raw.byteOffset, count);
    for (let e = 0; e < count; e++) values[e] = roundOperand(values[e], format, rounding);
  };
}

function nativeDecoder(round: Rounder): Decoder {
  return (raw, count, panel) => {
    round?.(raw, count);
    panel.value.set(new Float32Array(raw.buffer, raw.byteOffset, count));
    noteExponents(raw, count, panel);
  };
}

function tableDecoder(round: Rounder, m: number): Decoder {
  const shift = FLOAT32.fractionBits - m;
  return (raw, count, panel) => {
    round?.(raw, count);
    const bits = new Uint32Array(panel.value.buffer, panel.value.byteOffset, count);
    const {index} = panel;
    // One pass, exponents noted on the way: thin layers use an operand only a few times.
    let lowest = 255;
    let highest = 0;
    for (let e = 0; e < count; e++) {
      const u = raw[e];
      const exponent = (u >>> 23) & 0xff;
      index[e] = (u & 0x7fffff) >>> shift;
      bits[e] = u & 0xff800000;
      if (exponent === 255) {
        if ((u & 0x7fffff) !== 0) bits[e] = u;
      } else if (exponent !== 0) {
        if (exponent < lowest) lowest = exponent;
        if (exponent > highest) highest = exponent;
      }
    }
    panel.lowestExponent = lowest;
    panel.highestExponent = highest;
  };
}

function noteExponents(raw: Uint32Array, count: number, panel: Panel): void {
  let lowest = 255;
  let highest = 0;
  for (let e = 0; e < count; e++) {
    const exponent = (raw[e] >>> 23) & 0xff;
    if (exponent === 0 || exponent === 255) continue;
    if (exponent < lowest) lowest = exponent;
    if (exponent > highest) highest = exponent;
  }
  panel.lowestExponent = lowest;
  panel.highestExponent = highest;
}

/**
 * Whether every product of finite, non-zero operands of the two panels is a normal float32 for
 * any significand product below 4.
 */
export function productsStayNormal(a: Panel, b: Panel): boolean {
  return (
    a.lowestExponent + b.lowestExponent > 127 && a.highestExponent + b.highestExponent < 254 + 126
  );
}
