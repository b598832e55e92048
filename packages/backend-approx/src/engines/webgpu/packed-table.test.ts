// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {bitsToFloat, getMultiplier, significandProducts} from '@tfjs-approx/arithmetic';
import {fits, packTable, tableBytes, type TableEntry} from './packed-table.js';

/** Reads an entry as the shaders do. */
function entryAt(words: Uint32Array, at: number, bits: number): number {
  const perWord = 32 / bits;
  const word = words[Math.floor(at / perWord)];
  const code = (word >>> ((at % perWord) * bits)) & (2 ** bits - 1);
  return bitsToFloat(0x3f800000 + code * 2 ** (24 - bits));
}

describe('packed tables', () => {
  for (const [name, entry, bits] of [
    ['mbm7', 'u8', 8],
    ['mitchell3', 'u8', 8],
    ['truncated1', 'u8', 8],
    ['bf16', 'u16', 16],
    ['mitchell9', 'u16', 16],
  ] as const) {
    it(`${name} as ${entry}: every product comes back, and memory is a fraction`, () => {
      const products = significandProducts(getMultiplier(name).lut());
      const words = packTable(products, entry);
      const wrong = products.findIndex((product, at) => entryAt(words, at, bits) !== product);
      expect(wrong).to.equal(-1);
      const {mantissaBits} = getMultiplier(name).lut();
      expect(words.byteLength).to.equal(tableBytes(mantissaBits, entry));
    });
  }

  it('are refused where a product needs more bits or lies below 1', () => {
    const fitting = (values: number[]) =>
      (['u8', 'u16', 'f32'] as TableEntry[]).filter(entry =>
        fits(Float32Array.from(values), entry),
      );
    expect(fitting([1, 1.0078125, 3.96875, 2])).to.deep.equal(['u8', 'u16', 'f32']);
    expect(fitting([1, 1.00390625])).to.deep.equal(['u16', 'f32']);
    expect(fitting([1, 1 + 2 ** -20])).to.deep.equal(['f32']);
    expect(fitting([0.5, 1])).to.deep.equal(['f32']);
    expect(() => packTable(Float32Array.of(0.5), 'u8')).to.throw(RangeError);
  });
});
