// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {getMultiplier, type NativeForm} from '@tfjs-approx/arithmetic';
import {formOf as formOfRule} from './unit-program.js';

const {lut} = getMultiplier('bf16');
const formOf = (form: Omit<NativeForm, 'kind'>) =>
  formOfRule({kind: 'native', form: {kind: 'native', ...form}, exact: false, lut});

describe('forms of products in shaders', () => {
  it('are native while prepared significands keep the exponent', () => {
    expect(formOf({})).to.equal('native');
    expect(formOf({firstSignificands: Float32Array.of(1, 1.9921875)})).to.equal('native');
  });

  it('are the table where a prepared operand has an exponent of its own', () => {
    expect(formOf({firstSignificands: Float32Array.of(1, 2)})).to.equal('lut');
    expect(formOf({secondSignificands: Float32Array.of(1, 0.9921875)})).to.equal('lut');
    expect(formOf({secondSignificands: Float32Array.of(0, 1)})).to.equal('lut');
  });

  it('are the table where the whole fraction is cut', () => {
    expect(formOf({productBits: 0})).to.equal('lut');
  });
});
