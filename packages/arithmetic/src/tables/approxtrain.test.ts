// SPDX-License-Identifier: Apache-2.0
/** The headerless layouts, byte by byte. (The digest of mbm7 is checked in mbm.test.ts.) */
import {expect} from 'chai';
import {LutFormatError} from '../errors.js';
import {getMultiplier} from '../registry.js';
import {type ApproxTrainLayout, decodeApproxTrain, encodeApproxTrain} from './approxtrain.js';
import {lutFromSignificandProduct} from './from-product.js';
import {significandProducts} from './lut.js';

const small = lutFromSignificandProduct((i, j) => [1, 1.5, 2, 3][2 * i + j], {
  name: 'small',
  mantissaBits: 1,
});

describe('encodeApproxTrain', () => {
  it('writes a byte an entry: bit 7 carry, bits m-1..0 mantissa', () => {
    expect([...encodeApproxTrain(small, 'approxtrain-u8')]).deep.equal([0, 1, 0x80, 0x81]);
  });

  it('writes a little-endian word an entry: bit 31 carry, mantissa left-aligned in 22..0', () => {
    expect([...encodeApproxTrain(small, 'approxtrain-u32')]).deep.equal(
      [
        [0, 0, 0, 0],
        [0, 0, 0x40, 0],
        [0, 0, 0, 0x80],
        [0, 0, 0x40, 0x80],
      ].flat(),
    );
  });

  const cases: Array<[string, ApproxTrainLayout]> = [
    ['mbm7', 'approxtrain-u8'],
    ['mbm1', 'approxtrain-u8'],
    ['mitchell5', 'approxtrain-u8'],
    ['mbm7', 'approxtrain-u32'],
    ['truncated11', 'approxtrain-u32'],
    ['bf16', 'approxtrain-u32'],
    ['tf32', 'approxtrain-u32'],
  ];
  for (const [name, layout] of cases) {
    it(`writes ${name} as ${layout} so that it comes back, with or without the layout given`, () => {
      const lut = getMultiplier(name).lut();
      const bytes = encodeApproxTrain(lut, layout);
      const {mantissaBits, format, rounding, provenance} = lut;
      const options = {name, mantissaBits, format, rounding, provenance};
      expect(decodeApproxTrain(bytes, options)).deep.equal(lut);
      expect(decodeApproxTrain(bytes, {...options, layout})).deep.equal(lut);
    });
  }

  it('refuses more mantissa bits than the layout has', () => {
    expect(() => encodeApproxTrain(getMultiplier('mbm8').lut(), 'approxtrain-u8')).to.throw(
      LutFormatError,
      /mbm8.*m = 8, expected m <= 7/,
    );
  });

  it('refuses more result bits than the layout has', () => {
    expect(() => encodeApproxTrain(getMultiplier('bf16').lut(), 'approxtrain-u8')).to.throw(
      LutFormatError,
      /15 result bits, expected at most 7/,
    );
  });

  it('refuses products below 1', () => {
    const below = lutFromSignificandProduct(() => 0.5, {name: 'below', mantissaBits: 1});
    for (const layout of ['approxtrain-u8', 'approxtrain-u32'] as const) {
      expect(() => encodeApproxTrain(below, layout)).to.throw(LutFormatError, 'below 1');
    }
  });
});

describe('decodeApproxTrain', () => {
  it('takes m and the name from the file name', () => {
    const lut = decodeApproxTrain(Uint8Array.of(0, 1, 0x80, 0x81), {file: 'luts/MINE_1.bin'});
    expect(lut).deep.include({name: 'MINE_1', mantissaBits: 1, rounding: 'truncate'});
    expect(lut.format.exponentBits).equal(8);
    expect([...significandProducts(lut)]).deep.equal([1, 1.5, 2, 3]);
  });

  const word = (u: number) => {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setUint32(8, u, true);
    return bytes;
  };
  const bad: Array<[string, Uint8Array, object, string, RegExp]> = [
    ['a name that does not say m', new Uint8Array(4), {file: 'x.bin'}, 'x.bin', /_<m>\.bin/],
    ['a length of no layout', new Uint8Array(5), {file: 'x_1.bin'}, 'x_1.bin', /5 bytes.*16/],
    ['an empty file', new Uint8Array(0), {file: 'x_1.bin'}, 'x_1.bin', /0 bytes/],
    [
      'a length of the other layout',
      new Uint8Array(4),
      {file: 'x_1.bin', layout: 'approxtrain-u32'},
      'x_1.bin',
      /4 bytes, expected 16/,
    ],
    [
      'a byte with bits between carry and mantissa',
      Uint8Array.of(0, 0, 0x82, 0),
      {file: 'x_1.bin'},
      'x_1.bin',
      /entry 2: found 0x82/,
    ],
    [
      'a word with bits between carry and mantissa',
      word(0x80800000),
      {file: 'x_1.bin'},
      'x_1.bin',
      /entry 2: found 0x80800000/,
    ],
    ['a word off the grid', word(1), {file: 'x_1.bin'}, 'x_1.bin', /entry 2: found 0x1, .*2\^-22/],
    [
      'too many mantissa bits',
      new Uint8Array(4 ** 8),
      {file: 'x_8.bin'},
      'x_8.bin',
      /found 8, expected 1\.\.7 in approxtrain-u8/,
    ],
    ['no mantissa bits', new Uint8Array(1), {file: 'x_0.bin'}, 'x_0.bin', /found 0, expected 1/],
    ['bytes without a name', new Uint8Array(4), {}, 'bytes', /mantissaBits \(--mantissa-bits/],
  ];
  for (const [what, bytes, options, file, message] of bad) {
    it(`refuses ${what}`, () => {
      expect(() => decodeApproxTrain(bytes, options))
        .to.throw(LutFormatError, message)
        .with.property('file', file);
    });
  }

  it('reads a word with carry whose last mantissa bit is set: twice 2^-23 is on the grid', () => {
    const lut = decodeApproxTrain(word(0x80000001), {mantissaBits: 1});
    expect(significandProducts(lut)[2]).equal(2 + 2 ** -22);
  });
});
