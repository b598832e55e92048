// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {count, coverage, resetCoverage} from './coverage.js';

describe('coverage as a table', () => {
  beforeEach(resetCoverage);
  after(resetCoverage);

  it('says so when nothing has been counted', () => {
    const [first, ...others] = coverage().toString().split('\n');
    expect(first).to.match(/^nothing has been counted/);
    expect(others.join()).to.not.contain('%');
  });

  it('ends with the approximate share and where products are formed', () => {
    const call = {layer: 'a', kernel: 'Conv2D', pass: 'forward', multiplier: 'mbm7'} as const;
    count({...call, exact: false, macs: 3000});
    count({...call, multiplier: 'exact', exact: true, reason: 'int32', macs: 1000});
    const lines = coverage().toString().split('\n');
    expect(lines[1]).to.match(/^a +Conv2D +forward +mbm7 +1 +3,000$/);
    expect(lines[2]).to.match(/exact: int32$/);
    expect(lines[3]).to.equal('approximate: 75.00 % of all counted multiply-accumulates');
    expect(lines[4]).to.equal(coverage().device);
  });
});
