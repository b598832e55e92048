// SPDX-License-Identifier: Apache-2.0
/** Models in C and C++: which ones give a table, and what is said of the others. */
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect} from 'chai';
import {
  getMultiplier,
  type MantissaLut,
  MultiplierError,
  RepresentabilityError,
  significandProducts,
} from '@tfjs-approx/arithmetic';
import {type CModelOptions, lutFromC} from './lut-from-c.js';

const EXAMPLES = fileURLToPath(new URL('../../../../../examples/multipliers/', import.meta.url));
const STDINT = '#include <stdint.h>\n';

/** Compares the significand products of a table with a definition in integers. */
function expectTable(
  lut: MantissaLut,
  mantissaBits: number,
  product: (p: number, q: number) => number,
): void {
  expect(lut.mantissaBits).equal(mantissaBits);
  const n = 2 ** mantissaBits;
  const products = significandProducts(lut);
  expect(products).lengthOf(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const expected = product(n + i, n + j) / (n * n);
      const found = products[i * n + j];
      if (found !== expected) expect(found, `at (${i}, ${j})`).equal(expected);
    }
  }
}

const exact = (p: number, q: number) => p * q;
/** Tells its operands apart. */
const skewed = (p: number, q: number) => p * (q & ~3);

describe('lutFromC', function () {
  this.timeout(60_000);
  let folder = '';
  const at = (name: string) => join(folder, name);
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lut-builder c '));
  });
  after(() => rm(folder, {recursive: true}));

  /** Of one file of C, or of what `file` says. */
  async function table(text: string, options: CModelOptions = {}, file = 'model.c') {
    await writeFile(at(file), text);
    return lutFromC(at(file), options);
  }

  async function refusal(
    text: string,
    options: CModelOptions = {},
    file?: string,
  ): Promise<MultiplierError> {
    const error = await rejection(table(text, options, file));
    expect(error, String(error)).instanceOf(MultiplierError);
    return error as MultiplierError;
  }

  async function rejection(promise: Promise<unknown>): Promise<Error> {
    try {
      await promise;
    } catch (error) {
      return error as Error;
    }
    throw new Error('Nothing was thrown.');
  }

  describe('example multipliers', () => {
    it('mitchell8 is the published mitchell7', async () => {
      const {entries} = await lutFromC(join(EXAMPLES, 'mitchell8.c'), {functionName: 'mitchell8'});
      expect(entries).deep.equal(getMultiplier('mitchell7').lut().entries);
    });
  });

  describe('signatures', () => {
    it('two unsigned 8-bit integers say that m = 7', async () => {
      expectTable(
        await table(`${STDINT}uint16_t mul(uint8_t a, uint8_t b) { return a * b; }`),
        7,
        exact,
      );
    });

    it('fewer bits in wider types are said, and refused otherwise', async () => {
      const text = 'unsigned mul(unsigned short a, unsigned long b) { return a * (b & ~3ul); }';
      expectTable(await table(text, {operandBits: 4}), 3, skewed);
      expectTable(await table(text, {operandBits: 12}), 11, skewed);
      expect((await refusal(text, {mantissaBits: 3})).message)
        .contain('at least 48 bits, as the operands have 16 and 32')
        .contain('--operand-bits 4');
      expect((await refusal(text)).message)
        .contain('unsigned short a')
        .contain('--mantissa-bits');
    });

    it('uint64_t f(const uint64_t B, const uint64_t A): the second parameter is the row', async () => {
      const body = '{ uint64_t O = 0; O |= (A * (B & ~3)) << 0; return O; }';
      const text = `${STDINT}uint64_t mul8u_T35T(const uint64_t B,const uint64_t A)\n${body}`;
      expectTable(await table(text), 7, skewed);
      const twelve = text.replace('mul8u', 'mul12u');
      expectTable(await table(twelve), 11, skewed);
      const unnamed = text.replace('mul8u_T35T', 'f');
      expect((await refusal(unnamed)).message).contain('uint64_t f(uint64_t B, uint64_t A)');
      expectTable(await table(unnamed, {operandBits: 8}), 7, skewed);
    });

    it('int16_t f(uint8_t, uint8_t): the highest bit of a full product is no sign', async () => {
      const text = `${STDINT}int16_t mul8u_T(uint8_t A, uint8_t B) { return A * (B & ~3); }`;
      expectTable(await table(text), 7, skewed);
    });

    it('signed operands hold the significands of one bit less', async () => {
      const text = `${STDINT}int16_t mul8s_T(int8_t A, int8_t B) { return A * (B & ~3); }`;
      expectTable(await table(text), 6, skewed);
      const {message} = await refusal(text, {mantissaBits: 7});
      expect(message).contain('at most 127').contain('128..255 (m = 7)').contain('m = 6');
      // The types say nothing, the name does.
      const wide = `${STDINT}uint64_t mul8s_T(const uint64_t B, const uint64_t A) { return A * B; }`;
      expect((await refusal(wide, {mantissaBits: 7})).found).contain('at most 127');
      expectTable(await table(wide), 6, exact);
    });

    it('a circuit of two widths holds what the narrower one does', async () => {
      const text = `${STDINT}uint64_t mul8x4u_T(const uint64_t B, const uint64_t A) { return A * B; }`;
      expectTable(await table(text), 3, exact);
      expect((await refusal(text, {mantissaBits: 7})).found).contain('at most 15');
    });

    it('float and double are functional models', async () => {
      const text = 'float mul(float a, float b) { return a * b; }';
      expectTable(await table(text, {mantissaBits: 5, name: 'mine'}), 5, exact);
      expect((await table(text, {mantissaBits: 2, name: 'mine'})).name).equal('mine');
      expectTable(await table(text.replaceAll('float', 'double'), {mantissaBits: 7}), 7, exact);
      expect((await refusal(text)).message).contain('--mantissa-bits');
    });

    for (const signature of [
      'float mul(float a)',
      'float mul(float a, float b, float c)',
      'float mul(float a, ...)',
      'void mul(float a, float b)',
      'float mul(float *a, float b)',
      'float mul(int a, float b)',
      'int mul(float a, float b)',
      'long double mul(long double a, long double b)',
      'int mul(_Bool a, _Bool b)',
      'unsigned __int128 mul(unsigned __int128 a, unsigned __int128 b)',
    ]) {
      it(`refuses ${signature}`, async () => {
        const returned = signature.startsWith('void') ? '' : ' 0';
        const text = `${signature} { return${returned}; }`;
        const error = await refusal(text, {functionName: 'mul', mantissaBits: 7});
        expect(error.found).contain(' mul(');
        expect(error.expected).contain('two float parameters');
      });
    }

    it('refuses a result too narrow for a product', async () => {
      const text = `${STDINT}uint8_t mul(uint8_t a, uint8_t b) { return a * b; }`;
      const {message} = await refusal(text);
      expect(message).contain('result of 8 bits').contain('at least 16 bits');
      expectTable(await table(text, {operandBits: 4}), 3, exact);
    });
  });

  describe('the function', () => {
    const TWO =
      'float first(float a, float b) { return a * b; }\nint other(int a, int b) { return a; }';

    it('is the only one that can be a multiplier, unless it is named', async () => {
      const text = `
        static float helper(float a, float b) { return a * b; }
        float bits(float a) { return a; }
        float mul(float a, float b) { return helper(a, b); }
        int main(void) { return 0; }`;
      expectTable(await table(text, {mantissaBits: 3}), 3, exact);
    });

    it('has to be named where there are two', async () => {
      const {message} = await refusal(TWO, {mantissaBits: 3});
      expect(message).contain('float first(float a, float b); int other(int a, int b)');
      expect(message).contain('--function');
      expectTable(await table(TWO, {mantissaBits: 3, functionName: 'first'}), 3, exact);
    });

    it('that is not there: the error lists those that are', async () => {
      const {message} = await refusal(TWO, {functionName: 'mul'});
      expect(message).contain('float first(float a, float b)').contain('one function named mul');
      expect((await refusal('int x;', {functionName: 'x'})).found).contain('no function');
      expect((await refusal('')).found).contain('no function');
    });

    it('may be static, inline, in a namespace or a template', async () => {
      const text = `
        namespace space {
          static inline float hidden(float a, float b) { return a * b; }
          template <int drop> unsigned mul(unsigned short a, unsigned short b) {
            return a * (b >> drop << drop);
          }
        }`;
      const named = (functionName: string, options: CModelOptions) =>
        table(text, {...options, functionName}, 'model.cpp');
      expectTable(await named('space::hidden', {mantissaBits: 4}), 4, exact);
      expectTable(await named('space::mul<2>', {operandBits: 5}), 4, skewed);
    });

    it('may not be one of several of a name', async () => {
      const text = 'float mul(float a, float b) { return a; }\nint mul(int a, int b) { return a; }';
      const {message} = await refusal(text, {functionName: 'mul', mantissaBits: 3}, 'model.cpp');
      expect(message).contain('float mul(float a, float b); int mul(int a, int b)');
    });

    it('has a name', async () => {
      for (const functionName of ['', '1', 'a b', 'a;b', 'f()', 'a::b']) {
        expect((await refusal(TWO, {functionName})).found).equal(
          `functionName = "${functionName}"`,
        );
      }
    });
  });

  describe('headers and files', () => {
    it('<cmath>, <cstdint> and the algorithms of C++', async () => {
      const text = `
        #include <algorithm>
        #include <cmath>
        #include <cstdint>
        std::uint32_t mul(std::uint16_t a, std::uint16_t b) {
          return std::min<std::uint32_t>(std::lround(std::sqrt(float(a) * a)) * b, 0xffff);
        }`;
      expectTable(await table(text, {operandBits: 7}, 'model.cc'), 6, exact);
    });

    it('several files, includes beside them and in folders', async () => {
      await mkdir(at('lib/deep'), {recursive: true});
      await mkdir(at('include/mul'), {recursive: true});
      await writeFile(
        at('main.c'),
        '#include "lib/part.h"\n#include <mul/mask.h>\nunsigned mul(unsigned short a, unsigned short b) { return part(a, b & MASK); }',
      );
      await writeFile(at('lib/part.h'), '#pragma once\n#include "deep/part.h"\n');
      await writeFile(at('lib/deep/part.h'), 'unsigned part(unsigned, unsigned);\n');
      await writeFile(
        at('lib/part.c'),
        '#include "../main_types.h"\nword part(word a, word b) { return a * b; }',
      );
      await writeFile(at('main_types.h'), 'typedef unsigned word;\n');
      await writeFile(at('include/mul/mask.h'), '#define MASK ~3u\n');
      const files = [at('main.c'), at('lib/part.c')];
      const options = {operandBits: 6, includeFolders: [at('include')]};
      expectTable(await lutFromC(files, options), 5, skewed);
      expectTable(await lutFromC(files, {...options, functionName: 'mul'}), 5, skewed);
      const error = await rejection(lutFromC(files, {mantissaBits: 5}));
      expect(error.message).contain("'mul/mask.h' file not found");
      const alone = await rejection(lutFromC(files.slice(0, 1), options));
      expect(alone.message).contain('undefined symbol: part');
    });

    it('a function of the second file, C called from C++', async () => {
      await writeFile(at('a.cpp'), 'extern "C" float scale(float a) { return a; }');
      await writeFile(
        at('b.c'),
        'float scale(float);\nfloat mul(float a, float b) { return scale(a) * b; }',
      );
      const files = [at('a.cpp'), at('b.c')];
      expectTable(await lutFromC(files, {mantissaBits: 3, functionName: 'mul'}), 3, exact);
    });

    it('define the types of stdint.h themselves, as another machine has them', async () => {
      const own = `typedef unsigned char uint8_t; typedef unsigned short uint16_t;
        typedef unsigned long uint32_t; typedef unsigned long uint64_t;`;
      const mul = 'uint32_t mul(uint8_t a, uint8_t b) { return (uint32_t)a * (b & ~3); }';
      for (const headers of [
        '',
        '#include <stdint.h>\n',
        '#include <stdio.h>\n#include <stdlib.h>\n',
      ]) {
        for (const file of ['model.c', 'model.cpp']) {
          expectTable(await table(`${headers}${own}\n${mul}`, {}, file), 7, skewed);
        }
      }
      const wrong = await refusal(`#include <stdint.h>\n${own}\n\n${mul.replace('~3', '~c')}`);
      expect(wrong.found).match(/use of undeclared identifier 'c'|redefinition/);
      const named = await table(`#include <stdint.h>\n${own}\n${mul}`, {functionName: 'mul'});
      expect(named.provenance).contain('uint32_t mul(uint8_t a, uint8_t b)').not.contain('own_');
    });

    it('take macros, headers as sources, and tell of warnings', async () => {
      const warnings: string[] = [];
      const onWarning = (text: string) => warnings.push(text);
      await writeFile(
        at('mask.h'),
        'static inline unsigned short mul(unsigned char a, unsigned char b) { return a * (b & MASK); }',
      );
      const options = {functionName: 'mul', defines: {MASK: '~3'}, onWarning};
      expectTable(await lutFromC(at('mask.h'), options), 7, skewed);
      await writeFile(
        at('user.c'),
        '#include "mask.h"\nunsigned short two(unsigned char a, unsigned char b) { int x; return mul(a, b) + 0 * x; }',
      );
      const both = await lutFromC([at('mask.h'), at('user.c')], {...options, functionName: 'two'});
      expectTable(both, 7, skewed);
      const noise = `${STDINT}uint16_t mul(uint8_t a, uint8_t b) { if (a = a) {} return a * b; }`;
      warnings.length = 0;
      expectTable(await table(noise, {onWarning}), 7, exact);
      expect(warnings.join()).match(/model\.c:\d+:\d+: warning: using the result of an assignment/);
      const bad = await refusal(noise.replace('a * b', 'a * c'), {onWarning});
      expect(bad.found).contain("identifier 'c'").not.contain('warning');
    });

    it('any characters in names', async () => {
      await mkdir(at('größe "$1" \\ (ü)'), {recursive: true});
      const file = join('größe "$1" \\ (ü)', "it's 乘.c");
      expectTable(
        await table('float mul(float a, float b) { return a * b; }', {mantissaBits: 3}, file),
        3,
        exact,
      );
    });

    it('are read from regular files only', async () => {
      await mkdir(at('folder.c'));
      const error = await rejection(lutFromC(at('folder.c')));
      expect(error).instanceOf(MultiplierError);
      expect(error.message).contain('found a folder');
      const inFile = await rejection(lutFromC(at('main.c'), {includeFolders: [at('main.c')]}));
      expect(inFile.message).contain('found a file, expected a folder');
      expect((await rejection(lutFromC(at('missing.c')))).message).contain('ENOENT');
      expect((await rejection(lutFromC([]))).message).contain('no file');
    });

    it('are not read from elsewhere on the disk', async () => {
      const mul = 'float mul(float a, float b) { return a * b; }';
      await writeFile(at('elsewhere.h'), '');
      await mkdir(at('inner'), {recursive: true});
      const options = {mantissaBits: 3};
      const text = `#include "../elsewhere.h"\n${mul}`;
      const error = await refusal(text, options, 'inner/model.c');
      expect(error.op).equal(`source "${at('inner/model.c')}"`);
      expect(error.found).contain('an include of "../elsewhere.h"');
      expect(error.remedy).contain('-I <folder>');
      const includeFolders = [folder];
      expectTable(await table(text, {...options, includeFolders}, 'inner/model.c'), 3, exact);
      const absolute = await refusal(`#include "${at('elsewhere.h')}"\n${mul}`, options);
      expect(absolute.found).equal(`an include of "${at('elsewhere.h')}" by its absolute path`);
    });
  });

  describe('productBits', () => {
    const BIASED = 'float mul(float a, float b) { return a * b * 0.9833f; }';

    for (const file of ['model.c', 'model.cpp']) {
      it(`rounds the products of a functional model in ${file}`, async () => {
        const options = {mantissaBits: 4, productBits: 12};
        const lut = await table(BIASED, options, file);
        const expected = Array.from({length: 256}, (_, e) => {
          const product = (1 + (e >> 4) / 16) * (1 + (e & 15) / 16);
          const units = Math.fround(product * Math.fround(0.9833)) * 4096;
          // None of them is a tie.
          expect(Math.abs((units % 1) - 0.5)).above(1e-6);
          return Math.round(units) / 4096;
        });
        expect([...significandProducts(lut)]).deep.equal(expected);
        expect(lut.provenance).match(
          /mul\(.*; products rounded to the nearest multiple of 2\^-12$/,
        );
      });
    }

    it('is named where a product is off the grid', async () => {
      const error = await rejection(table(BIASED, {mantissaBits: 4}));
      expect(error).instanceOf(RepresentabilityError);
      expect((error as RepresentabilityError).remedy).contain('productBits (--product-bits <n>)');
    });

    it('rounds the products of integers', async () => {
      const text = `${STDINT}uint16_t mul(uint8_t a, uint8_t b) { return a * b; }`;
      expectTable(await table(text, {productBits: 7}), 7, (p, q) => {
        const units = (p * q) / 128;
        const below = Math.floor(units);
        const isUp = units % 1 > 0.5 || (units % 1 === 0.5 && below % 2 === 1);
        return 128 * (isUp ? below + 1 : below);
      });
    });
  });

  describe('what cannot be a table', () => {
    const counterexample = async (text: string, options: CModelOptions = {mantissaBits: 3}) => {
      const error = await rejection(table(text, options));
      expect(error, String(error)).instanceOf(RepresentabilityError);
      return error as RepresentabilityError;
    };

    it('a model that depends on the exponent', async () => {
      const error = await counterexample(
        'float mul(float a, float b) { return a >= 2 ? a * b + 1 : a * b; }',
      );
      expect(error.property).equal('scaling with the exponents');
      expect(error.counterexample).deep.equal({a: 2, b: 0.25, expected: 0.5, found: 1.5});
    });

    it('a model that is not symmetric in the signs', async () => {
      const error = await counterexample(
        'float mul(float a, float b) { return a < 0 && b > 1.2f ? 0 : a * b; }',
      );
      expect(error.property).equal('symmetry in the signs');
      expect(error.counterexample).deep.equal({a: -1, b: 1.25, expected: -1.25, found: 0});
    });

    it('a model outside [0, 4)', async () => {
      const error = await counterexample('float mul(float a, float b) { return 1.25f * a * b; }');
      expect(error.property).equal('significand product in [0, 4)');
      // The first whose exact product is 3.28125 or more.
      expect(error.counterexample).deep.include({a: 1.75, b: 1.875, found: 4.1015625});
    });

    it('a significand multiplier outside [0, 4)', async () => {
      const negative = await counterexample(
        'int mul(int a, int b) { return a == 9 ? -1 : a * b; }',
        {operandBits: 4},
      );
      expect(negative.counterexample).deep.include({a: 1.125, b: 1, found: -1 / 64});
      const large = await counterexample('unsigned mul(unsigned a, unsigned b) { return 256; }', {
        operandBits: 4,
      });
      expect(large.counterexample).deep.include({a: 1, b: 1, found: 4});
    });
  });

  describe('models that go wrong', () => {
    const MUL = 'int mul(int a, int b)';
    const run = (text: string, options: CModelOptions = {}) =>
      refusal(text, {operandBits: 4, functionName: 'mul', ...options});

    it('do not compile: with the compiler’s text', async () => {
      const error = await run(`${MUL} {\n  retrun a * b;\n}`);
      expect(error.found).match(/model\.c:2:3: error: use of undeclared identifier 'retrun'/);
      expect(error.found).not.contain('lut-builder>');
      const open = await run(`${MUL} { return a * b;`);
      expect(open.found).match(/model\.c:\d+:\d+: error: expected '}'/);
      const thrown = await refusal(`${MUL} { throw 1; }`, {}, 'model.cpp');
      expect(thrown.found).contain("cannot use 'throw' with exceptions disabled");
    });

    it('divide by zero, trap or read outside their memory', async () => {
      const zero = await run(`${MUL} { return 100 / (a - b); }`);
      expect(zero.op).contain('at (8, 8)');
      expect(zero.found).contain('divide by zero');
      expect((await run(`${MUL} { __builtin_trap(); }`)).found).contain('unreachable');
      const outside = await run(`${MUL} { return *(volatile int *)(a * 0x10000000); }`);
      expect(outside.found).contain('out of bounds');
    });

    it('fail an assertion: with its text', async () => {
      const error = await run(`#include <assert.h>\n${MUL} { assert(a != b + 1); return a * b; }`);
      expect(error.op).contain('at (9, 8)');
      expect(error.found).contain('a trap').contain('a != b + 1');
    });

    it('print and exit', async () => {
      const printing = `#include <stdio.h>\n${MUL} { printf("%d %d\\n", a, b); return a * b; }`;
      expectTable(await table(printing, {operandBits: 4}), 3, exact);
      const exit = await run(`#include <stdlib.h>\n${MUL} { exit(a); }`);
      expect(exit.found).contain('exit(8)');
    });

    it('ask the system for more than operands', async () => {
      const clock = await run(`#include <time.h>\n${MUL} { return time(0); }`);
      expect(clock.found).contain('clock_time_get');
      const open = `#include <stdio.h>\n${MUL} { return fopen("/etc/passwd", "r") != 0; }`;
      expect((await run(open)).found).contain('a call of the system function');
      const named = `__attribute__((import_module("env"), import_name("constructor"))) int object(int);`;
      expect((await run(`${named}\n${MUL} { return object(a); }`)).found).equal(
        'a call of the system function constructor',
      );
      expect((await run(`int elsewhere(int);\n${MUL} { return elsewhere(a); }`)).found).contain(
        'undefined symbol: elsewhere',
      );
    });

    it('call themselves without end', async () => {
      const shallow = await run(`${MUL} { return a == 0 ? 0 : mul(a + 1, b) * mul(a, b + 1); }`);
      expect(shallow.found).match(/endless recursion|out of bounds/);
      const text = `
        __attribute__((noinline)) void use(volatile char *p) { *p = 0; }
        ${MUL} { char large[9999]; use(large); int r = mul(a, b); use(large); return r; }`;
      expect((await run(text)).found).match(/endless recursion|out of bounds/);
    });

    it('need more memory than the limit', async () => {
      const allocate = (bytes: string) =>
        `#include <stdlib.h>\nvoid *volatile kept;\n${MUL} { kept = malloc(${bytes}); return a * b; }`;
      expect((await run(allocate('1 << 30'))).found).contain('the limit of 64 MiB');
      expect((await run(allocate('100000'), {memoryLimit: 4})).found).contain('limit of 4 MiB');
      expectTable(await table(allocate('1000'), {operandBits: 4}), 3, exact);
      const fixed = await run(`volatile char large[3 << 20];\n${MUL} { return large[a]; }`, {
        memoryLimit: 2,
      });
      expect(fixed.found).match(/maximum memory too small/);
    });

    it('depend on more than their operands', async () => {
      const state = await run(`${MUL} { static int calls; return a * b + (calls++ == 20); }`);
      expect(state.found).match(/L = \S+ at the second call and \S+ at the first/);
      expect(state.op).contain('at (10, 12)');
      const chance = await run(`#include <stdlib.h>\n${MUL} { return a * b + rand() % 2; }`);
      expect(chance.expected).contain('the same result');
    });

    it('do not end', async () => {
      const error = await run(`${MUL} { for (;;) a++; }`, {timeLimit: 4});
      expect(error.message).contain('no end within 4 s').contain('--time-limit');
      const constructor = `struct S { S() { for (;;); } } s;\n${MUL} { return a * b; }`;
      const options = {timeLimit: 4, functionName: 'mul', mantissaBits: 3};
      expect((await refusal(constructor, options, 'model.cpp')).found).contain('no end');
    });

    it('become more tokens than there is memory for', async () => {
      const doubled = Array.from({length: 9}, (_, k) => `#define M${k + 1} ${`M${k} `.repeat(10)}`);
      const bomb = `#define M0 x\n${doubled.join('\n')}\n${MUL} { return a * b; M9; }`;
      const error = await refusal(bomb, {operandBits: 4, timeLimit: 50});
      expect(error.found).equal('more than 1024 MiB of memory in use by the compiler');
    });

    it('do not end compiling', async () => {
      const doublings = Array.from({length: 60}, (_, k) => `#define X${k + 1} X${k} + X${k}`);
      const text = `#define X0 1\n${doublings.join('\n')}\n#if X60\n#endif\n`;
      expect((await run(text, {timeLimit: 4})).found).contain('no end within 4 s');
      // The next one has a compiler again.
      expectTable(await table(`${MUL} { return a * b; }`, {operandBits: 4}), 3, exact);
    });
  });

  it('refuses limits that are none', async () => {
    for (const options of [
      {timeLimit: 0},
      {timeLimit: NaN},
      {timeLimit: 1e9},
      {memoryLimit: 1},
      {memoryLimit: 2.5},
      {memoryLimit: 4096},
    ]) {
      const [[name, value]] = Object.entries(options) as [[string, number]];
      const {found, expected} = await refusal('', options);
      expect(found).equal(`${name} = ${value}`);
      expect(expected).contain(name === 'timeLimit' ? 'at most 2000000' : '2..4095');
    }
    const text = 'float mul(float a, float b) { return a * b; }';
    expect((await refusal(text, {mantissaBits: 12})).found).equal('mantissaBits = 12');
  });
});
