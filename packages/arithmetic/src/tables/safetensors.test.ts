// SPDX-License-Identifier: Apache-2.0
/** The table file: what is in it, that it comes back whole, and how bad ones are refused. */
import {expect} from 'chai';
import {LutFormatError} from '../errors.js';
import {E4M3} from '../formats/float.js';
import {getMultiplier} from '../registry.js';
import {lutFromSignificandProduct} from './from-product.js';
import type {MantissaLut} from './lut.js';
import {decodeLut, encodeLut} from './safetensors.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

function headerOf(bytes: Uint8Array): {length: number; text: string; json: Json} {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  return {length, text, json: JSON.parse(text)};
}

/** A file of any header and data, right or wrong. */
function fileOf(header: unknown, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const tables: MantissaLut[] = [
  ...['mbm7', 'mitchell1', 'truncated11', 'bf16', 'tf32', 'fp16', 'mbm1'].map(name =>
    getMultiplier(name).lut(),
  ),
  lutFromSignificandProduct((i, j) => (i * j) / 64, {
    name: 'fixed e4m3',
    mantissaBits: 3,
    format: E4M3,
    rounding: 'nearestEven',
    provenance: 'Ein Test: "ä", 乘法',
  }),
];

describe('encodeLut', () => {
  for (const lut of tables) {
    it(`writes ${lut.name} so that decodeLut reads the same table`, () => {
      expect(decodeLut(encodeLut(lut))).deep.equal(lut);
    });
  }

  it('writes a safetensors file: length, aligned JSON header, entries row by row', () => {
    const lut = getMultiplier('mbm7').lut();
    const bytes = encodeLut(lut);
    const {length, text, json} = headerOf(bytes);
    expect(length % 8).equal(0);
    expect(text[0]).equal('{');
    expect(text.trimEnd().endsWith('}')).equal(true);
    expect(json).deep.equal({
      __metadata__: {
        formatVersion: '1',
        name: 'mbm7',
        mantissaBits: '7',
        encoding: 'normalised',
        resultBits: '7',
        operandRounding: 'truncate',
        provenance: lut.provenance,
      },
      lut: {dtype: 'U8', shape: [128, 128], data_offsets: [0, 16384]},
    });
    expect(bytes.slice(8 + length)).deep.equal(lut.entries);
  });

  it('uses the narrowest dtype, little-endian', () => {
    const bf16 = encodeLut(getMultiplier('bf16').lut());
    expect(headerOf(bf16).json.lut.dtype).equal('U16');
    // The last entry is 255 * 255 = 0xfe01 over 2^14: carry, then 15 mantissa bits.
    expect([...bf16.slice(-2)]).deep.equal([0x01, 0xfe]);
    expect(headerOf(encodeLut(getMultiplier('tf32').lut())).json.lut.dtype).equal('U32');
    const wide = {...getMultiplier('mbm3').lut()};
    const widened = encodeLut({...wide, entries: Uint32Array.from(wide.entries)});
    expect(headerOf(widened).json.lut.dtype).equal('U8');
  });

  it('says the operand format where it is not the range of float32', () => {
    const {__metadata__: metadata} = headerOf(encodeLut(tables.at(-1)!)).json;
    expect(metadata).deep.include({
      exponentBits: '4',
      subnormals: 'true',
      overflow: 'saturate',
      maxFinite: '448',
    });
  });

  it('refuses a table that is not consistent', () => {
    const lut = getMultiplier('mbm7').lut();
    expect(() => encodeLut({...lut, resultBits: 6})).to.throw(LutFormatError, 'entry');
    expect(() => encodeLut({...lut, entries: lut.entries.slice(1)})).to.throw(
      LutFormatError,
      '16383 entries',
    );
  });
});

describe('decodeLut', () => {
  const metadata = {
    formatVersion: '1',
    name: 'two',
    mantissaBits: '1',
    encoding: 'normalised',
    resultBits: '1',
    operandRounding: 'truncate',
    provenance: '',
  };
  const tensor = {dtype: 'U8', shape: [2, 2], data_offsets: [0, 4]};
  const data = Uint8Array.of(0, 1, 2, 3);
  const good = {__metadata__: metadata, lut: tensor};
  const withMetadata = (change: object) => ({...good, __metadata__: {...metadata, ...change}});
  const withTensor = (change: object) => ({...good, lut: {...tensor, ...change}});
  const without = (key: keyof typeof metadata) => {
    const rest: Partial<typeof metadata> = {...metadata};
    delete rest[key];
    return {...good, __metadata__: rest};
  };

  it('reads a file that another program wrote, unpadded and from the middle of a buffer', () => {
    const bytes = fileOf(good, data);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const lut = decodeLut(shifted.subarray(3));
    expect(lut).deep.include({name: 'two', mantissaBits: 1, resultBits: 1, rounding: 'truncate'});
    expect([...lut.entries]).deep.equal([0, 1, 2, 3]);
  });

  it('reads wider entries than needed and keeps them narrow', () => {
    const wide = Uint8Array.of(0, 0, 1, 0, 2, 0, 3, 0);
    const lut = decodeLut(fileOf(withTensor({dtype: 'U16', data_offsets: [0, 8]}), wide));
    expect(lut.entries).deep.equal(Uint8Array.of(0, 1, 2, 3));
  });

  it('keeps no hold of the bytes it read', () => {
    const bytes = fileOf(good, data);
    const lut = decodeLut(bytes);
    bytes.fill(0xff);
    expect([...lut.entries]).deep.equal([0, 1, 2, 3]);
  });

  const huge = fileOf(good, data);
  new DataView(huge.buffer).setBigUint64(0, 2n ** 62n, true);
  const whole = fileOf(good, data);

  const bad: Array<[string, Uint8Array, string, string, string]> = [
    ['an empty file', new Uint8Array(0), 'length', '0 bytes', 'at least 8'],
    ['a file of 7 bytes', new Uint8Array(7), 'length', '7 bytes', 'at least 8'],
    ['a huge header length', huge, 'header length', '4611686018427388000', 'at most'],
    ['a file cut in its header', whole.slice(0, 40), 'header length', 'bytes', 'at most the 32'],
    ['a file cut in its data', whole.slice(0, -1), 'length of the data', '3 bytes', '4'],
    ['bytes after the data', fileOf(good, new Uint8Array(5)), 'length of the data', '5 bytes', '4'],
    ['a header that is not JSON', fileOf('{"lut":', data), 'header', 'not JSON', 'JSON header'],
    ['an empty header', fileOf('', data), 'header', 'not JSON', 'JSON header'],
    ['a header that is not UTF-8', withByte(whole, 9, 0xff), 'header', 'not JSON', 'JSON header'],
    ['a header that is a list', fileOf([], data), 'header', '[]', 'a JSON object'],
    ['no metadata', fileOf({lut: tensor}, data), '__metadata__', 'undefined', 'strings'],
    [
      'a metadata value that is a number',
      fileOf(withMetadata({mantissaBits: 1}), data),
      'metadata "mantissaBits"',
      '1',
      'a string',
    ],
    [
      'an unknown format version',
      fileOf(withMetadata({formatVersion: '2'}), data),
      'format version',
      '"2"',
      '"1"',
    ],
    [
      'mantissa bits that are no number',
      fileOf(withMetadata({mantissaBits: '1.5'}), data),
      'metadata "mantissaBits"',
      '"1.5"',
      'a whole number',
    ],
    [
      'mantissa bits out of range',
      fileOf(withMetadata({mantissaBits: '12'}), data),
      'mantissaBits',
      '12',
      '1..11',
    ],
    [
      'an unknown encoding',
      fileOf(withMetadata({encoding: 'posit'}), data),
      'encoding',
      'posit',
      'normalised or fixed',
    ],
    [
      'result bits out of range',
      fileOf(withMetadata({resultBits: '24'}), data),
      'resultBits',
      '24',
      '0..23',
    ],
    [
      'an unknown rounding',
      fileOf(withMetadata({operandRounding: 'up'}), data),
      'operandRounding',
      'up',
      'truncate or nearestEven',
    ],
    [
      'exponent bits out of range',
      fileOf(withMetadata({exponentBits: '9'}), data),
      'exponentBits',
      '9',
      '2..8',
    ],
    [
      'subnormals that are neither true nor false',
      fileOf(withMetadata({subnormals: 'yes'}), data),
      'subnormals',
      'yes',
      'true',
    ],
    [
      'a largest value that is no number',
      fileOf(withMetadata({maxFinite: 'big'}), data),
      'maxFinite',
      'NaN',
      'positive',
    ],
    ['no tensor', fileOf({__metadata__: metadata}, data), 'tensors', 'none', 'only "lut"'],
    [
      'a second tensor',
      fileOf({...good, other: tensor}, data),
      'tensors',
      '"lut", "other"',
      'only "lut"',
    ],
    ['a wrong dtype', fileOf(withTensor({dtype: 'F32'}), data), 'dtype', '"F32"', 'U8, U16, U32'],
    ['no dtype', fileOf(withTensor({dtype: undefined}), data), 'dtype', 'undefined', 'U8'],
    ['a wrong shape', fileOf(withTensor({shape: [4]}), data), 'shape', '[4]', '[2,2]'],
    ['a shape of another m', fileOf(withTensor({shape: [4, 4]}), data), 'shape', '[4,4]', '[2,2]'],
    [
      'offsets that leave a gap',
      fileOf(withTensor({data_offsets: [1, 5]}), new Uint8Array(5)),
      'data_offsets',
      '[1,5]',
      '[0,4]',
    ],
    [
      'offsets of another size',
      fileOf(withTensor({data_offsets: [0, 8]}), data),
      'data_offsets',
      '[0,8]',
      '[0,4]',
    ],
    ['an entry out of range', fileOf(good, Uint8Array.of(0, 1, 4, 3)), 'entry 2', '4', 'below 4'],
    [
      'an entry off the grid',
      fileOf(
        {
          ...withMetadata({resultBits: '23'}),
          lut: {...tensor, dtype: 'U32', data_offsets: [0, 16]},
        },
        Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
      ),
      'entry 1',
      '1',
      '2^-22 grid',
    ],
    ...(Object.keys(metadata) as Array<keyof typeof metadata>).map(
      key =>
        [`no ${key}`, fileOf(without(key), data), `metadata "${key}"`, 'none', 'string'] as [
          string,
          Uint8Array,
          string,
          string,
          string,
        ],
    ),
  ];
  for (const [what, bytes, part, found, expected] of bad) {
    it(`refuses ${what}`, () => {
      let error: unknown;
      try {
        decodeLut(bytes, {file: 'tables/two.safetensors'});
      } catch (thrown) {
        error = thrown;
      }
      expect(error).instanceOf(LutFormatError);
      const {file, part: foundPart, found: f, expected: e, message} = error as LutFormatError;
      expect(file).equal('tables/two.safetensors');
      expect(foundPart).contain(part);
      expect(f).contain(found);
      expect(e).contain(expected);
      expect(message).contain(file).and.contain(f).and.contain(e);
    });
  }
});

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = value;
  return changed;
}
