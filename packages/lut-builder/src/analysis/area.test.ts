// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {areaOf} from './area.js';

describe('areaOf', () => {
  it('counts transistors as Yosys does, and NAND gates of four', () => {
    // An 8 x 8 multiplier, for which `stat -tech cmos` estimates 2,340 transistors.
    const counts = {AND: 73, MUX: 1, NAND: 150, OR: 3, XNOR: 10, XOR: 96};
    expect(areaOf(counts)).deep.equal({cells: 333, transistors: 2340, gateEquivalents: 585});
    expect(areaOf({NAND: 3, NOT: 1})).deep.equal({cells: 4, transistors: 14, gateEquivalents: 3.5});
    expect(areaOf({})).deep.equal({cells: 0, transistors: 0, gateEquivalents: 0});
  });

  it('counts only the cells where it does not know one', () => {
    expect(areaOf({AND: 2, FULL_ADDER: 7})).deep.equal({cells: 9});
  });
});
