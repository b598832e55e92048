// SPDX-License-Identifier: Apache-2.0
/** One multiplier written in C, C++, Verilog and TypeScript is one table, byte for byte. */
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect} from 'chai';
import ts from 'typescript';
import {encodeLut, type MantissaLut} from '@tfjs-approx/arithmetic';
import {lutFromC} from './c/lut-from-c.js';
import {lutFromModule} from './module.js';
import {lutFromVerilog} from './verilog/verilog.js';

const EXAMPLES = fileURLToPath(new URL('../../../../examples/multipliers/', import.meta.url));

describe('multipliers in four languages', function () {
  this.timeout(300_000);

  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lut-builder-'));
  });
  after(() => rm(folder, {recursive: true, force: true}));

  /** The file of a table, without what says where it comes from. */
  const fileOf = (lut: MantissaLut) =>
    Buffer.from(encodeLut({...lut, provenance: '', metadata: undefined}));

  for (const name of ['mitchell8', 'truncated_array']) {
    it(`${name}: the same file from C, C++, Verilog and TypeScript`, async () => {
      const source = await readFile(join(EXAMPLES, `${name}.ts`), 'utf8');
      const {outputText} = ts.transpileModule(source, {
        compilerOptions: {module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022},
      });
      const module = join(folder, `${name}.mjs`);
      await writeFile(module, outputText);
      const expected = fileOf(await lutFromModule(module, {mantissaBits: 7}));
      expect(expected.length).greaterThan(2 ** 14);

      const verilog = await lutFromVerilog([join(EXAMPLES, `${name}.v`)], {top: name});
      expect(fileOf(verilog).equals(expected), 'Verilog').equal(true);
      for (const file of [`${name}.c`, `${name}.cpp`]) {
        for (const functionName of [name, `${name}_float`]) {
          const lut = await lutFromC(join(EXAMPLES, file), {functionName, mantissaBits: 7});
          expect(fileOf(lut).equals(expected), `${functionName} of ${file}`).equal(true);
          expect(lut.provenance).contain(functionName).and.contain(file);
        }
      }
    });
  }
});
