// SPDX-License-Identifier: Apache-2.0
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect} from 'chai';
import {LutFormatError, type MantissaLut, significandProducts} from '@tfjs-approx/arithmetic';
import {type ReadLutOptions, readLut} from '../../node.js';
import {rejection} from '../../testing/rejection.js';
import {npyFile} from '../../testing/npy-bytes.js';
import {randomSource} from '../../testing/random.js';

/** Not symmetric, and off by up to 14 %. */
const circuit = (a: number, b: number) => (a & ~1) * (b & ~0x0f);

/** Row-major values of a square table. */
const square = (side: number, value: (i: number, j: number) => number) =>
  Array.from({length: side * side}, (_, e) => value(Math.floor(e / side), e % side));

function expectCircuit(lut: MantissaLut, m = 7): void {
  const n = 2 ** m;
  expect(lut.mantissaBits).equal(m);
  expect([...significandProducts(lut)]).deep.equal(
    square(n, (i, j) => circuit(n + i, n + j) / n ** 2),
  );
}

describe('a table of numbers', function () {
  this.timeout(20_000);
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lut-builder-'));
  });
  afterEach(() => rm(folder, {recursive: true}));

  async function read(
    name: string,
    content: string | Uint8Array,
    options?: ReadLutOptions,
  ): Promise<MantissaLut> {
    await writeFile(join(folder, name), content);
    return readLut(join(folder, name), options);
  }
  async function refusal(
    name: string,
    content: string | Uint8Array,
    options?: ReadLutOptions,
  ): Promise<string> {
    const error = await rejection(read(name, content, options));
    expect(error).instanceOf(LutFormatError).property('file', join(folder, name));
    return error.message;
  }
  const csvFile = (side: number, value: (i: number, j: number) => number, separator = ',') =>
    Array.from({length: side}, (_, i) =>
      Array.from({length: side}, (_, j) => value(i, j)).join(separator),
    ).join('\n');

  describe('in a .npy file', () => {
    it('holds products of significands', async () => {
      const values = square(128, (i, j) => circuit(128 + i, 128 + j) / 2 ** 14);
      for (const dtype of ['<f4', '<f8', '>f4', '>f8']) {
        expectCircuit(await read('t.npy', npyFile({dtype, shape: [128, 128], values})));
      }
    });

    it('or products of the integers that stand for them', async () => {
      const values = square(128, (i, j) => circuit(128 + i, 128 + j));
      for (const dtype of ['<u2', '<i4', '>u4', '<u8', '>i8', '<f8']) {
        expectCircuit(await read('t.npy', npyFile({dtype, shape: [128, 128], values})));
      }
    });

    it('or products of all integers of m + 1 bits', async () => {
      const values = square(256, circuit);
      for (const dtype of ['<u2', '>u2', '<i4', '<i8', '<f4']) {
        const lut = await read('mul8u.npy', npyFile({dtype, shape: [256, 256], values}));
        expectCircuit(lut);
        expect(lut).include({name: 'mul8u', rounding: 'truncate'});
        expect(lut.provenance).equal('256 x 256 table of integers: mul8u.npy');
      }
    });

    it('of every version, by rows or by columns', async () => {
      const values = square(256, circuit);
      for (const version of [1, 2, 3]) {
        const file = npyFile({dtype: '<u2', shape: [256, 256], values, version});
        expectCircuit(await read('t.npy', file));
      }
      const transposed = square(256, (i, j) => circuit(j, i));
      expectCircuit(
        await read(
          't.npy',
          npyFile({dtype: '<u2', shape: [256, 256], values: transposed, fortran: true}),
        ),
      );
    });

    it('of small numbers', async () => {
      const side8 = square(8, (i, j) => (8 + i) * (8 + j));
      for (const [dtype, values, entries] of [
        ['|u1', side8, 'products'],
        ['|u1', square(16, (i, j) => i * j), 'integers'],
        ['|i1', square(8, (i, j) => i * j), 'integers'],
      ] as const) {
        const side = Math.sqrt(values.length);
        const lut = await read('t.npy', npyFile({dtype, shape: [side, side], values}));
        expect(lut.provenance).contain(entries);
        const n = 2 ** lut.mantissaBits;
        expect([...significandProducts(lut)]).deep.equal(
          square(n, (i, j) => (1 + i / n) * (1 + j / n)),
        );
      }
    });

    it('is not read where the header is wrong', async () => {
      const good = npyFile({dtype: '<u2', shape: [16, 16], values: square(16, (i, j) => i * j)});
      const header = (text: string) => npyFile({header: text, values: [], dtype: '<u2', shape: []});
      const like = (descr: string, shape: string) =>
        header(`{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`);
      for (const [content, message] of [
        [good.subarray(0, 5), /magic/],
        [Uint8Array.of(0x93, ...new TextEncoder().encode('NUMPX\x01\0\0\0\0\0')), /magic/],
        [good.with(6, 4), /version: found 4\.0/],
        [good.with(9, 0xff), /header length: found 65\d+ bytes, expected at most/],
        [good.subarray(0, good.length - 1), /length of the data: found 511 bytes, expected 512/],
        [Buffer.concat([good, Uint8Array.of(0)]), /found 513 bytes/],
        [like("'<u2'", '(1048576, 1048576)'), /shape: found 1048576 x 1048576/],
        [like("'<u2'", '(99999999999999999999, 2)'), /shape/],
        [like("'<u2'", '(16,)'), /shape: found \(16\), expected two dimensions/],
        [like("'<u2'", '(2, 16, 8)'), /two dimensions/],
        [like("'<u2'", '()'), /two dimensions/],
        [like("'<u2'", '(16, 8)'), /found 16 x 8, expected 2\^k x 2\^k/],
        [like("'<u2'", '(12, 12)'), /found 12 x 12/],
        [like("'<f2'", '(16, 16)'), /dtype: found "<f2", expected one of u1/],
        [like("'<c8'", '(16, 16)'), /dtype/],
        [like("'|O'", '(16, 16)'), /dtype/],
        [like("[('a', '<u2')]", '(16, 16)'), /header/],
        [header('not a dictionary'), /header: found "not a dictionary/],
      ] as const) {
        expect(await refusal('t.npy', content)).match(message);
      }
    });
  });

  describe('in a .csv file', () => {
    it('may be separated by commas, semicolons, tabs or spaces', async () => {
      for (const separator of [',', ';', '\t', ' ', ', ', '  ']) {
        expectCircuit(await read('t.csv', csvFile(256, circuit, separator)));
      }
    });

    it('may have comments, empty lines and any line ends', async () => {
      const text = `# rows: first operand\n\n${csvFile(256, circuit)}  # the end\n\n`;
      expectCircuit(await read('t.csv', text));
      expectCircuit(await read('t.csv', text.replaceAll('\n', '\r\n')));
    });

    it('may hold fractions', async () => {
      const value = (i: number, j: number) => circuit(128 + i, 128 + j) / 2 ** 14;
      expectCircuit(await read('t.csv', csvFile(128, value)));
      expectCircuit(
        await read(
          't.csv',
          csvFile(128, value).replace(/[\d.]+/g, text => `+${Number(text).toExponential()}`),
        ),
      );
    });

    it('is not read where a line is wrong', async () => {
      for (const [content, message] of [
        ['', /rows: found 0/],
        ['# nothing\n', /rows: found 0/],
        ['1,2\n3,x\n', /line 2: found "x", expected a number/],
        ['1,2\n3,\n', /line 2: found "", expected a number/],
        ['1,2\n3,0x10\n', /line 2: found "0x10"/],
        ['1,2\n3,NaN\n', /line 2: found "NaN"/],
        ['1,2\n3,4,5\n', /line 2: found 3 numbers, expected 2 rows of 2/],
        ['1,2\n3,4\n5,6\n', /line 3: found another row/],
        ['1,2\n', /rows: found 1, expected 2/],
        ['1,2,3\n4,5,6\n7,8,9\n', /shape: found 3 x 3/],
        ['a,b\n1,2\n', /line 1: found "a"/],
        ['7'.repeat(300_000), /line 1: found 300000 characters/],
      ] as const) {
        expect(await refusal('t.csv', content)).match(message);
      }
    });
  });

  describe('a table with something else around it', () => {
    const remedy = /If the first row or column holds the operands, remove it/;
    const csv = (rows: readonly (readonly (number | string)[])[]) =>
      Buffer.from(rows.map(row => row.join(',')).join('\n'));
    const side = Array.from({length: 16}, (_, i) => i);
    const products = side.map(i => side.map(j => i * j));

    it('as a header and an index: the remedy says so', async () => {
      const both = csv([['', ...side], ...products.map((row, i) => [i, ...row])]);
      expect(await refusal('t.csv', both))
        .match(/shape: found 17 x 17/)
        .match(remedy);
      const header = csv([side, ...products]);
      expect(await refusal('t.csv', header))
        .match(/another row/)
        .match(remedy);
      const named = csv([side.map(i => `b${i}`), ...products]);
      expect(await refusal('t.csv', named))
        .match(/"b0", expected a number/)
        .match(remedy);
      const npy = npyFile({dtype: '<u2', shape: [17, 17], values: new Array(289).fill(1)});
      expect(await refusal('t.npy', npy)).match(remedy);
      expect(await refusal('t.csv', csv([[1, 2, 3, 4, 5, 6]]))).not.match(remedy);
    });

    it('as negative operands: the remedy says so', async () => {
      const signed = csv(side.map(i => side.map(j => (i - 8) * (j - 8))));
      expect(await refusal('t.csv', signed))
        .match(/found negative entries, and a mean relative error/)
        .match(/looks like the table of a signed multiplier/);
    });
  });

  describe("in TFApprox's layout", () => {
    const bytes = new Uint8Array(Uint16Array.from(square(256, circuit)).buffer);

    it('is a table of all integers of 8 bits, row = first operand', async () => {
      // Some of these files have a number at their end that is not m.
      for (const name of ['mul8u_XYZ.bin', 'mul8u_1446.bin', 'x_7.bin']) {
        expectCircuit(await read(name, bytes));
      }
      expectCircuit(await read('x.bin', bytes, {mantissaBits: 7}));
    });

    it('is not read with another m or length', async () => {
      expect(await refusal('x.bin', bytes, {mantissaBits: 5})).contain('length');
      expect(await refusal('x_7.bin', bytes.subarray(2))).contain('length');
    });

    it('is not read where the numbers are no products, with the first that is none', async () => {
      const random = randomSource(3);
      const noise = Uint16Array.from({length: 256 * 256}, () => Math.floor(random() * 65536));
      noise[128 * 256 + 128] = 16384;
      noise[128 * 256 + 129] = 16000;
      noise[128 * 256 + 130] = 900;
      expect(await refusal('mul8u.bin', new Uint8Array(noise.buffer))).match(
        /entry \(128, 130\): found 900, and a mean relative error of \d+ %, expected a product of 128 and 130, and below 25 %/,
      );
      expect(await refusal('mul8u.bin', new Uint8Array(2 ** 17))).contain(
        'entry (128, 128): found 0',
      );
      expect(await refusal('mul8u.bin', bytes.toReversed())).contain('entry (128, ');
    });

    it('is not read where the integers are signed', async () => {
      const signed = square(256, (i, j) => (((i << 24) >> 24) * ((j << 24) >> 24)) & 0xffff);
      const file = new Uint8Array(Uint16Array.from(signed).buffer);
      expect(await refusal('mul8s.bin', file)).match(/products of signed integers/);
      const values = signed.map(value => (value << 16) >> 16);
      const npy = npyFile({dtype: '<i2', shape: [256, 256], values});
      expect(await refusal('mul8s.npy', npy)).match(/products of signed integers/);
    });
  });

  describe('whose kind cannot be told', () => {
    const far = csvFile(16, () => 1);
    it('is refused with the kinds there are', async () => {
      expect(await refusal('t.csv', far)).match(
        /a mean relative error of \d+ % as significands, 100 % as products, .*--entries\): .*integers\.$/,
      );
    });

    it('is read as it is said to be', async () => {
      for (const [entries, mantissaBits, unit] of [
        ['significands', 4, 1],
        ['products', 4, 2 ** -8],
        ['integers', 3, 2 ** -6],
      ] as const) {
        const lut = await read('t.csv', far, {entries});
        expect(lut.mantissaBits).equal(mantissaBits);
        expect([...new Set(significandProducts(lut))]).deep.equal([unit]);
        expect((await read('t.csv', far, {entries, mantissaBits})).entries).deep.equal(lut.entries);
      }
    });

    it('is refused where m says another', async () => {
      expect(await refusal('t.csv', far, {entries: 'integers', mantissaBits: 4})).match(
        /found 16 x 16, expected 32 x 32, as the entries are integers and m = 4/,
      );
      expect(await refusal('t.csv', far, {mantissaBits: 9})).match(
        /expected 512 x 512 or 1024 x 1024, as m = 9\. .*--mantissa-bits/,
      );
    });
  });

  it('has no entry that is not such a product', async () => {
    const with17 = (value: number) => csvFile(16, (i, j) => (i === 9 && j === 8 ? value : i * j));
    for (const value of [-1, 256, 72.00001, 1e300]) {
      const message = await refusal('t.csv', with17(value), {entries: 'integers'});
      expect(message).match(/entry \(9, 8\): found .*, expected an integer in 0\.\.255/);
    }
    const fine = csvFile(16, (i, j) => (1 + i / 16) * (1 + j / 16) + 2 ** -23);
    expect(await refusal('t.csv', fine)).match(/entry \(0, 0\): .* a multiple of 2\^-22/);
    const values = square(16, (i, j) => i * j);
    values[9 * 16 + 8] = NaN;
    const npy = npyFile({dtype: '<f8', shape: [16, 16], values});
    expect(await refusal('t.npy', npy, {entries: 'integers'})).contain('found NaN');
  });
});
