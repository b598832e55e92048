// SPDX-License-Identifier: Apache-2.0
/** Counts float32 values by their exponent and the top bits of their fraction. */
import type {OperandHistogram} from '@tfjs-approx/arithmetic';

const EXPONENT_BIAS = 127;

export class Tally {
  readonly #fractions: Float64Array;
  /** By exponent field: 0 is zeros and subnormals, 255 infinities and NaN. */
  readonly #exponents = new Float64Array(256);

  constructor(fractionBits: number) {
    this.#fractions = new Float64Array(2 ** fractionBits);
  }

  add(values: Float32Array): void {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    const fractions = this.#fractions;
    const exponents = this.#exponents;
    const shift = 23 - Math.log2(fractions.length);
    for (let i = 0; i < bits.length; i++) {
      const exponent = (bits[i] >>> 23) & 0xff;
      exponents[exponent]++;
      if (exponent > 0 && exponent < 255) fractions[(bits[i] & 0x7fffff) >>> shift]++;
    }
  }

  toHistogram(): OperandHistogram {
    const normal = this.#exponents.subarray(1, 255);
    const lowest = normal.findIndex(count => count > 0);
    const highest = normal.findLastIndex(count => count > 0);
    return {
      values: this.#exponents.reduce((sum, count) => sum + count, 0),
      zeros: this.#exponents[0],
      nonFinite: this.#exponents[255],
      fractions: [...this.#fractions],
      exponents: {
        first: lowest < 0 ? 0 : lowest + 1 - EXPONENT_BIAS,
        counts: lowest < 0 ? [] : [...normal.subarray(lowest, highest + 1)],
      },
    };
  }
}
