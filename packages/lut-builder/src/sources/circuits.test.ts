// SPDX-License-Identifier: Apache-2.0
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect} from 'chai';
import {type MantissaLut, MultiplierError, significandProducts} from '@tfjs-approx/arithmetic';
import {rejection} from '../testing/rejection.js';
import {lutFromC} from './c/lut-from-c.js';
import {lutFromVerilog} from './verilog/verilog.js';

interface Options {
  readonly mantissaBits?: number;
  readonly operandBits?: number;
  readonly signed?: boolean;
}

interface Kind {
  readonly name: string;
  /** Of the circuit with N bits, for operands that are positive. */
  readonly product: (a: number, b: number, bits: number) => number;
  /** The same with x and y for the operands, in C and in Verilog. */
  readonly expression: (bits: number) => string;
}

const KINDS: readonly Kind[] = [
  {name: 'exact', product: (a, b) => a * b, expression: () => 'x * y'},
  {
    name: 'without low columns',
    product: (a, b, bits) => Math.floor((a * b) / 2 ** (bits - 2)) * 2 ** (bits - 2),
    expression: bits => `((x * y) >> ${bits - 2}) << ${bits - 2}`,
  },
  {
    name: 'without low rows',
    product: (a, b) => a * (b - (b % 4)),
    expression: () => 'x * (y - (y & 3))',
  },
];

/** The table that `product` makes of significands of so many bits, their fractions left-aligned. */
function expectTable(
  lut: MantissaLut,
  {mantissaBits, width}: {mantissaBits: number; width: number},
  product: (a: number, b: number) => number,
): void {
  expect(lut.mantissaBits).equal(mantissaBits);
  const products = significandProducts(lut);
  const n = 2 ** mantissaBits;
  const unit = 2 ** (width - 1 - mantissaBits);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const expected = product((n + i) * unit, (n + j) * unit) / 2 ** (2 * width - 2);
      const found = products[i * n + j];
      if (found !== expected) expect(found, `${i}, ${j}`).equal(expected);
    }
  }
}

describe('a circuit, signed or not, becomes the right table or none', function () {
  this.timeout(120_000);
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lut-builder-'));
  });
  after(() => rm(folder, {recursive: true}));

  async function expectRefusal(table: Promise<MantissaLut>, message: RegExp): Promise<void> {
    const error = await rejection(table);
    expect(error, String(error)).instanceOf(MultiplierError);
    expect(error.message).match(message);
  }

  const build = {
    async c(text: string, options: Options): Promise<MantissaLut> {
      await writeFile(join(folder, 'm.c'), `#include <stdint.h>\n${text}`);
      return lutFromC(join(folder, 'm.c'), options);
    },
    async verilog(text: string, options: Options): Promise<MantissaLut> {
      await writeFile(join(folder, 'm.v'), text);
      return lutFromVerilog(join(folder, 'm.v'), options);
    },
  };

  const source = {
    c(bits: number, expression: string, signed: boolean): string {
      const type = bits <= 8 ? 'uint8_t' : 'uint16_t';
      const operand = (name: string) =>
        signed ? `(int32_t)((uint32_t)${name} << ${32 - bits}) >> ${32 - bits}` : name;
      const wide = signed ? 'int32_t' : 'uint32_t';
      return `uint32_t mul(${type} a, ${type} b) {
        ${wide} x = ${operand('a')}, y = ${operand('b')};
        return (uint32_t)(${expression}) & ${2 ** (2 * bits) - 1}u;
      }`;
    },
    /** As netlists of signed multipliers do, it declares unsigned ports. */
    verilog(bits: number, expression: string, signed: boolean): string {
      const high = 2 * bits - 1;
      const operand = (name: string) =>
        signed ? `{{${bits}{${name}[${bits - 1}]}}, ${name}}` : `{${bits}'d0, ${name}}`;
      const shift = expression.replace('>>', signed ? '>>>' : '>>');
      return `module m(input [${bits - 1}:0] a, b, output [${high}:0] p);
        wire ${signed ? 'signed ' : ''}[${high}:0] x = ${operand('a')};
        wire ${signed ? 'signed ' : ''}[${high}:0] y = ${operand('b')};
        assign p = ${shift.replace('& 3', `& ${2 * bits}'sd3`)};
      endmodule`;
    },
  };

  for (const language of ['c', 'verilog'] as const) {
    for (const bits of language === 'c' ? [8, 12, 16] : [8, 10]) {
      for (const {name, product, expression} of KINDS) {
        for (const signed of [false, true]) {
          it(`${language}: ${signed ? 'signed' : 'unsigned'}, ${bits} bits, ${name}`, async () => {
            const text = source[language](bits, expression(bits), signed);
            const asked = {
              ...(bits > 8 ? {mantissaBits: 7} : {}),
              // No type of C has these.
              ...(bits === 12 ? {operandBits: 12} : {}),
            };
            if (signed) {
              await expectRefusal(
                build[language](text, asked),
                new RegExp(`two's-complement .*--signed.* ${bits}-bit .* m is at most ${bits - 2}`),
              );
            }
            const width = signed ? bits - 1 : bits;
            expectTable(
              await build[language](text, {...asked, signed}),
              {mantissaBits: asked.mantissaBits ?? width - 1, width},
              (a, b) => product(a, b, bits),
            );
          });
        }
      }
    }
  }

  it('verilog: unsigned and signed, 16 bits, the seven leading fraction bits', async () => {
    for (const signed of [false, true]) {
      const text = source.verilog(16, KINDS[1].expression(16), signed);
      const lut = await build.verilog(text, {mantissaBits: 7, signed});
      expectTable(lut, {mantissaBits: 7, width: signed ? 15 : 16}, (a, b) =>
        KINDS[1].product(a, b, 16),
      );
    }
  });

  it('verilog: the array of Baugh and Wooley', async () => {
    // Partial products with exactly one sign are inverted, and constants added.
    const rows = [];
    for (let i = 0; i < 8; i++) {
      for (let j = 0; j < 8; j++) {
        const isInverted = (i === 7) !== (j === 7);
        rows.push(`({15'd0, ${isInverted ? '~' : ''}(a[${i}] & b[${j}])} << ${i + j})`);
      }
    }
    const text = `module m(input [7:0] a, b, output [15:0] p);
      assign p = ${rows.join(' + ')} + 16'h8100; endmodule`;
    await expectRefusal(build.verilog(text, {}), /two's-complement/);
    const lut = await build.verilog(text, {signed: true});
    expectTable(lut, {mantissaBits: 6, width: 7}, (a, b) => a * b);
  });

  it('verilog: declared as signed, with a product of all bits or one less', async () => {
    for (const high of [15, 14]) {
      const text = `module m(input signed [7:0] a, b, output signed [${high}:0] p);
        assign p = a * b; endmodule`;
      await expectRefusal(build.verilog(text, {}), /signed ports \(a, b, p\).*--signed/);
      const lut = await build.verilog(text, {signed: true});
      expectTable(lut, {mantissaBits: 6, width: 7}, (a, b) => a * b);
    }
  });

  it('verilog: one operand signed, the other not', async () => {
    const text = `module m(input [7:0] a, b, output [15:0] p);
      assign p = {{8{a[7]}}, a} * {8'd0, b}; endmodule`;
    await expectRefusal(build.verilog(text, {}), /two's-complement/);
    const lut = await build.verilog(text, {signed: true});
    expectTable(lut, {mantissaBits: 6, width: 7}, (a, b) => a * b);
  });

  it('of eight bits within wider ports or types, by --operand-bits only', async () => {
    const circuit = (a: number, b: number) => Math.floor((a * b) / 64) * 64;
    for (const [language, text] of [
      [
        'verilog',
        `module m(input [15:0] a, b, output [31:0] p);
          wire [15:0] q = a[7:0] * b[7:0];
          assign p = {16'd0, q[15:6], 6'd0}; endmodule`,
      ],
      ['c', 'uint32_t f(uint16_t a, uint16_t b) { return (a & 255) * (b & 255) & ~63; }'],
    ] as const) {
      const refused = build[language](text, {mantissaBits: 7});
      await expectRefusal(refused, /100 % \(MRED\).*unsigned 16-bit operands.*--operand-bits/);
      expectTable(
        await build[language](text, {operandBits: 8}),
        {mantissaBits: 7, width: 8},
        circuit,
      );
      expectTable(
        await build[language](text, {operandBits: 8, mantissaBits: 5}),
        {mantissaBits: 5, width: 8},
        circuit,
      );
    }
  });

  it('-m means the leading fraction bits in both languages', async () => {
    const low = '((uint32_t)a * b) & 0xff000000u';
    const lut = await build.c(`uint32_t f(uint16_t a, uint16_t b) { return ${low}; }`, {
      mantissaBits: 7,
    });
    const cut = (a: number, b: number) => Math.floor((a * b) / 2 ** 24) * 2 ** 24;
    expectTable(lut, {mantissaBits: 7, width: 16}, cut);
    const verilog = `module m(input [15:0] a, b, output [31:0] p); wire [31:0] q = a * b;
      assign p = {q[31:24], 24'd0}; endmodule`;
    expect((await build.verilog(verilog, {mantissaBits: 7})).entries).deep.equal(lut.entries);
  });

  it('refuses more fraction bits than signed operands have', async () => {
    const text = source.c(8, 'x * y', true);
    const seven = build.c(text, {signed: true, mantissaBits: 7});
    await expectRefusal(seven, /Signed operands of 8 bits have significands of 7/);
    const verilog = source.verilog(8, 'x * y', true);
    const error = build.verilog(verilog, {signed: true, mantissaBits: 7});
    await expectRefusal(
      error,
      /1\.\.6 with signed operands of 8 bits, whose highest bit is the sign/,
    );
  });

  it('refuses what is far from every product, unless it is asked for', async () => {
    const text = 'uint16_t f(uint8_t a, uint8_t b) { return 128 * a + 0 * b; }';
    await expectRefusal(build.c(text, {}), /3\d % \(MRED\) .*below 25 %.*--max-mred/);
    await writeFile(join(folder, 'm.c'), `#include <stdint.h>\n${text}`);
    const lut = await lutFromC(join(folder, 'm.c'), {maxMred: 50});
    expectTable(lut, {mantissaBits: 7, width: 8}, a => 128 * a);
  });
});
