// SPDX-License-Identifier: Apache-2.0
/**
 * `dsmK-M`, `ssmK-M`, `essmK-M`: a segment of K bits of each operand, multiplied exactly. The
 * segment begins at the leading one (DSM, dynamic), at one of two fixed positions (SSM, static) or
 * at one of three (ESSM, enhanced static).
 *
 * The leading bit of a significand is always one, so that the segment is always the top one: as
 * significand multipliers the three are the same truncation of operands. As integer multipliers
 * they differ.
 *
 * S. Narayanamoorthy et al., Energy-efficient approximate multiplication for digital signal
 * processing and classification applications, IEEE TVLSI, 2015.
 */
import {MAX_MANTISSA_BITS} from '../tables/from-product.js';
import {type FamilyParameter, type MultiplierFamily, integersFrom, memberName} from './family.js';
import {type IntegerProduct, bitLength, significandProductOf, significandsOf} from './integer.js';
import {tabulatedMultiplier} from './tabulated.js';

/** The operand that the segment stands for, its other bits zero. */
type Segment = (a: number) => number;

/** @param width Bits of the operands; a dynamic segment does not depend on it. */
type Segmentation = (k: number, width: number) => Segment;

const dynamic: Segmentation = k => a => dropLowBits(a, Math.max(0, bitLength(a) - k));

const fixed: Segmentation = (k, width) => a => dropLowBits(a, a < 2 ** k ? 0 : width - k);

const enhanced: Segmentation = (k, width) => {
  const middle = (width - k) >> 1;
  return a => {
    if (a < 2 ** k) return a;
    return dropLowBits(a, a < 2 ** (k + middle) ? middle : width - k);
  };
};

export const dsm = segmentFamily('dsm', 'Dynamic', dynamic, {
  range: '2..m',
  values: m => integersFrom(2, m),
});

/** Segments of less than half the width would leave bits between them that no segment holds. */
const halfTheWidth = {
  range: '(m + 1) / 2..m',
  values: (m: number) => integersFrom(Math.max(2, Math.ceil((m + 1) / 2)), m),
};
export const ssm = segmentFamily('ssm', 'Static', fixed, halfTheWidth);
export const essm = segmentFamily('essm', 'Enhanced static', enhanced, halfTheWidth);

/** DSM, SSM and ESSM of unsigned integers. */
export const dsmProduct = (k: number, width: number) => segmentProduct(dynamic(k, width));
export const ssmProduct = (k: number, width: number) => segmentProduct(fixed(k, width));
export const essmProduct = (k: number, width: number) => segmentProduct(enhanced(k, width));

function segmentProduct(segment: Segment): IntegerProduct {
  return (a, b) => segment(a) * segment(b);
}

function segmentFamily(
  name: string,
  kind: string,
  segmentation: Segmentation,
  values: Pick<FamilyParameter, 'range' | 'values'>,
): MultiplierFamily {
  const design = `${kind} segment`;
  return {
    name,
    description: `${design} of k bits of each operand (Narayanamoorthy 2015)`,
    parameters: [{symbol: 'k', meaning: 'bits of a segment', ...values}],
    minMantissaBits: 2,
    maxMantissaBits: MAX_MANTISSA_BITS,
    member: (m, k) => {
      const segment = segmentation(k, m + 1);
      const significands = significandsOf(segment, m);
      return tabulatedMultiplier(significandProductOf(segmentProduct(segment), m), {
        name: memberName(name, m, [k]),
        mantissaBits: m,
        description: `${design} of ${k} bits of each operand (Narayanamoorthy 2015)`,
        closedForm: {
          kind: 'native',
          firstSignificands: significands,
          secondSignificands: significands,
        },
        provenance: `Narayanamoorthy et al. 2015, ${design} multiplier, k = ${k}`,
      });
    },
  };
}

function dropLowBits(a: number, count: number): number {
  return Math.floor(a / 2 ** count) * 2 ** count;
}
