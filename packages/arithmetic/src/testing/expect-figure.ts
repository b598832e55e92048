// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';

/**
 * That a computed figure is a published one, to within one unit of the last digit in print.
 *
 * @param published As printed, so that trailing zeros count: `11.90`.
 */
export function expectFigure(found: number, published: string, what?: string): void {
  const decimals = published.split('.')[1]?.length ?? 0;
  expect(found, what).closeTo(Number(published), 10 ** -decimals);
}
