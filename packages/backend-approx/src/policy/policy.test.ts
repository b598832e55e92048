// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {getMultiplier, MultiplierError} from '@tfjs-approx/arithmetic';
import {ConfigurationError, getMultipliers, setEngine, setMultiplier} from '../index.js';

const names = () => Object.values(getMultipliers()).map(({name}) => name);
/** 1.5 * 1.5: 2.25 exactly, 2 for Mitchell, and something else again for mbm7. */
const square = () =>
  tf.tidy(() => tf.matMul(tf.fill([1, 1], 1.5), tf.fill([1, 1], 1.5)).dataSync()[0]);

describe('setMultiplier', () => {
  before(async () => {
    await setEngine('cpu');
  });
  afterEach(() => setMultiplier('mbm7'));

  it('takes effect on the next product', () => {
    setMultiplier('fp32');
    expect(square()).to.equal(2.25);
    setMultiplier('mitchell7');
    expect(square()).to.equal(2);
    setMultiplier('bf16');
    expect(square()).to.equal(2.25);
  });

  it('takes a name, a multiplier or a LUT', () => {
    setMultiplier(getMultiplier('mitchell3'));
    expect(names()).to.deep.equal(['mitchell3', 'mitchell3', 'mitchell3']);
    setMultiplier(getMultiplier('mitchell4').lut());
    expect(names()).to.deep.equal(['mitchell4', 'mitchell4', 'mitchell4']);
    expect(square()).to.equal(2);
  });

  it('takes one multiplier per pass; a pass that is left out keeps its own', () => {
    setMultiplier('fp32');
    setMultiplier({weightGradient: 'bf16'});
    expect(names()).to.deep.equal(['fp32', 'fp32', 'bf16']);
  });

  it('follows the flag APPROX_MULTIPLIER', () => {
    tf.env().set('APPROX_MULTIPLIER', 'mitchell7');
    expect(square()).to.equal(2);
  });

  it('refuses an unknown name, says what is known, and changes nothing', () => {
    setMultiplier('mitchell7');
    expect(() => setMultiplier('mitchel7'))
      .to.throw(MultiplierError)
      .with.property('message')
      .that.matches(/mitchel7.*mean "mitchell7".*lut-builder list/s);
    expect(() => setMultiplier({forward: 'bf16', weightGradient: 'no such' as string})).to.throw(
      MultiplierError,
    );
    expect(names()).to.deep.equal(['mitchell7', 'mitchell7', 'mitchell7']);
  });

  it('refuses an unknown pass', () => {
    expect(() => setMultiplier({backward: 'bf16'} as never))
      .to.throw(ConfigurationError)
      .with.property('message')
      .that.matches(/'backward'.*forward, inputGradient, weightGradient/);
  });
});
