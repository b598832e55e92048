// SPDX-License-Identifier: Apache-2.0
/**
 * `node --import @tfjs-approx/backend-approx/register`: scripts that never mention approx, run in
 * processes of their own from a folder of their own, as a user has it.
 */
import {expect} from 'chai';
import {
  makeFolder,
  PACKAGE,
  removeFolder,
  runNode,
  TFJS_SCOPE,
  type Ended,
} from '#src/testing/node-scripts.js';
import {trainingEnginesHere, type TestEngine} from '../engines.js';
import {SCRIPTS} from './register-scripts.js';

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

function describeRegister({engine}: TestEngine): void {
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

for (const engine of trainingEnginesHere) describeRegister(engine);
