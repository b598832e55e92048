// SPDX-License-Identifier: Apache-2.0
/** Malformed C, from a seed: each ends in a typed error or a good table, and leaves no file. */
import {mkdtemp, readFile, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect} from 'chai';
import {
  checkLut,
  type MantissaLut,
  MultiplierError,
  RepresentabilityError,
} from '@tfjs-approx/arithmetic';
import {readLut, writeLut} from '../../node.js';
import {randomSource} from '../../testing/random.js';
import {lutFromC} from './lut-from-c.js';

const EXAMPLES = fileURLToPath(new URL('../../../../../examples/multipliers/', import.meta.url));
const NAMES = ['mitchell8', 'truncated_array'];
const CASES = 60;
/** Mutated models may loop for ever. */
const TIME_LIMIT = 5;

const TYPES = [
  'float',
  'double',
  'int',
  'unsigned',
  'uint8_t',
  'uint64_t',
  'char *',
  'void',
  'struct s',
  'x',
];
const OPERATORS = ['+', '-', '*', '/', '%', '&', '<<', '>>', '<'];
const PIECES = [
  '{',
  '}',
  '(',
  ')',
  ';',
  '*',
  '#include "',
  '/*',
  '"',
  '\\',
  '0x',
  'return',
  'while (1)',
  '<<',
  '%',
  '\0',
  'a',
  '128',
];

interface Model {
  readonly text: string | Buffer;
  readonly functionName?: string;
}

describe('malformed C models', function () {
  this.timeout(120_000);
  let folder = '';
  let models: Model[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lut-builder-malformed-'));
    models = await Promise.all(
      NAMES.map(async functionName => ({
        text: await readFile(join(EXAMPLES, `${functionName}.c`), 'utf8'),
        functionName,
      })),
    );
  });
  after(() => rm(folder, {recursive: true}));

  const random = randomSource(20);
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(values: readonly T[]) => values[below(values.length)];

  /** A good model, with its text changed. */
  function changed(change: (text: string) => string): Model {
    const {text, functionName} = pick(models);
    return {text: change(text.toString()), functionName};
  }

  const KINDS: Readonly<Record<string, () => Model>> = {
    'cut off': () => changed(text => text.slice(0, below(text.length))),
    'pieces in odd places': () =>
      changed(text => {
        for (let k = 1 + below(3); k > 0; k--) {
          const start = below(text.length);
          text = text.slice(0, start) + pick(PIECES) + text.slice(start + below(4));
        }
        return text;
      }),
    // Most of these compile.
    'another operator or number': () =>
      changed(text => {
        const places = [...text.matchAll(/(?<=\s)(?:<<|>>|[-+*&<]|\d+)(?=[\s)])/g)];
        const {index, 0: found} = pick(places);
        const other = /\d/.test(found) ? String(below(300)) : pick(OPERATORS);
        return text.slice(0, index) + other + text.slice(index + found.length);
      }),
    'random bytes': () => ({
      text: Buffer.from(Array.from({length: below(400)}, () => below(256))),
    }),
    'another signature': () => {
      const parameters = Array.from({length: below(4)}, (_, k) => `${pick(TYPES)} p${k}`);
      const text = `#include <stdint.h>\n${pick(TYPES)} mul(${parameters.join(', ')}) { return 0; }`;
      return {text, functionName: pick([undefined, 'mul', 'other'])};
    },
  };

  it(`${CASES} of them: a typed error or a table, within the limits`, async () => {
    const file = join(folder, 'case.c');
    const output = join(folder, 'case.safetensors');
    const outcomes = {table: 0, error: 0};
    const kinds = Object.entries(KINDS);
    for (let k = 0; k < CASES; k++) {
      const [kind, make] = kinds[k % kinds.length];
      const {text, functionName} = make();
      const label = `case ${k} (${kind}):\n${text.toString()}`;
      await writeFile(file, text);
      let lut: MantissaLut | undefined;
      try {
        lut = await lutFromC(file, {mantissaBits: 7, functionName, timeLimit: TIME_LIMIT});
      } catch (error) {
        const isTyped = error instanceof MultiplierError || error instanceof RepresentabilityError;
        if (!isTyped) throw new Error(label, {cause: error});
        expect(error.message, label).match(/^Error in .*: .*found .*, expected /s);
        outcomes.error++;
      }
      if (lut === undefined) continue;
      checkLut(lut, file);
      await writeLut(output, lut);
      expect(await readLut(output), label).deep.equal(lut);
      await rm(output);
      outcomes.table++;
    }
    expect(await readdir(folder)).deep.equal(['case.c']);
    // Both ends are reached, or the cases would say little.
    expect(outcomes.table).greaterThan(5);
    expect(outcomes.error).greaterThan(30);
  });
});
