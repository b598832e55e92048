// SPDX-License-Identifier: Apache-2.0
import {errorMetrics} from '@tfjs-approx/lut-builder';
import {expect} from 'chai';
import {errorMap} from './error-map.js';

describe('errorMap', () => {
  it("has Mitchell's worst case, -1/9, at two fractions of one half", () => {
    const {size, pairsPerCell, errors} = errorMap('mitchell4');
    expect([size, pairsPerCell]).deep.equal([16, 1]);
    expect(errors[8 * 16 + 8]).closeTo(-100 / 9, 1e-5);
    expect(errors[0]).equal(0);
  });

  it('keeps the mean where a cell stands for many pairs', () => {
    const {size, pairsPerCell, errors} = errorMap('mbm9');
    expect([size, pairsPerCell]).deep.equal([128, 4]);
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    expect(mean).closeTo(errorMetrics('mbm9').mean, 1e-4);
  });

  it('is zero everywhere for a format with exact products', () => {
    expect(errorMap('bf16').errors.every(error => error === 0)).equal(true);
  });
});
