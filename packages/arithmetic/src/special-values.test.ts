// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';
import {expect} from 'chai';
import {multiply} from './multipliers/functional-model.js';
import {getMultiplier} from './registry.js';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** `-1.5 * 2^-63`, `Infinity`. */
function numberIn(text: string): number {
  const factors = text.split(' * ').map(factor => {
    const [, sign, exponent] = /^(-?)2\^(-?\d+)$/.exec(factor) ?? [];
    const power = exponent === undefined ? Number(factor) : 2 ** Number(exponent);
    return sign === '-' ? -power : power;
  });
  return factors.reduce((a, b) => a * b);
}

describe('the rules of special values in the README', () => {
  const [, section] = /## NaN, zero, overflow and subnormal numbers\n([^]*?)\n## /.exec(README)!;
  const rows = section
    .split('\n')
    .filter(line => /^\|.*`/.test(line))
    .map(line => line.split('|').map(cell => cell.trim()));

  it('are all there', () => {
    expect(rows.length).to.be.above(15);
  });

  for (const [, rule, multiplier, a, b, product] of rows) {
    const name = multiplier.replaceAll('`', '');
    it(`${rule} (${name}, ${a}, ${b})`, () => {
      const [x, y] = [numberIn(a), numberIn(b)];
      expect(multiply(getMultiplier(name), x, y)).to.deep.equal(Math.fround(numberIn(product)));
      expect(multiply(getMultiplier(name), y, x)).to.deep.equal(Math.fround(numberIn(product)));
    });
  }
});
