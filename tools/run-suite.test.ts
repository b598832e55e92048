// SPDX-License-Identifier: Apache-2.0
// Whatever way a suite ends, `npm test` must not take it for a success.

import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {expect} from 'chai';
import {type Outcome, runSuite, type Suite} from './run-suite.ts';

const mocha = join(
  dirname(createRequire(import.meta.url).resolve('mocha/package.json')),
  'bin',
  'mocha.js',
);
const reporter = join(import.meta.dirname, 'mocha-reporter.mjs');
const REPORT = `
  const {appendFileSync} = require('node:fs');
  const report = event => appendFileSync(process.env.APPROX_TEST_RESULTS, JSON.stringify(event) + '\\n');`;

/** Runs a child that reports what `script` says. */
function run(script: string, suite: Partial<Suite> = {}) {
  const command = ['-e', REPORT + script];
  return runSuite(
    {name: 'suite', command, environment: {}, limitMinutes: 1, ...suite},
    {collect: true},
  );
}

function messages({failures}: Outcome) {
  return failures.map(({message}) => message);
}

describe('runSuite', () => {
  it('counts what the child reports', async () => {
    const outcome = await run(`
      report({type: 'pass', title: 'a'});
      report({type: 'skip', title: 'b', reason: 'no data'});
      report({type: 'end'});`);
    expect(outcome).to.include({name: 'suite', passed: 1});
    expect(outcome.failures).to.be.empty;
    expect(outcome.skipped.map(({reason}) => reason)).to.deep.equal(['no data']);
  });

  it('fails for a crash and names the test that was running', async () => {
    const outcome = await run(`
      report({type: 'pass', title: 'a'});
      report({type: 'start', title: 'the bad one'});
      process.abort();`);
    expect(messages(outcome)[0]).to.match(
      /^(crashed with signal SIGABRT|exit code \d+) before all tests were run, while running: the bad one$/,
    );
  });

  it('fails for an early exit with code 0', async () => {
    const outcome = await run(`report({type: 'pass', title: 'a'}); process.exit(0);`);
    expect(messages(outcome)).to.deep.equal(['exit code 0 before all tests were run']);
  });

  it('fails for a crash after the last test', async () => {
    const outcome = await run(`
      report({type: 'pass', title: 'a'});
      report({type: 'end'});
      process.abort();`);
    expect(messages(outcome)[0]).to.match(
      /^all tests were run, but the process (crashed with signal|ended with exit code)/,
    );
  });

  it('fails for zero tests, unless a filter is set', async () => {
    expect(messages(await run(`report({type: 'end'});`))).to.deep.equal(['executed no test']);
    expect(messages(await run(`report({type: 'end'});`, {mayBeEmpty: true}))).to.be.empty;
    const skipped = `report({type: 'skip', title: 'a', reason: 'b'}); report({type: 'end'});`;
    expect(messages(await run(skipped))).to.deep.equal(['executed no test']);
  });

  it('ends a child that takes too long', async () => {
    const outcome = await run(
      `report({type: 'start', title: 'slow'}); setTimeout(() => {}, 60000);`,
      {
        limitMinutes: 0.5 / 60,
      },
    );
    expect(messages(outcome)[0]).to.match(/^ran longer than .* minutes before .*running: slow$/);
  });

  it('wants the adapter to be asserted', async () => {
    const script = `report({type: 'pass', title: 'a'}); report({type: 'end'});`;
    const [message] = messages(await run(script, {adapter: 'lavapipe'}));
    expect(message).to.include('no test has asserted that it ran on the lavapipe adapter');
    const asserted = `report({type: 'adapter', name: 'lavapipe', description: ''}); ${script}`;
    expect(messages(await run(asserted, {adapter: 'lavapipe'}))).to.be.empty;
  });
});

describe('the mocha reporter', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-approx-reporter-'));
  after(() => rmSync(folder, {recursive: true, force: true}));

  it('reports passes, failures in tests and hooks, and skips with their reasons', async () => {
    const file = join(folder, 'sample.test.cjs');
    writeFileSync(
      file,
      `const assert = require('node:assert');
       describe('sample', () => {
         it('passes', () => {});
         it('differs', () => assert.deepEqual({a: 1}, {a: 2}));
         it('skips', function () { this.test.skipReason = 'no data'; this.skip(); });
         it.skip('is disabled', () => {});
         describe('broken', () => {
           before('set up', () => { throw new Error('no driver'); });
           it('never runs', () => {});
         });
         describe('without data', () => {
           before(function () { this.test.parent.skipReason = 'no folder'; this.skip(); });
           it('waits', () => {});
         });
       });`,
    );
    const outcome = await runSuite(
      {
        name: 'sample',
        command: [mocha, '--reporter', reporter, file],
        environment: {},
        limitMinutes: 1,
      },
      {collect: true},
    );
    expect(outcome.output).to.include('2) "before all" hook: set up');
    expect(outcome.passed).to.equal(1);
    expect(outcome.failures.map(({title}) => title)).to.deep.equal([
      'sample › differs',
      'sample › broken › "before all" hook: set up for "never runs"',
    ]);
    expect(outcome.failures[0]?.message).to.match(/AssertionError.*"a": 2/s);
    expect(outcome.failures[0]?.stack).to.match(/^\s+at .*sample\.test\.cjs:4:/);
    expect(outcome.failures[1]?.message).to.equal('Error: no driver');
    expect(outcome.skipped.map(({title, reason}) => `${title}: ${reason}`)).to.deep.equal([
      'sample › skips: no data',
      'sample › is disabled: no reason given (it.skip or this.skip)',
      'sample › without data › waits: no folder',
    ]);
  });
});
