// SPDX-License-Identifier: Apache-2.0
/**
 * `node --import @tfjs-approx/backend-approx/register`: scripts that never mention approx, run in
 * processes of their own from a folder of their own, as a user has it.
 */
import {execFile} from 'node:child_process';
import {mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect} from 'chai';

export const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
export const TFJS_SCOPE = dirname(
  dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs/package.json')),
);
const REGISTER = '@tfjs-approx/backend-approx/register';

/** 1.5 * 1.5 is 2 with Mitchell's multiplier; the op runs before anything is awaited. */
const BODY = `
const product = tf.matMul([[1.5]], [[1.5]]);
const backend = tf.getBackend();
async function main() {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({units: 4, inputShape: [3], activation: 'relu', kernelInitializer: 'ones'}),
      tf.layers.dense({units: 1, kernelInitializer: 'ones'}),
    ],
  });
  model.compile({optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError'});
  const xs = tf.tensor2d([[0.1, 0.7, 0.3], [0.9, 0.2, 0.6], [0.3, 0.3, 0.8], [0.5, 1.1, 0.4]]);
  const ys = tf.tensor2d([[1], [2], [3], [4]]);
  await model.fit(xs, ys, {epochs: 3, batchSize: 4, shuffle: false, verbose: 0});
  const weights = [...(await model.getWeights()[0].data())];
  const [mitchell] = await product.data();
  console.log(JSON.stringify({backend, product: mitchell, weights}));
}
`;

export const SCRIPTS: Readonly<Record<string, string>> = {
  'script.mjs': `import * as tf from '@tensorflow/tfjs';\n${BODY}await main();\n`,
  'script.cjs': `const tf = require('@tensorflow/tfjs');\n${BODY}main();\n`,
};

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with node_modules as links and files in it, removed when the tests have ended. */
export function makeFolder(
  links: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'approx-register-')));
  for (const [name, target] of Object.entries(links)) {
    const path = join(folder, 'node_modules', name);
    mkdirSync(dirname(path), {recursive: true});
    symlinkSync(target, path, 'junction');
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), {recursive: true});
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, {recursive: true, force: true});
}

interface Run {
  readonly env?: Record<string, string>;
  readonly register?: boolean;
  /** Of Node, and of the script. */
  readonly options?: readonly string[];
  readonly parameters?: readonly string[];
}

/** Runs `node [--import register] script` in the folder; never rejects. */
export function runNode(
  folder: string,
  script: string,
  {env = {}, register = true, options: nodeOptions = [], parameters = []}: Run = {},
): Promise<Ended> {
  const imports = register ? ['--import', REGISTER] : [];
  const args = [...imports, ...nodeOptions, script, ...parameters];
  const options = {cwd: folder, env: {...process.env, ...env}, timeout: 280_000};
  return new Promise(resolve => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      resolve({code: error ? Number(error.code ?? -1) : 0, stdout, stderr});
    });
  });
}

interface Answer {
  readonly backend: string;
  readonly product: number;
  readonly weights: readonly number[];
}

function answerOf({code, stdout, stderr}: Ended): Answer {
  expect(code, stderr).to.equal(0);
  // Nothing but the script's own line.
  expect(stdout.trim().split('\n'), stdout).to.have.lengthOf(1);
  return JSON.parse(stdout) as Answer;
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i])));
}

export function describeRegister(engine: 'cpu' | 'webgpu'): void {
  describe(`node --import .../register on the ${engine} engine`, () => {
    let folder: string;
    before(() => {
      const links = {'@tensorflow': TFJS_SCOPE, '@tfjs-approx/backend-approx': PACKAGE};
      folder = makeFolder(links, SCRIPTS);
    });
    after(() => removeFolder(folder));

    for (const script of Object.keys(SCRIPTS)) {
      it(`${script} trains on approx, unchanged`, async () => {
        const stock = answerOf(await runNode(folder, script, {register: false}));
        expect(stock).to.include({backend: 'cpu', product: 2.25});

        const env = {APPROX_ENGINE: engine, APPROX_MULTIPLIER: 'mitchell7', APPROX_COVERAGE: '1'};
        const ended = await runNode(folder, script, {env});
        const approximate = answerOf(ended);
        expect(approximate).to.include({backend: 'approx', product: 2});
        expect(largestDifference(approximate.weights, stock.weights)).to.be.above(1e-3);
        expect(ended.stderr.match(/engine: \w+ on /g)).to.deep.equal([`engine: ${engine} on `]);
        expect(ended.stderr).to.match(/weightGradient +mitchell7/);
        expect(ended.stderr).to.include('approximate: 100.00 %');
      });
    }
  });
}
