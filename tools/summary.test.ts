// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import type {Search} from './adapters.ts';
import type {Outcome} from './run-suite.ts';
import {summarize} from './summary.ts';

const search: Search = {found: [], absent: [{name: 'hardware', reason: 'none'}], broken: []};

function outcome(name: string, parts: Partial<Outcome>): Outcome {
  const nothing = {passed: 0, failures: [], skipped: [], adapters: [], seconds: 1, output: ''};
  return {name, ...nothing, ...parts};
}

describe('summarize', () => {
  it('ends with the closing line alone and names the adapters that were used', () => {
    const adapters = [{name: 'swiftshader', description: 'SwiftShader driver'}];
    const {text, ok} = summarize(
      [outcome('unit', {passed: 2}), outcome('webgpu', {passed: 3, adapters})],
      search,
      61,
    );
    expect(ok).to.equal(true);
    expect(text.split('\n').at(-1)).to.equal('5 passed, 0 failed');
    expect(text).to.include('adapter used: swiftshader: SwiftShader driver');
    expect(text).to.include('adapter not present: hardware: none');
  });

  it('repeats failures and skipped tests', () => {
    const failures = [{title: 'a › b', message: 'Error: wrong', stack: '    at file.js:1:2'}];
    const skipped = [{title: 'c', reason: 'no data'}];
    const {text, ok} = summarize([outcome('unit', {passed: 1, failures, skipped})], search, 1);
    expect(ok).to.equal(false);
    expect(text).to.match(/1\) \[unit\] a › b\n +Error: wrong\n +at file\.js:1:2/);
    expect(text).to.include('- [unit] c: no data');
    expect(text.split('\n').at(-1)).to.equal('1 passed, 1 failed, 1 skipped');
  });

  it('does not take a run of nothing for a success', () => {
    expect(summarize([], search, 0).ok).to.equal(false);
  });
});
