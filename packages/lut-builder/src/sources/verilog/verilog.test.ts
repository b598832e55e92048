// SPDX-License-Identifier: Apache-2.0
import {execFile} from 'node:child_process';
import {cp, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {expect} from 'chai';
import {areaOf} from '../../analysis/area.js';
import {circuitFactsOf} from '../../analysis/circuit-facts.js';
import {
  decodeLut,
  encodeLut,
  type MantissaLut,
  MultiplierError,
  RepresentabilityError,
  significandProducts,
} from '@tfjs-approx/arithmetic';
import {rejection} from '../../testing/rejection.js';
import {randomSource} from '../../testing/random.js';
import {type VerilogOptions, lutFromVerilog} from './verilog.js';

const SAMPLES = fileURLToPath(new URL('../../../../../examples/multipliers/', import.meta.url));
const DIST = fileURLToPath(new URL('../../', import.meta.url));

/** @param p The integer product of two operands of m + 1 bits. */
function expectIntegers(lut: MantissaLut, m: number, p: (a: number, b: number) => number): void {
  expect(lut.mantissaBits).equal(m);
  const products = significandProducts(lut);
  const n = 2 ** m;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const expected = p(n + i, n + j) / n ** 2;
      const found = products[i * n + j];
      if (found !== expected) expect(found, `${n + i} x ${n + j}`).equal(expected);
    }
  }
}

/** Without a table, from the definition: logarithms with a linear fraction. */
function mitchell(a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  const [ka, kb] = [Math.floor(Math.log2(a)), Math.floor(Math.log2(b))];
  const fractions = a / 2 ** ka - 1 + (b / 2 ** kb - 1);
  const significand = fractions < 1 ? 1 + fractions : 2 * fractions;
  return Math.floor(significand * 2 ** (ka + kb));
}

function withoutLowColumns(a: number, b: number): number {
  let sum = 0;
  for (let i = 0; i < 8; i++) {
    for (let j = 0; j < 8; j++) {
      if (i + j >= 6) sum += ((a >> i) & 1) * ((b >> j) & 1) * 2 ** (i + j);
    }
  }
  return sum;
}

describe('a multiplier in Verilog', function () {
  this.timeout(180_000);
  let folder = '';
  const at = (name: string) => join(folder, name);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lut-builder-'));
  });
  afterEach(() => rm(folder, {recursive: true}));

  async function build(source: string, options?: VerilogOptions): Promise<MantissaLut> {
    await writeFile(at('m.v'), source);
    return lutFromVerilog(at('m.v'), options);
  }
  const exact = (width: number) =>
    `module m(input [${width - 1}:0] a, b, output [${2 * width - 1}:0] p); assign p = a * b; endmodule`;

  describe('of the samples', () => {
    it('is the Mitchell multiplier', async () => {
      const lut = await lutFromVerilog(join(SAMPLES, 'mitchell8.v'));
      expectIntegers(lut, 7, mitchell);
      expectIntegers(lut, 7, (a, b) => {
        const s = a - 128 + (b - 128);
        return s < 128 ? (128 + s) * 128 : 2 * s * 128;
      });
      expect(lut).include({name: 'mitchell8', rounding: 'truncate', encoding: 'normalised'});
      expect(lut.provenance).match(/^Verilog: module mitchell8 of mitchell8\.v, by Yosys \d/);
    });

    it('is the array without its low columns', async () => {
      const lut = await lutFromVerilog(join(SAMPLES, 'truncated_array.v'));
      expectIntegers(lut, 7, withoutLowColumns);
    });

    it('is right for operands of every length, and zero for zero', async () => {
      // As significands of 9 bits, whose leading one is ignored, operands take all values of 8 bits.
      const around = (sample: string) => `
        module around(input [8:0] a, b, output [17:0] p);
          wire [15:0] q;
          ${sample} inner(.a(a[7:0]), .b(b[7:0]), .p(q));
          assign p = {2'b01, q};
        endmodule`;
      for (const [sample, definition] of [
        ['mitchell8', mitchell],
        ['truncated_array', withoutLowColumns],
      ] as const) {
        await writeFile(at('around.sv'), around(sample));
        // Significands as these are not near their products.
        const lut = await lutFromVerilog([at('around.sv'), join(SAMPLES, `${sample}.v`)], {
          maxMred: 100,
        });
        expectIntegers(lut, 8, (a, b) => 2 ** 16 + definition(a - 256, b - 256));
      }
    });
  });

  it('has m fraction bits where operands have m + 1', async () => {
    for (const width of [2, 3, 5, 8]) {
      expectIntegers(await build(exact(width)), width - 1, (a, b) => a * b);
    }
  });

  it('may have 12 bits, the most that a table can have', async () => {
    expectIntegers(await build(exact(12)), 11, (a, b) => a * b);
    const error = await rejection(build(exact(13)));
    expect(error).instanceOf(MultiplierError).property('message').contain('12 mantissa bits');
  });

  it('gets operands of fewer bits left-aligned', async () => {
    expectIntegers(await build(exact(16), {mantissaBits: 7}), 7, (a, b) => a * b);
    const lut = await lutFromVerilog(join(SAMPLES, 'truncated_array.v'), {mantissaBits: 5});
    expectIntegers(lut, 5, (a, b) => withoutLowColumns(4 * a, 4 * b) / 16);
  });

  it('answers what its gates do, whatever they are', async () => {
    const random = randomSource(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
    const operators: ReadonlyArray<readonly [string, (x: number, y: number) => number]> = [
      ['$ & $', (x, y) => x & y],
      ['$ | $', (x, y) => x | y],
      ['$ ^ $', (x, y) => x ^ y],
      ['~($ & $)', (x, y) => 1 - (x & y)],
      ['~($ | $)', (x, y) => 1 - (x | y)],
      ['$ & ~$', (x, y) => x & (1 - y)],
      ['$ ? a[1] : ~$', (x, y) => (x ? -1 : 1 - y)],
    ];
    for (let design = 0; design < 4; design++) {
      const wires = ['a', 'b'].flatMap(port => [0, 1, 2, 3].map(k => `${port}[${k}]`));
      const steps: Array<{x: number; y: number; apply: (x: number, y: number) => number}> = [];
      const lines: string[] = [];
      for (let k = 0; k < 80; k++) {
        const [form, apply] = pick(operators);
        const [x, y] = [Math.floor(random() * wires.length), Math.floor(random() * wires.length)];
        lines.push(`wire w${k} = ${form.replace('$', wires[x]).replace('$', wires[y])};`);
        wires.push(`w${k}`);
        steps.push({x, y, apply});
      }
      const outputs = Array.from({length: 8}, () => wires.length - 1 - Math.floor(random() * 40));
      const source = `module m(input [3:0] a, b, output [7:0] p);
        ${lines.join('\n')}
        assign p = {${outputs.map(k => wires[k]).join(', ')}};
      endmodule`;
      expectIntegers(await build(source, {maxMred: Infinity}), 3, (a, b) => {
        const values = [a, b].flatMap(operand => [0, 1, 2, 3].map(k => (operand >> k) & 1));
        for (const {x, y, apply} of steps) {
          const value = apply(values[x], values[y]);
          values.push(value < 0 ? (a >> 1) & 1 : value);
        }
        return outputs.reduce((p, k) => 2 * p + values[k], 0);
      });
    }
  });

  it('has the cells of its netlist, in the file too', async () => {
    const lut = await build(
      'module m(input [1:0] a, b, output [3:0] p); assign p = {a & b, a ^ b}; endmodule',
      {maxMred: 100},
    );
    // a[1] and b[1] are not known to be 1.
    const circuit = circuitFactsOf(lut)!;
    expect(circuit).deep.equal({cells: {AND: 2, XOR: 2}});
    expect(areaOf(circuit.cells)).deep.equal({cells: 4, transistors: 36, gateEquivalents: 9});
    expect(decodeLut(encodeLut(lut))).deep.equal(lut);
  });

  it('has the bits of a circuit that is wider than its table, in the file too', async () => {
    const wide = 'module m(input [5:0] a, b, output [11:0] p); assign p = a * b; endmodule';
    const lut = await build(wide, {mantissaBits: 3});
    expect(circuitFactsOf(lut)!.bits).equal(6);
    expect(decodeLut(encodeLut(lut))).deep.equal(lut);
  });

  it('rounds products that are finer than a table, where it is asked to', async () => {
    const odd = 'module m(input [15:0] a, b, output [31:0] p); assign p = a * b + 3; endmodule';
    const error = await rejection(build(odd, {mantissaBits: 1}));
    expect((error as RepresentabilityError).remedy).contain('--product-bits');
    const lut = await build(odd, {mantissaBits: 1, productBits: 8});
    expect([...significandProducts(lut)]).deep.equal([1, 1.5, 1.5, 2.25]);
  });

  describe('ports', () => {
    /** Not symmetric: the lowest bit of one operand is dropped. */
    const module = (ports: string, first: string, second: string, product: string) =>
      `module m(${ports}); assign ${product} = ${first} * (${second} & 4'b1110); endmodule`;
    const drop = (a: number, b: number) => a * (b & 14);

    it('are two inputs in order of declaration, and the output', async () => {
      const text = 'output [7:0] q, input [3:0] multiplicand, multiplier';
      const lut = await build(module(text, 'multiplicand', 'multiplier', 'q'));
      expectIntegers(lut, 3, drop);
    });

    it('are in the order of their names where those are usual', async () => {
      for (const [first, second] of ['ab', 'AB', 'xy']) {
        const text = `input [3:0] ${second}, ${first}, output [7:0] p`;
        expectIntegers(await build(module(text, first, second, 'p')), 3, drop);
      }
    });

    it('can be given', async () => {
      const text = 'input [3:0] a, b, output [7:0] one, output [7:0] two';
      const source = `module m(${text}); assign one = a * b; assign two = (a & 4'b1110) * b; endmodule`;
      expectIntegers(await build(source, {ports: ['b', 'a', 'two']}), 3, drop);
      expectIntegers(await build(source, {ports: ['a', 'b', 'one']}), 3, (a, b) => a * b);
      expect((await rejection(build(source))).message).contain('one output, the product');
    });

    it('may be numbered from either end', async () => {
      const text = 'input [0:3] a, input [6:3] b, output [0:7] p';
      expectIntegers(await build(module(text, 'a', 'b', 'p')), 3, drop);
    });
  });

  describe('may', () => {
    /** A table of products of 3 x 3 bits that is read from a file. */
    const rom = (include: string, read: string) => `\`include "${include}"
      module rom(input [\`WIDTH-1:0] a, b, output [2*\`WIDTH-1:0] p);
        parameter FILE = "rom.hex";
        reg [5:0] words [0:63];
        initial $readmemh(${read}, words);
        assign p = words[{a, b}];
      endmodule`;
    const header = '`define WIDTH 3\n';
    const words = Array.from({length: 64}, (_, e) => ((e >> 3) * (e & 7)).toString(16)).join('\n');

    it('include and read files of their folder, those that are named and of include folders', async () => {
      for (const name of ['model/parts', 'inc', 'data']) await mkdir(at(name), {recursive: true});
      const [top, inc, data] = [at('model/rom.v'), at('inc/width.vh'), at('data/rom.hex')];
      await writeFile(inc, header);
      await writeFile(data, words);
      await writeFile(at('model/parts/width.vh'), '`include "../more.vh"\n');
      await writeFile(at('model/more.vh'), header);
      for (const [include, read, named, folders] of [
        ['../inc/width.vh', '"../data/rom.hex"', [inc, data], []],
        ['../inc/width.vh', '"../data/rom.hex"', [], [at('inc'), at('data')]],
        ['width.vh', '"rom.hex"', [inc, data], []],
        ['width.vh', '"rom.hex"', [], [at('inc'), at('data')]],
        ['parts/width.vh', '"rom.hex"', [data], []],
        // What is no literal is found among the files that are named.
        ['parts/../parts/width.vh', 'FILE', [data], []],
      ] as const) {
        await writeFile(top, rom(include, read));
        const lut = await lutFromVerilog([top, ...named], {includeFolders: folders});
        expectIntegers(lut, 2, (a, b) => a * b);
      }
    });

    describe('make up the name of a file', () => {
      const zeros = '0 '.repeat(64);
      beforeEach(async () => {
        for (const name of ['model', 'one', 'two']) await mkdir(at(name));
        await writeFile(at('model/width.vh'), header);
        for (const name of ['one', 'two']) await writeFile(at(`${name}/rom.hex`), words);
        await writeFile(at('model/rom.v'), rom('width.vh', 'FILE'));
      });
      const tabulate = (...named: string[]) =>
        lutFromVerilog([at('model/rom.v'), ...named.map(name => at(name))]);

      it('if no other file of that name is named', async () => {
        expectIntegers(await tabulate('one/rom.hex', 'two/rom.hex'), 2, (a, b) => a * b);
        await writeFile(at('two/rom.hex'), zeros);
        for (const named of [
          ['one/rom.hex', 'two/rom.hex'],
          ['two/rom.hex', 'one/rom.hex'],
        ]) {
          const error = await rejection(tabulate(...named));
          expect(error).instanceOf(MultiplierError);
          expect(error.message).match(
            /files named "rom.hex": found "\S*(one|two)\/rom.hex" and .* literal/,
          );
        }
        // What is written out needs no such name.
        await writeFile(at('model/rom.v'), rom('width.vh', '"../one/rom.hex"'));
        expectIntegers(await tabulate('one/rom.hex', 'two/rom.hex'), 2, (a, b) => a * b);
      });

      it('if no other file of that name is beside the source', async () => {
        await writeFile(at('model/rom.hex'), words);
        expectIntegers(await tabulate('model/rom.hex'), 2, (a, b) => a * b);
        expectIntegers(await tabulate('one/rom.hex'), 2, (a, b) => a * b);
        await writeFile(at('one/rom.hex'), zeros);
        expect((await rejection(tabulate('one/rom.hex'))).message).match(
          /"\S*one\/rom.hex" and "\S*model\/rom.hex", which differ/,
        );
        // Of a literal, it is that beside the source.
        await writeFile(at('model/rom.v'), rom('width.vh', '"rom.hex"'));
        expectIntegers(await tabulate('one/rom.hex'), 2, (a, b) => a * b);
      });

      it('with comments about it or in it', async () => {
        const read = '/* of the multiplier */ "rom.hex"';
        await writeFile(at('model/rom.v'), rom('width.vh', read));
        expectIntegers(await tabulate('one/rom.hex'), 2, (a, b) => a * b);
        await writeFile(
          at('model/rom.v'),
          `// \`include FILE, $readmemh\n${rom('width.vh', '"rom.hex"')}`,
        );
        await writeFile(at('two/rom.hex'), zeros);
        expectIntegers(await tabulate('one/rom.hex', 'two/rom.hex'), 2, (a, b) => a * b);
      });
    });

    it('be in a folder of any name, with signals of any name', async () => {
      const folderName = 'a conflict (of "drivers") is used';
      await mkdir(at(folderName));
      // With a warning that names the signal.
      const source = exact(3).replace(
        'assign p',
        'wire [2:0] conflict = a; wire [5:0] q = conflict[5:0]; assign p',
      );
      await writeFile(at(`${folderName}/m.v`), source);
      expectIntegers(await lutFromVerilog(at(`${folderName}/m.v`)), 2, (a, b) => a * b);
    });

    it('include and read what is in folders of any name', async () => {
      for (const folderName of ['an "inner" one', '%22 and 100%']) {
        const top = at(`${folderName}/rom.v`);
        await mkdir(at(`${folderName}/inc "1"`), {recursive: true});
        await writeFile(at(`${folderName}/inc "1"/width.vh`), header);
        await writeFile(at(`${folderName}/rom.hex`), words);
        await writeFile(top, rom('width.vh', '"rom.hex"'));
        const options = {includeFolders: [at(`${folderName}/inc "1"`)]};
        expectIntegers(await lutFromVerilog(top, options), 2, (a, b) => a * b);
        await writeFile(top, rom('width.vh', '"none.hex"'));
        const {message} = await rejection(lutFromVerilog(top, options));
        expect(message).contain(`${folderName}/rom.v:5: Can not open`);
      }
    });

    it('include no others, and are told so by the path in the source', async () => {
      for (const name of ['model', 'inc']) await mkdir(at(name));
      await writeFile(at('inc/width.vh'), header);
      await writeFile(at('inc/rom.hex'), words);
      for (const [include, read, message] of [
        ['../inc/width.vh', '"../inc/rom.hex"', /include of "\.\.\/inc\/width\.vh", which is .*-I/],
        ['../none/width.vh', '"rom.hex"', /open include file "\.\.\/none\/width\.vh"/],
        ['width.vh', '"rom.hex"', /open include file "width\.vh"/],
        [at('inc/width.vh'), '"rom.hex"', /by its absolute path/],
      ] as const) {
        await writeFile(at('model/rom.v'), rom(include, read));
        const error = await rejection(lutFromVerilog(at('model/rom.v')));
        expect(error).instanceOf(MultiplierError).property('message').match(message);
        expect(error.message).contain(at('model/rom.v'));
      }
      await writeFile(at('model/rom.v'), rom('../inc/width.vh', '"../none/rom.hex"'));
      const {message} = await rejection(
        lutFromVerilog(at('model/rom.v'), {includeFolders: [at('inc')]}),
      );
      expect(message).match(/model\/rom\.v:5: Can not open file "\.\.\/none\/rom\.hex"/);
    });

    it('be a module among others', async () => {
      const pair = `module inner(input [2:0] a, b, output [5:0] p); assign p = a * b; endmodule
        module outer(input [2:0] a, b, output [5:0] p);
          wire [5:0] q; inner i(a, b, q); assign p = q & 6'h3e; endmodule`;
      expectIntegers(await build(pair), 2, (a, b) => (a * b) & 62);
      expectIntegers(await build(pair, {top: 'inner'}), 2, (a, b) => a * b);
      const other = `${pair} module third(input [2:0] a, b, output [5:0] p); endmodule`;
      const none = await rejection(build(pair, {top: 'fourth'}));
      expect(none.message).match(/the modules .*inner, outer/);
      const roots = await rejection(build(other));
      expect(roots.message).match(/the modules (outer, third|third, outer), expected/);
      // Named like the file.
      const like = `${pair} ${exact(3)}`;
      expect((await build(like)).name).equal('m');
    });

    it('have parameters that are given, with a default value or without', async () => {
      const source = (value: string) => `module m #(parameter W${value})
        (input [W-1:0] a, b, output [2*W-1:0] p); assign p = a * b; endmodule`;
      for (const value of [' = 3', '']) {
        expectIntegers(await build(source(value), {parameters: {W: 5}}), 4, (a, b) => a * b);
      }
      expect((await rejection(build(source('')))).message).match(/no value, .*--param NAME=VALUE/);
      const bad = rejection(build(source(''), {parameters: {W: '5; shell ls'}}));
      expect((await bad).message).match(/parameters \(--param\) with W=5; shell ls/);
    });

    it('have macros that are given, and warnings that are told', async () => {
      const warnings: string[] = [];
      const source = `module m(input [2:0] a, b, output [5:0] p);
        assign p = a * b & \`MASK; assign unknown = a[0]; endmodule`;
      const options = {defines: {MASK: "6'h3c"}, onWarning: (text: string) => warnings.push(text)};
      expectIntegers(await build(source, options), 2, (a, b) => (a * b) & 0x3c);
      expect(warnings).lengthOf(1);
      expect(warnings[0]).match(/m\.v:2: Warning: Identifier .*unknown.* implicitly declared/);
    });

    it('print and assert, which are nothing in a circuit', async () => {
      const source = `module m(input [1:0] a, b, output reg [3:0] p);
        always @* begin p = a * b; $display("%d", p); assert (p > 0); end
      endmodule`;
      expectIntegers(await build(source), 1, (a, b) => a * b);
    });

    it('divide, but by zero', async () => {
      const source = (expression: string) =>
        `module m(input [3:0] a, b, output [7:0] p); assign p = ${expression}; endmodule`;
      expectIntegers(
        await build(source('a * a / b + b % a'), {maxMred: Infinity}),
        3,
        (a, b) => Math.floor((a * a) / b) + (b % a),
      );
      expectIntegers(await build(source('a[0] ? a * b / a[0] : a * b')), 3, (a, b) => a * b);
    });

    it('leave open what no answer depends on', async () => {
      // Significands have a leading one.
      const source = `module m(input [1:0] a, b, output reg [3:0] p);
        always @* case ({a[1], b[1]}) 2'b11: p = a * b; default: p = 4'bx; endcase
      endmodule`;
      expectIntegers(await build(source), 1, (a, b) => a * b);
    });
  });

  describe('is refused', () => {
    const ports = 'input [1:0] a, b, output [3:0] p';
    const cases: ReadonlyArray<readonly [what: string, source: string, message: RegExp]> = [
      [
        'with a flip-flop',
        `module m(input clk, ${ports}); reg [3:0] acc; always @(posedge clk) acc <= a * b;
         assign p = acc; endmodule`,
        /found a flip-flop, acc\[\d\] \(\S*m\.v:1/,
      ],
      [
        'with a latch',
        `module hold(input e, d, output reg q); always @* if (e) q = d; endmodule
         module m(${ports}); wire kept; hold h(a[0], b[0], kept); assign p = {a, b[1], kept};
         endmodule`,
        /found a latch, h\.q \(\S*m\.v:1.*every branch/,
      ],
      [
        'with a memory',
        `module m(${ports}); reg [3:0] mem [0:3]; always @(posedge a[0]) mem[a] <= b;
         assign p = mem[b]; endmodule`,
        /found a flip-flop, mem\[\d\]/,
      ],
      [
        'with a loop',
        `module m(${ports}); wire [3:0] round; assign round = (round ^ {2'b0, a}) | b;
         assign p = round; endmodule`,
        /a combinational loop through round\[\d\]/,
      ],
      [
        'with a net that nothing drives',
        `module m(${ports}); wire [3:0] lost; assign lost[1:0] = a; assign p = lost * b; endmodule`,
        /m\.lost \[3\] is used but has no driver/,
      ],
      [
        'with a net that two things drive',
        `module m(${ports}); assign p = {a, 2'b0}; assign p = {b, a}; endmodule`,
        /conflicting/,
      ],
      [
        'with a net that a constant drives too',
        `module m(${ports}); assign p = a * b; assign p = 4'd3; endmodule`,
        /conflicting with a constant .*m\.v:1/,
      ],
      [
        'where an answer is undefined',
        `module m(${ports}); reg [3:0] q; always @* if (a[0]) q = a * b; else q = 4'bx;
         assign p = q; endmodule`,
        /an undefined product of 2 and 2: .* undefined values \(x, z\)/,
      ],
      [
        'where an operator has an undefined operand',
        `module m(${ports}); assign p = (a * b) | 4'bxx; endmodule`,
        /an undefined product of 2 and 2/,
      ],
      [
        'where an answer is divided by zero',
        `module m(${ports}); assign p = a * b / b[0]; endmodule`,
        /an undefined product of 2 and 2/,
      ],
      [
        'where an answer is not driven',
        `module m(${ports}); assign p = a[0] ? 4'bz : b; endmodule`,
        /an undefined product of 3 and 2/,
      ],
      [
        'where an answer lies outside of a vector',
        "module m(input [3:0] a, b, output [7:0] p); assign p = {7'b1, a[{b, 1'b0}]}; endmodule",
        /an undefined product of \d+ and \d+: /,
      ],
      [
        'with signed ports',
        'module m(input signed [1:0] a, b, output signed [3:0] p); assign p = a * b; endmodule',
        /signed ports \(a, b, p\), expected unsigned ones/,
      ],
      [
        'with operands of different widths',
        'module m(input [1:0] a, input [2:0] b, output [4:0] p); assign p = a * b; endmodule',
        /input a \(2\), input b \(3\).* equal width/,
      ],
      [
        'with a product that is too narrow',
        'module m(input [3:0] a, b, output [3:0] p); assign p = a * b; endmodule',
        /module "m": .*input a \(4\), .*output p \(4\), expected a product p of 8 bits/,
      ],
      [
        'with a product without its highest bit',
        'module m(input [3:0] a, b, output [6:0] p); assign p = a * b; endmodule',
        /module "m": .*input a \(4\), .*output p \(7\), expected a product p of 8 bits/,
      ],
      [
        'with a product that is too wide',
        'module m(input [3:0] a, b, output [8:0] p); assign p = a * b; endmodule',
        /output p \(9\), expected a product p of 8 bits.*around this one/,
      ],
      [
        'with another input',
        `module m(${ports}, input mode); assign p = mode ? a * b : a + b; endmodule`,
        /input mode \(1\), expected two inputs.*around this one/,
      ],
      [
        'with a port of both directions',
        'module m(input [1:0] a, b, inout [3:0] p); assign p = a * b; endmodule',
        /inout p \(4\)/,
      ],
      [
        'with operands that may be outputs',
        'module m(inout [1:0] a, b, output [3:0] p); assign p = a * b; endmodule',
        /inout a \(2\), .*expected inputs and outputs only/,
      ],
      [
        'with operands that are very wide',
        'module m(input [127:0] a, b, output [255:0] p); assign p = a * b; endmodule',
        /input a \(128\), .*expected operands of 2\.\.24 bits/,
      ],
      [
        'with a parameter without a value',
        'module m #(parameter W)(input [W-1:0] a, b, output [2*W-1:0] p); assign p = a * b; endmodule',
        /the module m with a parameter that has no value/,
      ],
      ['without a module', '// nothing', /found no module/],
      ['with an unknown module', `module m(${ports}); nope n(a, b, p); endmodule`, /"nope"/],
      ['with a mistake', 'module m(input a;\nendmodule', /found \S*m\.v:1: syntax error/],
      ['that stops', `module m(${ports}); initial $finish; endmodule`, /\$finish/],
      ['inside itself', `module m(${ports}); m again(a, b, p); endmodule`, /no other instantiates/],
    ];
    for (const [what, source, message] of cases) {
      it(what, async () => {
        const error = await rejection(build(source));
        expect(error).instanceOf(MultiplierError);
        expect(error.message)
          .match(message)
          .and.not.match(/\\|\.\.\//);
      });
    }

    it('where it is too fine', async () => {
      const source = exact(16).replace('a * b', 'a * b + 1');
      expect(await rejection(build(source, {mantissaBits: 7}))).instanceOf(RepresentabilityError);
    });

    it('with ports that are not there', async () => {
      for (const given of [['a', 'b', 'q'], ['a', 'b'], ['a', 'a', 'p'], ['p', 'b', 'a'], []]) {
        expect(await rejection(build(exact(2), {ports: given}))).instanceOf(MultiplierError);
      }
    });

    it('with characters that Yosys would take for the end of the file', async () => {
      const inner = exact(3).replace('module m', 'module inner');
      const outer = exact(3).replace(
        'assign p = a * b',
        "wire [5:0] q; inner i(a, b, q); assign p = q & 6'h3e",
      );
      for (const character of ['\u00a0', '\u00e9', '\0', '\ufeff']) {
        const {message} = await rejection(build(`${inner}\n${character}\n${outer}`));
        expect(message).match(
          /source ".*m\.v": found the character U\+[\dA-F]{4} in line 2, .*ASCII/,
        );
      }
      const utf16 = Buffer.from(`\ufeff${exact(3)}`, 'utf16le');
      await writeFile(at('m.v'), utf16);
      expect((await rejection(lutFromVerilog(at('m.v')))).message).contain('in line 1');
      const marked = `\ufeff// \u4e58\u6cd5\r\n/* \u2603\n*/ ${exact(3).replaceAll(' ', '\r\n')}`;
      expectIntegers(await build(marked), 2, (a, b) => a * b);
    });

    it('with data that are no numbers', async () => {
      const source = (base: string) => `module m(input [1:0] a, b, output [3:0] p);
        reg [3:0] t [0:15]; initial $readmem${base}("t.dat", t); assign p = t[{a, b}]; endmodule`;
      const words = (radix: number) =>
        Array.from({length: 16}, (_, e) => ((e >> 2) * (e & 3)).toString(radix));
      for (const [base, radix, wrong] of [
        ['h', 16, 'q'],
        ['h', 16, '-4'],
        ['b', 2, '2'],
      ] as const) {
        await writeFile(at('t.dat'), `@0 // from 0\n${words(radix).join(' ')}`);
        expectIntegers(await build(source(base)), 1, (a, b) => a * b);
        await writeFile(at('t.dat'), words(radix).with(10, wrong).join('\n'));
        const {message} = await rejection(build(source(base)));
        expect(message).contain(`t.dat" of $readmem${base}: found "${wrong}", expected`);
      }
    });

    it('with a loop, whatever it is made of', async () => {
      for (const body of [
        'wire q; assign q = ~q; assign p = a * b ^ q;',
        'wire q, r; assign q = ~r; assign r = ~q; assign p = a * b & {4{q}};',
        'wire q; assign q = a[0] ? q : b[0]; assign p = a * b ^ q;',
      ]) {
        const {message} = await rejection(
          build(`module m(input [1:0] a, b, output [3:0] p); ${body} endmodule`),
        );
        expect(message).match(/a combinational loop through (q|\S*m\.v:1)/);
      }
    });

    it('with the option that says what is not there', async () => {
      const two = `${exact(3).replace('module m', 'module k')} ${exact(3).replace('module m', 'module n')}`;
      const outputs = exact(3)
        .replace(/output (.*?) p/, 'output $1 p, output $1 res')
        .replace('endmodule', 'assign res = p; endmodule');
      for (const [source, options, message] of [
        [two, {}, /the modules k, n, .*--top/],
        [two, {top: 'o'}, /expected a module o\. .*--top/],
        [outputs, {}, /output res \(6\), .*--ports/],
        [outputs, {ports: ['a', 'c', 'p']}, /expected an input c\. .*--ports/],
        [outputs, {ports: ['a', 'a', 'p']}, /second operand than a\. .*--ports/],
        [outputs, {ports: ['a', 'b']}, /found ports = a,b, .*--ports/],
        [exact(3), {mantissaBits: 5}, /found 5 mantissa bits.*--mantissa-bits/],
        [exact(3), {timeLimit: 0}, /lutFromVerilog: found timeLimit = 0/],
        [exact(3), {timeLimit: NaN}, /lutFromVerilog: found timeLimit = NaN/],
        [exact(3), {includeFolders: [at('none')]}, /folder ".*none": found nothing .*-I/],
        [exact(3), {includeFolders: [at('m.v')]}, /folder ".*m\.v": found a file, .*-I/],
      ] as const) {
        const error = await rejection(build(source, options));
        expect(error).instanceOf(MultiplierError).property('message').match(message);
      }
    });

    it('with a module name that is a command', async () => {
      const source = exact(2).replace('module m', 'module \\m;shell ');
      expect(await rejection(build(source))).instanceOf(MultiplierError);
    });

    it('where there is no source', async () => {
      await writeFile(at('rom.hex'), '0');
      expect(await rejection(lutFromVerilog([]))).instanceOf(MultiplierError);
      expect((await rejection(lutFromVerilog(at('rom.hex')))).message).contain('.v or .sv');
      for (const missing of ['none.v', 'none/m.v']) {
        const error = await rejection(lutFromVerilog(at(missing)));
        expect(error).include({code: 'ENOENT', path: at(missing)});
      }
    });

    it('where synthesis takes too long, and the next one is done', async () => {
      const endless = `module m(input [7:0] a, b, output reg [15:0] p);
        integer k; always @* begin p = a * b; for (k = 0; k < 100000000; k = k + 1) p = p ^ k; end
      endmodule`;
      const late = rejection(build(endless, {timeLimit: 1}));
      await writeFile(at('next.v'), exact(2));
      const next = lutFromVerilog(at('next.v'));
      expect((await late).message).match(/no end within 1 s.*--time-limit/);
      expectIntegers(await next, 1, (a, b) => a * b);
    });

    it('where Yosys is not installed, with the command that installs it', async () => {
      await mkdir(at('user/node_modules/@yowasp'), {recursive: true});
      await writeFile(at('user/m.v'), exact(2));
      await cp(DIST, at('global/dist'), {recursive: true});
      await writeFile(at('global/package.json'), '{"type": "module"}');
      await mkdir(at('global/node_modules/@tfjs-approx'), {recursive: true});
      const arithmetic = fileURLToPath(
        new URL('..', import.meta.resolve('@tfjs-approx/arithmetic')),
      );
      await symlink(arithmetic, at('global/node_modules/@tfjs-approx/arithmetic'));
      const script = `import {lutFromVerilog} from './dist/node.js';
        await lutFromVerilog('m.v').catch(error => console.log(error.name, error.message));`;
      await writeFile(at('global/try.mjs'), script);
      const run = () =>
        promisify(execFile)(process.execPath, ['../global/try.mjs'], {cwd: at('user')});
      expect((await run()).stdout).match(
        /^MultiplierError .*`npm install --save-dev @yowasp\/yosys`\.\n$/,
      );
      // The tool may be elsewhere than the user's packages, as where it is installed globally.
      const installed = fileURLToPath(new URL('..', import.meta.resolve('@yowasp/yosys')));
      await symlink(installed, at('user/node_modules/@yowasp/yosys'));
      expect((await run()).stdout).equal('');
    });
  });
});
