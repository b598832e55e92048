// SPDX-License-Identifier: Apache-2.0
/** The `lut-builder` command as its users run it: a process of its own. */
import {execFile} from 'node:child_process';
import {mkdir, mkdtemp, readFile, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect} from 'chai';
import {
  getMultiplier,
  listFamilies,
  listMultipliers,
  significandProducts,
} from '@tfjs-approx/arithmetic';
import {readLut} from '../node.js';

const BIN = fileURLToPath(new URL('../../bin/lut-builder.mjs', import.meta.url));
const MBM7_SHA256 = 'dc2c5c50eb820657f593fde6927a18fbb591582e5e050d8cb727895f9a350d7a';

/** Before any test of this process registers another: the command is a process of its own. */
const SHIPPED = listMultipliers();

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('lut-builder command', () => {
  let folder = '';
  const at = (name: string) => join(folder, name);

  const run = (...args: string[]) => runNode([BIN, ...args]);

  function runNode(args: readonly string[]): Promise<Outcome> {
    return new Promise(resolve => {
      execFile(process.execPath, args, {cwd: folder}, (error, stdout, stderr) => {
        resolve({code: error ? Number(error.code) : 0, stdout, stderr});
      });
    });
  }

  async function output(...args: string[]): Promise<string> {
    const {code, stdout, stderr} = await run(...args);
    expect({code, stderr}, args.join(' ')).deep.equal({code: 0, stderr: ''});
    return stdout;
  }

  async function json(...args: string[]) {
    return JSON.parse(await output(...args, '--json'));
  }

  /** The one line a failed command prints. */
  async function failure(code: number, ...args: string[]): Promise<string> {
    const outcome = await run(...args);
    expect({code: outcome.code, stdout: outcome.stdout}, args.join(' ')).deep.equal({
      code,
      stdout: '',
    });
    expect(outcome.stderr).match(/^lut-builder: [^\n]+\n$/);
    return outcome.stderr;
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lut-builder-'));
    await writeFile(
      at('models.mjs'),
      `console.log('loaded');
      export default (a, b) => a * b;
      export const sum = (a, b) => a + b;
      export const text = () => '1';
      export const broken = () => { throw new RangeError('no such row'); };`,
    );
    await writeFile(at('model.cjs'), 'exports.half = (a, b) => (a * b) / 2;');
    await writeFile(at('syntax.mjs'), 'export default (');
  });
  after(() => rm(folder, {recursive: true}));

  describe('list', () => {
    it('prints a line for each format and family, without colours where there is no terminal', async () => {
      const lines = (await output('list')).trimEnd().split('\n');
      expect(lines.shift()).match(/^NAME +BITS +FORM +PARAMETERS +DESCRIPTION$/);
      expect(lines.pop()).contain(':nearestEven');
      const formats = SHIPPED.filter(({family}) => family === undefined);
      expect(lines).lengthOf(formats.length + listFamilies().length);
      expect(lines[0]).match(/^fp32 +23 +native +Native float32/);
      expect(lines.find(line => line.startsWith('mbm'))).match(/^mbm<m> +1..11 +logAdd +Min/);
      expect(lines.find(line => line.startsWith('drum'))).match(
        /^drum<k>-<m> +2..11 +native +k = 2..m +Dynamic .*Hashemi 2015/,
      );
    });

    it('prints a line for each multiplier that a filter leaves', async () => {
      const lines = (await output('list', 'realm')).trimEnd().split('\n');
      expect(lines.map(line => line.split(' ')[0])).deep.equal([
        'NAME',
        'realm4-7',
        'realm8-7',
        'realm16-7',
        'Other',
      ]);
    });

    it('says how members that it does not list are named', async () => {
      const last = (text: string) => text.trimEnd().split('\n').at(-1);
      expect(last(await output('list', 'drum'))).equal(
        'Other m are named in the same way: drum<k>-<m>, m = 2..11.',
      );
      expect(last(await output('list', 'dsm'))).equal(
        'Other m are named in the same way: dsm<k>-<m>, m = 2..11.',
      );
      expect(last(await output('list', 'mbm'))).match(/^mbm/);
    });

    it('--json prints what listMultipliers returns', async () => {
      expect(await json('list')).deep.equal(SHIPPED);
      expect((await json('list', 'mbm')).map(({name}: {name: string}) => name)).include('mbm7');
    });
  });

  describe('build', () => {
    it('writes a published multiplier', async () => {
      const said = await output('build', 'mbm7', '-o', 'mbm7.safetensors');
      expect(said).match(/^Wrote mbm7.safetensors: mbm7, 128 x 128 entries, U8, .*\nSHA-256 /);
      expect(await readLut(at('mbm7.safetensors'))).deep.equal(getMultiplier('mbm7').lut());
    });

    it('writes an ApproxTrain layout, byte for byte', async () => {
      const args = ['build', 'mbm7', '--layout', 'approxtrain-u8', '-o', 'MBM_7.bin'];
      expect(await json(...args)).include({
        file: 'MBM_7.bin',
        layout: 'approxtrain-u8',
        bytes: 16384,
        sha256: MBM7_SHA256,
        dtype: 'U8',
        name: 'mbm7',
        mantissaBits: 7,
        header: null,
      });
    });

    it('tabulates the default export of a module, whatever it logs', async () => {
      const args = ['build', 'models.mjs', '--mantissa-bits', '5', '-o', 'five.safetensors'];
      const {code, stdout, stderr} = await run(...args, '--json');
      expect({code, stderr}).deep.equal({code: 0, stderr: 'loaded\n'});
      expect(JSON.parse(stdout)).include({name: 'models', mantissaBits: 5, rounding: 'truncate'});
      expect((await readLut(at('five.safetensors'))).provenance).contain('models.mjs');
    });

    it('tabulates a named export, of a CommonJS module too', async () => {
      const args = ['build', 'model.cjs', '--function', 'half', '-m', '3', '--name', 'half3'];
      const options = ['--max-mred', '60', '--rounding', 'nearestEven', '-o', 'half.safetensors'];
      const built = await json(...args, ...options);
      expect(built).include({name: 'half3', encoding: 'fixed', rounding: 'nearestEven'});
    });
  });

  it('build --product-bits rounds the products of a model', async () => {
    await writeFile(at('biased.mjs'), 'export default (a, b) => Math.fround(a * b * 0.9833);');
    const args = ['biased.mjs', '-m', '3', '-o', 'biased.safetensors'];
    expect((await run('build', ...args)).stderr).match(/2\^-22 grid.*Round .*--product-bits <n>/);
    expect((await json('build', ...args, '--product-bits', '8')).provenance).equal(
      'functional model: default export of biased.mjs; products rounded to the nearest multiple of 2^-8',
    );
    const products = significandProducts(await readLut(at('biased.safetensors')));
    expect(products[0]).equal(Math.round(0.9833 * 256) / 256);
  });

  describe('build, from Verilog and tables of products', function () {
    this.timeout(180_000);
    before(async () => {
      await writeFile(
        at('pair.v'),
        `\`include "width.vh"
        module top(input [\`W-1:0] a, b, output [2*\`W-1:0] p); part i(a, b, p); endmodule`,
      );
      await writeFile(
        at('part.sv'),
        "module part(input [3:0] a, b, output [7:0] p); assign p = a * (b & 4'hc); endmodule",
      );
      await mkdir(at('inc'));
      await writeFile(at('inc/width.vh'), '`define W 4\n');
      const rows = Array.from({length: 16}, (_, i) =>
        Array.from({length: 16}, (_, j) => i * (j & 12)).join(','),
      );
      await writeFile(at('products.csv'), rows.join('\n'));
    });

    it('gives the same table, and the area of the circuit', async () => {
      const files = ['pair.v', 'part.sv', '-I', 'inc'];
      const said = await output('build', ...files, '--top', 'top', '-o', 'v.safetensors');
      expect(said).match(
        /^Wrote v.safetensors: top, 8 x 8 .*\nSHA-256 .*\nArea \d+ cells, [\d.]+ gate eq/,
      );
      const table = await json('build', 'products.csv', '-o', 't.safetensors');
      expect(table).include({name: 'products', mantissaBits: 3}).and.not.have.property('cells');
      const circuit = await readLut(at('v.safetensors'));
      expect(circuit.entries).deep.equal((await readLut(at('t.safetensors'))).entries);
      expect(await output('inspect', 'v.safetensors')).match(/cells +\d+ AND.*\n.*area +\d+ cells/);
    });

    it('takes ports, bits, a name and a rounding', async () => {
      const args = ['part.sv', '--ports', 'b, a, p', '-m', '2', '--name', 'mine'];
      const built = await json(
        'build',
        ...args,
        '--rounding',
        'nearestEven',
        '-o',
        'm.safetensors',
      );
      expect(built).include({name: 'mine', mantissaBits: 2, rounding: 'nearestEven'});
      const whole = 'of the whole 4 x 4-bit circuit';
      expect(await output('build', ...args, '-o', 'm2.safetensors')).contain(whole);
      expect(await output('inspect', 'm2.safetensors')).contain(whole);
      await output('report', 'm2.safetensors', '-o', 'm2.html');
      expect(await readFile(at('m2.html'), 'utf8')).contain('of the whole 4 × 4-bit circuit');
      const products = significandProducts(await readLut(at('m.safetensors')));
      // Operands are 8, 10, 12, 14; the first loses its two lowest bits.
      const expected = [8, 8, 12, 12].flatMap(a => [8, 10, 12, 14].map(b => (a * b) / 64));
      expect([...products]).deep.equal(expected);
    });

    it('reads tables wherever files of tables are read', async () => {
      const inspected = await json('inspect', 'products.csv');
      expect(inspected).include({layout: 'csv', dtype: 'text', mantissaBits: 3});
      expect(inspected.shape).deep.equal([16, 16]);
      expect((await json('metrics', 'products.csv'))[0].mantissaBits).equal(3);
      const several = ['mbm7', 'products.csv', 'v.safetensors', '--entries', 'integers'];
      expect(await json('metrics', ...several)).lengthOf(3);
      await output('convert', 'products.csv', 'p.safetensors', '--entries', 'integers');
      const tfapprox = Uint16Array.from({length: 65536}, (_, e) => (e >> 8) * (e & 255));
      await writeFile(at('mul8u.bin'), new Uint8Array(tfapprox.buffer));
      expect(await json('inspect', 'mul8u.bin')).include({layout: 'tfapprox-u16', mantissaBits: 7});
    });

    it('takes extensions in capitals', async () => {
      // `class` is no name in C++.
      const body = '{ int class = b & 0xf0; return a * class; }';
      await writeFile(
        at('MODEL.C'),
        `unsigned short multiply(unsigned char a, unsigned char b) ${body}`,
      );
      await writeFile(at('MORE.CPP'), 'extern "C" int more() { return 1; }');
      const ports = 'input [7:0] a, b, output [15:0] p';
      await writeFile(at('MODEL.V'), `module m(${ports}); assign p = a * (b & 8'hf0); endmodule`);
      await output('build', 'MODEL.C', '-o', 'C.SAFETENSORS');
      await output('build', 'MODEL.C', 'MORE.CPP', '-o', 'CPP.SAFETENSORS');
      await output('build', 'MODEL.V', '-o', 'V_7.BIN', '--layout', 'approxtrain-u32');
      await writeFile(at('T.CSV'), await readFile(at('products.csv')));
      expect(await json('inspect', 'T.CSV')).include({layout: 'csv', name: 'T'});
      expect(await json('inspect', 'C.SAFETENSORS')).include({layout: 'safetensors'});
      const measured = await json('metrics', 'C.SAFETENSORS', 'CPP.SAFETENSORS', 'V_7.BIN');
      expect(measured[0].errorRate).above(0);
      for (const {errorRate} of measured) expect(errorRate).equal(measured[0].errorRate);
      expect(await output('report', 'V_7.BIN', '-o', 'R.HTML')).contain('Wrote R.HTML');
      await writeFile(at('MODEL.MJS'), 'export default (a, b) => a * b;');
      const refused = ['build', 'MODEL.MJS', '-m', '3', '-o', 'never.safetensors'];
      expect(await failure(1, ...refused)).match(/MODEL.MJS": found the extension .MJS.* Rename/);
    });

    it('says what is wrong in one line', async () => {
      const build = (...args: string[]) => ['build', ...args, '-o', 'never.safetensors'];
      for (const [code, line, args] of [
        [1, /open include file "width.vh"/, build('pair.v', 'part.sv')],
        [1, /modules? .*part.*, expected a module tip/, build('part.sv', '--top', 'tip')],
        [2, /--function is for .* not for "part.sv"/, build('part.sv', '--function', 'f')],
        [2, /--top is for Verilog, not for "products.csv"/, build('products.csv', '--top', 't')],
        [2, /--entries is for \.npy and \.csv files/, build('mul8u.bin', '--entries', 'integers')],
        [
          2,
          /--entries is for .* "v\.safetensors"/,
          ['inspect', 'v.safetensors', '--entries', 'products'],
        ],
        [
          2,
          /--entries is for .* mbm7, v\.safe/,
          ['metrics', 'mbm7', 'v.safetensors', '--entries', 'products'],
        ],
        [2, /"products.csv" and "part.sv" together/, build('products.csv', 'part.sv')],
        [1, /relative error|expected 4 x 4/, build('products.csv', '-m', '2')],
        [2, /is a table already/, build('v.safetensors')],
      ] as const) {
        expect(await failure(code, ...args)).match(line);
      }
    });
  });

  describe('with a table file', () => {
    before(async () => {
      await output('build', 'mbm7', '-o', 'in.safetensors');
      await output('build', 'mbm7', '-o', 'in_7.bin');
    });

    it('inspect shows what it holds', async () => {
      const text = await output('inspect', 'in.safetensors');
      expect(text).match(/^in.safetensors\n/);
      for (const line of [
        /layout +safetensors/,
        /mantissa bits +7 \(128 x 128 entries\)/,
        /encoding +normalised, 7 result bits/,
        /range of L +1.09375 .. 3.984375/,
        /symmetric +yes/,
        /first entries +0x0c +0x0c/,
      ]) {
        expect(text).match(line);
      }
    });

    it('inspect --json has the header and the same facts', async () => {
      const inspected = await json('inspect', 'in.safetensors');
      expect(inspected).include({layout: 'safetensors', dtype: 'U8', symmetric: true});
      expect(inspected.header.__metadata__).include({name: 'mbm7', mantissaBits: '7'});
      expect(inspected.range).deep.equal([1.09375, 3.984375]);
      expect(inspected.firstEntries.slice(0, 3)).deep.equal([12, 12, 14]);
      expect((await json('inspect', 'in_7.bin')).sha256).equal(MBM7_SHA256);
    });

    it('convert goes round the three layouts without loss', async () => {
      const toU32 = ['convert', 'in.safetensors', 'a_7.bin', '--layout', 'approxtrain-u32'];
      expect(await json(...toU32)).include({layout: 'approxtrain-u32', bytes: 65536});
      await output('convert', 'a_7.bin', 'b_7.bin');
      expect(await readFile(at('b_7.bin'))).deep.equal(await readFile(at('in_7.bin')));
      await output('convert', 'b_7.bin', 'c.safetensors', '--name', 'mbm7');
      const {name, entries} = await readLut(at('c.safetensors'));
      expect({name, entries}).deep.equal({name, entries: getMultiplier('mbm7').lut().entries});
    });

    it('reads a .bin file whose name does not say m', async () => {
      await writeFile(at('unnamed.bin'), await readFile(at('in_7.bin')));
      expect(await failure(2, 'inspect', 'unnamed.bin')).contain('--mantissa-bits');
      expect((await json('inspect', 'unnamed.bin', '-m', '7')).mantissaBits).equal(7);
    });

    it('metrics compares names and files', async () => {
      const names = ['mbm7', 'mitchell7', 'in_7.bin'];
      const measured = await json('metrics', ...names);
      expect(measured.map(({source}: {source: string}) => source)).deep.equal(names);
      expect(measured[0].meanAbsolute).approximately(2.693, 0.001);
      expect(measured[2]).include({name: 'in_7', meanAbsolute: measured[0].meanAbsolute});
      const lines = (await output('metrics', ...names)).split('\n');
      expect(lines[0]).match(
        /^MULTIPLIER +BITS +MEAN +MEAN ABS +RMS +MIN +MAX +INEXACT +VARIANCE +NMED$/,
      );
      expect(lines[2]).match(
        /^mitchell7 +7 +-3.849 +3.849 +4.842 +-11.111 +0.000 +98.4% +8.637 +2.100$/,
      );
    });
  });

  describe('report', () => {
    const report = ['report', 'mbm3', 'mitchell3', '-o', 'r.html', '--svg', 'r.svg'];

    afterEach(async () => {
      for (const file of ['r.html', 'r.svg', 'r.png']) await rm(at(file), {force: true});
    });

    it('writes a page and pictures', async () => {
      const lines = (await output(...report, '--png', 'r.png')).trimEnd().split('\n');
      expect(lines.map(line => line.replace(/: [\d,]+ bytes$/, ''))).deep.equal(
        ['r.html', 'r.svg', 'r.png'].map(file => `Wrote ${file}`),
      );
      expect(await readFile(at('r.html'), 'utf8')).match(/^<!doctype html>.*mitchell3/s);
      expect(await readFile(at('r.svg'), 'utf8')).match(/^<\?xml .*mitchell3/s);
      expect(await readFile(at('r.png'), 'latin1')).match(/^.PNG/);
    });

    it('writes none of its files where one cannot be written', async () => {
      await mkdir(at('way.png'));
      await writeFile(at('r.svg'), 'of before');
      const filesBefore = await readdir(folder);
      for (const target of ['way.png', 'nowhere/r.png']) {
        expect(await failure(1, ...report, '--png', target)).contain(`cannot write "${target}"`);
        expect(await readdir(folder), target).deep.equal(filesBefore);
        expect(await readFile(at('r.svg'), 'utf8'), target).equal('of before');
      }
    });

    it('writes none of its files where one cannot be drawn', async () => {
      const filesBefore = await readdir(folder);
      // A platform for which there is no resvg.
      const platform = "data:text/javascript,Object.defineProperty(process,'arch',{value:'pdp11'})";
      const {code, stderr} = await runNode([
        '--import',
        platform,
        BIN,
        ...report,
        '--png',
        'r.png',
      ]);
      expect(code).equal(1);
      expect(stderr).match(/--png "r.png": found no resvg for \w+-pdp11.* Use --svg\.$/m);
      expect(await readdir(folder)).deep.equal(filesBefore);
    });
  });

  describe('fails in one line', () => {
    const build = (...args: string[]) => ['build', ...args, '-o', 'never.safetensors'];
    /** Exit code, what the line says, arguments. */
    const cases: ReadonlyArray<readonly [number, RegExp, readonly string[]]> = [
      [2, /unknown command 'lst' \(Did you mean list\?\)/, ['lst']],
      [2, /unknown option '--jsn' \(Did you mean --json\?\)/, ['list', '--jsn']],
      [2, /no multiplier has "zzz" in its name\. `lut-builder list` shows/, ['list', 'zzz']],
      [2, /no multiplier "nosuch"\. Names are .*lut-builder list/, build('nosuch')],
      [
        2,
        /has "drm" in its name\. Did you mean "drum"\? `lut-builder list` shows/,
        ['list', 'drm'],
      ],
      [2, /Did you mean "bf16"\?/, ['list', 'bf17']],
      [2, /required option '-o, --output <file>' not specified/, ['build', 'mbm7']],
      [2, /no multiplier "mbm12".* mean "mbm11"\?.*lut-builder list/, build('mbm12')],
      [
        2,
        /^lut-builder: evaluation form of "mbm7": found "native", expected logAdd or lut\.$/m,
        ['metrics', 'mbm7:native'],
      ],
      [2, /evaluation form of "fp32": found "lut", expected native\.$/m, build('fp32:lut')],
      [2, /argument 'npy' is invalid\. Allowed choices/, [...build('mbm7'), '--layout', 'npy']],
      [
        2,
        /argument '12' is invalid\. Expected an integer in 1..11/,
        [...build('x.mjs'), '-m', '12'],
      ],
      [2, /"x.py"; expected .* module .* or C or C\+\+ \(.c, /, build('x.py')],
      [
        2,
        /--include is for C or C\+\+ or Verilog, not for "x.mjs"/,
        build('x.mjs', '--include', '.'),
      ],
      [2, /cannot build from "x.c" and "y.mjs" together/, build('x.c', 'y.mjs')],
      [2, /cannot build from "mbm7" and "x.c" together/, build('mbm7', 'x.c')],
      [2, /argument '0' is invalid. Expected a number above 0/, build('x.c', '--time-limit', '0')],
      [2, /a number above 0 and at most 2000000/, build('x.c', '--time-limit', '99999999')],
      [
        2,
        /argument '1' is invalid. Expected an integer in 2..4095/,
        build('x.c', '--memory-limit', '1'),
      ],
      [2, /Expected an integer in 2..4095/, build('x.c', '--memory-limit', '4096')],
      [2, /Expected an integer in 2..4095/, build('x.c', '--memory-limit', '2.5')],
      [1, /cannot read "x.c": no such file/, build('x.c')],
      [2, /"x.mjs" needs --mantissa-bits <m>, 1\.\.11/, build('x.mjs')],
      [
        2,
        /"x.c" is C or C\+\+, not a table. Build a table first: npx lut-builder build x.c -o x.safetensors/,
        ['report', 'x.c', '-o', 'x.html'],
      ],
      [2, /"a\/X.V" is Verilog, not .* lut-builder build a\/X.V -o/, ['metrics', 'mbm7', 'a/X.V']],
      [
        2,
        /"x.mjs" is a JavaScript .* lut-builder build x.mjs --mantissa-bits <m> -o x.safetensors$/m,
        ['inspect', 'x.mjs'],
      ],
      [2, /build x.mjs --mantissa-bits 5 -o x/, ['metrics', 'x.mjs', '-m', '5']],
      [2, /build "my m.c" -o "my m.safetensors"$/m, ['inspect', 'my m.c']],
      [2, /build 'it'\\''s \$1.c' -o 'it'\\''s \$1.safetensors'$/m, ['inspect', "it's $1.c"]],
      [2, /build .\/-x.c -o .\/-x.safetensors$/m, ['inspect', '--', '-x.c']],
      [2, /"x.c" is C .* Build a table first/, ['convert', 'x.c', 'y.safetensors']],
      [
        2,
        /'--png <file>' argument 'x.jpg' .* ends in \.png\./,
        ['report', 'mbm7', '--png', 'x.jpg'],
      ],
      [2, /'--svg <file>' argument 'x' .* ends in \.svg\./, ['report', 'mbm7', '--svg', 'x']],
      [2, /'-o, --output <file>' .* ends in .html or .htm/, ['report', 'mbm7', '-o', 'x.png']],
      [2, /give a file to write: .*--svg, --png, or --json/, ['report', 'mbm7']],
      [2, /--entries is for table files.* mbm7$/m, ['metrics', 'mbm7', '--entries', 'integers']],
      [
        2,
        /--mantissa-bits is for .* mbm3, mbm7$/m,
        ['report', 'mbm3', 'mbm7', '-m', '7', '-o', 'x.html'],
      ],
      [
        2,
        /'--entries <kind>' argument 'all' .*significands, products/,
        ['metrics', 'x.csv', '--entries', 'all'],
      ],
      [
        2,
        /'--ports <a,b,p>' argument 'a,b' .* Expected three names/,
        build('x.v', '--ports', 'a,b'),
      ],
      [2, /'--ports <a,b,p>' argument 'a,,p' .* Expected three/, build('x.v', '--ports', 'a,,p')],
      [
        2,
        /expected .bin for --layout approxtrain-u8/,
        [...build('mbm7'), '--layout', 'approxtrain-u8'],
      ],
      [2, /has the extension .npy/, ['build', 'mbm7', '-o', 'x.npy']],
      [2, /--mantissa-bits is for source files/, [...build('mbm7'), '-m', '7']],
      [2, /--product-bits is for source files/, [...build('mbm7'), '--product-bits', '7']],
      [2, /Expected an integer in 0..22/, [...build('x.c'), '--product-bits', '23']],
      [2, /fp32 is exact and has no table; leave it out/, build('fp32')],
      [2, /fp32 is exact and has no table; leave it out/, ['metrics', 'fp32', 'bf16']],
      [2, /fp32 is exact/, ['report', 'fp32', 'mbm7', '-o', 'x.html']],
      [1, /cannot read "x.mjs": no such file/, [...build('x.mjs'), '-m', '3']],
      [1, /syntax.mjs.*SyntaxError/, [...build('syntax.mjs'), '-m', '3']],
      [1, /cannot read "x.bin": no such file/, ['inspect', 'x.bin', '-m', '3']],
      [1, /cannot write "a\/x_7.bin": no such file/, ['build', 'mbm7', '-o', 'a/x_7.bin']],
      [
        1,
        /cannot write "way.safetensors": .*directory/,
        ['build', 'mbm7', '-o', 'way.safetensors'],
      ],
      [1, /cut.safetensors": header length/, ['inspect', 'cut.safetensors']],
      [1, /cut_7.bin": length: found 99 bytes.* 16384 /, ['convert', 'cut_7.bin', 'x.safetensors']],
    ];
    let filesBefore: string[] = [];
    before(async () => {
      await mkdir(at('way.safetensors'));
      const good = at('good.safetensors');
      await output('build', 'mbm7', '-o', good);
      await writeFile(at('cut.safetensors'), (await readFile(good)).subarray(0, 99));
      await writeFile(at('cut_7.bin'), new Uint8Array(99));
      filesBefore = await readdir(folder);
    });

    for (const [code, line, args] of cases) {
      it(`lut-builder ${args.join(' ')}`, async () => {
        expect(await failure(code, ...args)).match(line);
      });
    }

    it('a model: with the operands', async () => {
      const tabulate = async (name: string) =>
        (await run(...build('models.mjs'), '-m', '3', '--function', name)).stderr;
      expect(await tabulate('text')).match(/models.mjs" at \(1, 1\): found a value of type string/);
      expect(await tabulate('broken')).match(/at \(1, 1\): found RangeError: no such row/);
      expect(await tabulate('sum')).match(/at \(-1, 1\): found 0, expected -2/);
      expect(await tabulate('other')).match(/functions .*sum.* a function named other/);
    });

    it('and writes nothing', async () => {
      expect(await readdir(folder)).deep.equal(filesBefore);
    });

    it('--json: as an object with the type and the facts', async () => {
      const {code, stdout, stderr} = await run('inspect', 'cut.safetensors', '--json');
      expect({code, stdout}).deep.equal({code: 1, stdout: ''});
      expect(stderr).match(/^[^\n]+\n$/);
      expect(JSON.parse(stderr).error).include({
        type: 'LutFormatError',
        file: 'cut.safetensors',
        part: 'header length',
      });
    });

    it('--verbose: with the stack trace below it', async () => {
      const {stderr} = await run('inspect', 'cut.safetensors', '--verbose');
      expect(stderr).match(/^lut-builder: .*\nLutFormatError: .*\n +at /);
    });
  });

  it('leaves a file as it was when a new one cannot be written', async () => {
    await output('build', 'mitchell3', '-o', 'keep_3.bin');
    const kept = await readFile(at('keep_3.bin'));
    const half = ['model.cjs', '--function', 'half', '-m', '3', '--max-mred', '60'];
    await output('build', ...half, '-o', 'below.safetensors');
    expect(await failure(1, 'convert', 'below.safetensors', 'keep_3.bin')).contain('below 1');
    expect(await readFile(at('keep_3.bin'))).deep.equal(kept);
  });

  it('has help for every command', async () => {
    expect(await output('--help')).match(/Usage: lut-builder .*Commands:\n +list /s);
    for (const command of ['list', 'build', 'inspect', 'convert', 'metrics', 'complete']) {
      const help = await output(command, '--help');
      expect(help).match(new RegExp(`^Usage: lut-builder ${command} .*--help`, 's'));
    }
    // Without a command, help goes to stderr: nothing was done.
    const {code, stdout, stderr} = await run();
    expect({code, stdout}).deep.equal({code: 2, stdout: ''});
    expect(stderr).match(/^Usage: lut-builder /);
  });

  it('completes commands, options, names and files at the tab key', async () => {
    const complete = async (...words: string[]) =>
      (await output('complete', '--', ...words))
        .split('\n')
        .filter(line => line.includes('\t'))
        .map(line => line.split('\t')[0]);
    expect(await complete('con')).deep.equal(['convert']);
    expect(await complete('build', 'mbm1')).deep.equal(['mbm1', 'mbm10', 'mbm11']);
    expect(await complete('build', 'mod')).deep.equal(['model.cjs', 'models.mjs']);
    expect(await complete('build', 'mbm7', '--layout', 'approx')).lengthOf(2);
    expect(await complete('build', 't.csv', '--entries', 'pro')).deep.equal(['products']);
    for (const name of ['circuit.sv', 'sheet.csv']) await writeFile(at(name), '');
    expect(await complete('build', 'circ')).deep.equal(['circuit.sv']);
    expect(await complete('inspect', 'sh')).deep.equal(['sheet.csv']);
    await mkdir(at('deep/er'), {recursive: true});
    await writeFile(at('deep/er/x.safetensors'), '');
    await writeFile(at('deep/er/x.txt'), '');
    expect(await complete('inspect', 'de')).deep.equal(['deep/er/x.safetensors']);
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
      expect(await output('complete', shell)).match(/completion for lut-builder/);
    }
  });
});
