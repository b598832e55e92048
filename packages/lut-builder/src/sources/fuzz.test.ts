// SPDX-License-Identifier: Apache-2.0
/**
 * Broken files of every kind: each ends in an error that says what is wrong, or is still a good
 * table, and nothing but a whole file is ever written.
 */
import {mkdtemp, readFile, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect} from 'chai';
import {build} from '../cli/commands/build.js';
import {convert} from '../cli/commands/convert.js';
import {UsageError} from '../cli/failure.js';
import {
  encodeApproxTrain,
  encodeLut,
  getMultiplier,
  LutFormatError,
  MultiplierError,
  RepresentabilityError,
} from '@tfjs-approx/arithmetic';
import {readLut} from '../node.js';
import {npyFile} from '../testing/npy-bytes.js';
import {randomSource} from '../testing/random.js';

const SAMPLES = fileURLToPath(new URL('../../../../examples/multipliers/', import.meta.url));
const TYPED = [LutFormatError, MultiplierError, RepresentabilityError, UsageError];
const OUTPUT = 'out.safetensors';

describe('a broken file', function () {
  this.timeout(30_000);
  let folder = '';
  const at = (name: string) => join(folder, name);
  const random = randomSource(2024);
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lut-builder-'));
  });
  afterEach(() => rm(folder, {recursive: true}));

  const truncated = (bytes: Uint8Array) => bytes.slice(0, below(bytes.length));
  const flipped = (bytes: Uint8Array) => {
    const copy = Uint8Array.from(bytes);
    for (let k = 0; k <= below(8); k++) copy[below(copy.length)] ^= 1 << below(8);
    return copy;
  };
  const noise = (bytes: Uint8Array) =>
    Uint8Array.from({length: below(bytes.length)}, () => below(256));
  const spliced = (bytes: Uint8Array) => {
    const [from, to] = [below(bytes.length), below(bytes.length)];
    return Uint8Array.from([...bytes.subarray(0, from), ...bytes.subarray(to)]);
  };
  /** Digits near the beginning, where headers are, become others. */
  const lying = (bytes: Uint8Array) => {
    const copy = Uint8Array.from(bytes);
    const digits = [...copy.subarray(0, 400).keys()].filter(k => copy[k] >= 48 && copy[k] < 58);
    for (let k = 0; k < 3; k++) copy[pick(digits)] = 48 + below(10);
    return copy;
  };
  const lyingText = (bytes: Uint8Array) => {
    const text = new TextDecoder().decode(bytes);
    const words = ['9'.repeat(below(20) + 1), '-1', 'null', '{}', '', 'True', '""', '1e999'];
    const places = [...text.slice(0, 400).matchAll(/[\w.]+/g)];
    const {index, 0: word} = pick(places);
    return new TextEncoder().encode(
      text.slice(0, index) + pick(words) + text.slice(index + word.length),
    );
  };
  const ways = {truncated, flipped, noise, spliced, lying, lyingText};

  /** Builds or converts, and looks at what is left behind. */
  async function endsWell(name: string, run: () => Promise<unknown>): Promise<'table' | 'error'> {
    const before = await readdir(folder);
    let failure: unknown;
    try {
      await run();
    } catch (error) {
      failure = error;
    }
    if (failure === undefined) {
      expect((await readdir(folder)).sort()).deep.equal([...before, OUTPUT].sort());
      await readLut(at(OUTPUT));
      return 'table';
    }
    const isTyped = TYPED.some(type => failure instanceof type);
    if (!isTyped) throw failure;
    expect((failure as Error).message).match(/found|which "|does not say/);
    expect((failure as Error).message.length, name).lessThan(900);
    expect(await readdir(folder), name).deep.equal(before);
    return 'error';
  }

  const mbm7 = getMultiplier('mbm7').lut();
  const integers = Array.from({length: 256}, (_, e) => (e >> 4) * (e & 15));
  const tables: Readonly<Record<string, Uint8Array>> = {
    'x.safetensors': encodeLut(mbm7),
    'x.npy': npyFile({dtype: '<u2', shape: [16, 16], values: integers}),
    'f.npy': npyFile({
      dtype: '<f4',
      shape: [16, 16],
      values: integers.map((_, e) => (1 + (e >> 4) / 16) * (1 + (e & 15) / 16)),
    }),
    'x.csv': new TextEncoder().encode(
      Array.from({length: 16}, (_, i) => integers.slice(16 * i, 16 * i + 16).join(',')).join('\n'),
    ),
    'x_7.bin': encodeApproxTrain(mbm7, 'approxtrain-u8'),
    'y_7.bin': encodeApproxTrain(mbm7, 'approxtrain-u32'),
    'mul8u.bin': new Uint8Array(
      Uint16Array.from({length: 65536}, (_, e) => (e >> 8) * (e & 255)).buffer,
    ),
  };

  for (const [name, good] of Object.entries(tables)) {
    const isBinary = name.endsWith('.bin');
    for (const [way, change] of Object.entries(ways)) {
      // Headerless files have no digits to lie with.
      if (isBinary && change === lyingText) continue;
      const times = isBinary ? 2 : 3;
      it(`${name}, ${way}, ${times} times`, async () => {
        for (let k = 0; k < times; k++) {
          const bytes = isBinary && change === lying ? flipped(good) : change(good);
          await writeFile(at(name), bytes);
          await endsWell(name, () =>
            name.endsWith('.safetensors')
              ? convert(at(name), at(OUTPUT), {})
              : build([at(name)], {output: at(OUTPUT)}),
          );
          await rm(at(OUTPUT), {force: true});
        }
      });
    }
  }

  it('that is good ends as a table', async () => {
    for (const [name, good] of Object.entries(tables)) {
      await writeFile(at(name), good);
      const ended = await endsWell(name, () =>
        name.endsWith('.safetensors')
          ? convert(at(name), at(OUTPUT), {})
          : build([at(name)], {output: at(OUTPUT)}),
      );
      expect(ended, name).equal('table');
      await rm(at(OUTPUT));
    }
  });

  describe('of Verilog', () => {
    const WORDS = [
      ...['module', 'endmodule', 'assign', 'wire', 'reg', 'input', 'output', 'always @*', 'begin'],
      ...['end', 'if', 'else', 'for', 'generate', 'posedge', 'initial', 'function', '(', ')', '['],
      ...[']', '{', '}', ';', ',', '=', '<=', '+', '*', '<<', '?', ':', '~', "8'bx", "4'hz", '0'],
      ...['7', '64', '-1', 'a', 'b', 'p', '"', '/*', '`include "x"', '`', '$finish', '\\', '#'],
    ];
    const tokens = (source: string) => source.match(/\w+|\s+|<<|<=|[^\w\s]/g)!;
    const mutate = (source: string): string => {
      const list: string[] = [...tokens(source)];
      for (let k = 0; k <= below(3); k++) {
        const where = below(list.length);
        const how = below(4);
        if (how === 0) list.splice(where, 1 + below(3));
        else if (how === 1) list[where] = pick(WORDS);
        else if (how === 2) list.splice(where, 0, ` ${pick(WORDS)} `);
        else list[where] = list[below(list.length)]!;
      }
      return list.join('');
    };
    const small = `module m(input [3:0] a, b, output [7:0] p);
  wire [3:0] t = a ^ (b >> 1);
  reg [7:0] r;
  always @* begin
    r = t * b;
    if (a[0]) r = r + 8'd3;
  end
  assign p = r | {a[3], 7'b0};
endmodule
`;

    for (let batch = 0; batch < 8; batch++) {
      it(`with other words, ${batch + 1}`, async () => {
        const sample = ['mitchell8.v', 'truncated_array.v'][batch % 8];
        const source = sample === undefined ? small : await readFile(join(SAMPLES, sample), 'utf8');
        for (let k = 0; k < 5; k++) {
          const broken = mutate(source);
          await writeFile(at('m.v'), broken);
          await endsWell(broken, () => build([at('m.v')], {output: at(OUTPUT), timeLimit: 5}));
          await rm(at(OUTPUT), {force: true});
        }
      });
    }

    it('with other bytes', async () => {
      const bytes = new TextEncoder().encode(small);
      for (const change of [truncated, truncated, flipped, flipped, flipped, noise, spliced]) {
        await writeFile(at('m.v'), change(bytes));
        await endsWell('bytes', () => build([at('m.v')], {output: at(OUTPUT), timeLimit: 5}));
        await rm(at(OUTPUT), {force: true});
      }
    });
  });
});
