// SPDX-License-Identifier: Apache-2.0
/** Errors of families over all fraction pairs at m = 7, against figures published or recomputed. */
import {expect} from 'chai';
import {errorMetrics} from './error-metrics.js';

/** To within one unit of the last digit in print. */
function expectFigure(found: number, published: string): void {
  const decimals = published.split('.')[1]?.length ?? 0;
  expect(found).closeTo(Number(published), 10 ** -decimals);
}

describe('known errors at m = 7', () => {
  it('pam7 (Kosson & Jaggi 2023, recomputed)', () => {
    const {mean, meanAbsolute, min, max} = errorMetrics('pam7');
    expectFigure(meanAbsolute, '2.57');
    expectFigure(mean, '-.10');
    expectFigure(min, '-7.73');
    expectFigure(max, '5.52');
  });

  for (const [level, meanAbsolute] of [
    [0, '3.16'],
    [1, '.767'],
    [2, '.190'],
    [3, '.047'],
  ] as const) {
    it(`oam${level}-7 (Chen 2020, recomputed)`, () => {
      expectFigure(errorMetrics(`oam${level}-7`).meanAbsolute, meanAbsolute);
    });
  }

  it('roba7', () => {
    expect(errorMetrics('roba7').meanAbsolute).closeTo(2.8865, 0.0001);
  });
});
