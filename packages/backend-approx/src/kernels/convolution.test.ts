// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {stridePhases, type SpatialDimension} from './convolution.js';

const dimension = (values: Partial<SpatialDimension>): SpatialDimension => ({
  name: 'Y',
  input: 11,
  output: 6,
  filter: 3,
  stride: 2,
  dilation: 1,
  padding: 1,
  ...values,
});

/** (input position, tap, dy position) triples of all phases. */
function triples(d: SpatialDimension): string[] {
  return stridePhases(d).flatMap(phase => {
    const found: string[] = [];
    for (let q = 0; q < phase.positionAxis.size; q++) {
      for (let t = 0; t < phase.tapAxis.size; t++) {
        const at = (expression: typeof phase.tap) =>
          expression.terms.reduce(
            (sum, {axis, coefficient}) => sum + coefficient * (axis.startsWith('in') ? q : t),
            expression.offset,
          );
        found.push(`${at(phase.position)},${at(phase.tap)},${at(phase.source)}`);
      }
    }
    return found;
  });
}

describe('stridePhases', () => {
  for (const stride of [1, 2, 3, 4]) {
    for (const dilation of [1, 2, 3]) {
      for (const filter of [1, 2, 3, 5]) {
        for (const padding of [-1, 0, 1, 2]) {
          it(`stride ${stride}, dilation ${dilation}, filter ${filter}, padding ${padding}`, () => {
            const d = dimension({stride, dilation, filter, padding});
            const expected: string[] = [];
            for (let y = 0; y < d.input; y++) {
              for (let f = 0; f < filter; f++) {
                const source = (y + padding - f * dilation) / stride;
                if (Number.isInteger(source)) expected.push(`${y},${f},${source + 0}`);
              }
            }
            expect(triples(d)).to.have.members(expected);
          });
        }
      }
    }
  }

  it('covers every input position exactly once, also those that no tap reaches', () => {
    const phases = stridePhases(dimension({stride: 3, filter: 1, padding: 0}));
    const positions = phases.flatMap(({positionAxis, position}) =>
      Array.from({length: positionAxis.size}, (_, q) => position.offset + 3 * q),
    );
    expect(positions.sort((a, b) => a - b)).to.deep.equal(Array.from({length: 11}, (_, y) => y));
    expect(phases.map(phase => phase.tapAxis.size)).to.deep.equal([1, 0, 0]);
  });
});
