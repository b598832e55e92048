// SPDX-License-Identifier: Apache-2.0
/** How often each fraction of a multiplier's operand format occurs, given what the operands are. */
import {
  floatToBits,
  type MantissaLut,
  MAX_MANTISSA_BITS,
  type Multiplier,
  MultiplierError,
  type OperandRounding,
  resolveMultiplier,
  roundOperand,
} from '@tfjs-approx/arithmetic';
import {simpson} from '@tfjs-approx/arithmetic/internal';

/**
 * - `uniform`: values spread evenly; within each binade all fractions are alike.
 * - `normal`: values of mean 0 and standard deviation 1.
 * - `logUniform`: logarithms spread evenly, as in products of many factors: small fractions are
 *   more frequent (Hamming, On the distribution of numbers, 1970).
 */
export const OPERAND_DISTRIBUTIONS = ['uniform', 'normal', 'logUniform'] as const;
export type OperandDistribution = (typeof OPERAND_DISTRIBUTIONS)[number];

/**
 * The probability of each fraction i / 2^m after an operand has been rounded: 2^m numbers whose
 * sum is 1. Distributions are rounded as if the format had the range of float32.
 *
 * @param operands A distribution, or values: what a layer's inputs or weights are. Zeros,
 *     infinities and NaN have no fraction, and count for nothing.
 * @throws {MultiplierError} if no value has a fraction, and for `fp32`, which has 2^23 fractions.
 */
export function fractionWeights(
  operands: OperandDistribution | ArrayLike<number>,
  multiplier: string | Multiplier | MantissaLut,
): Float64Array {
  const {name, format, rounding} = resolveMultiplier(multiplier);
  const m = format.fractionBits;
  if (m > MAX_MANTISSA_BITS) {
    throw new MultiplierError(`fractionWeights of "${name}"`, {
      found: `${m} mantissa bits`,
      expected: `a multiplier of at most ${MAX_MANTISSA_BITS}`,
    });
  }
  const weights = new Float64Array(2 ** m);
  if (typeof operands === 'string') {
    const mass = MASSES[operands];
    if (mass === undefined) {
      throw new MultiplierError(`fractionWeights of "${name}"`, {
        found: `the distribution "${String(operands)}"`,
        expected: `${OPERAND_DISTRIBUTIONS.join(', ')} or values`,
      });
    }
    addDistribution(weights, rounding, mass);
  } else {
    for (let k = 0; k < operands.length; k++) {
      const u = floatToBits(roundOperand(operands[k], format, rounding));
      const exponent = (u >>> 23) & 0xff;
      if (exponent > 0 && exponent < 255) weights[(u & 0x7fffff) >>> (23 - m)]++;
    }
  }
  const sum = weights.reduce((a, b) => a + b, 0);
  if (sum === 0) {
    throw new MultiplierError(`fractionWeights of "${name}"`, {
      found: `${operands.length} values without a fraction`,
      expected: 'at least one that is finite and does not round to zero',
    });
  }
  return weights.map(weight => weight / sum);
}

/** Up to a factor, the probability that a value is in [low, high]. */
type Mass = (low: number, high: number) => number;

const MASSES: Readonly<Record<OperandDistribution, Mass>> = {
  uniform: (low, high) => high - low,
  // An interval is at most half a binade, on which 16 steps leave about 1e-7.
  normal: (low, high) => simpson(x => Math.exp((-x * x) / 2), low, high, 16),
  logUniform: (low, high) => Math.log(high / low),
};

/**
 * Binades 2^-40..2^5: below, a normal distribution has less than 2^-40 of its mass, and above none
 * that a double could add. The other two have every binade alike.
 */
const LOWEST_BINADE = -40;
const HIGHEST_BINADE = 4;

function addDistribution(weights: Float64Array, rounding: OperandRounding, mass: Mass): void {
  const n = weights.length;
  // What rounds to a value begins half a unit below it; below a power of two units are half as large.
  const [below, belowOne] = rounding === 'truncate' ? [0, 0] : [0.5 / n, 0.25 / n];
  for (let binade = LOWEST_BINADE; binade <= HIGHEST_BINADE; binade++) {
    const scale = 2 ** binade;
    for (let i = 0; i < n; i++) {
      const low = 1 + i / n - (i === 0 ? belowOne : below);
      const high = 1 + (i + 1) / n - below;
      weights[i] += mass(scale * low, scale * high);
    }
  }
}
