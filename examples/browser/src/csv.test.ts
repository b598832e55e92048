// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {toCsv} from './csv.js';

describe('toCsv', () => {
  it('gives a row per batch and per epoch, with full precision', () => {
    const figures = {
      fp32: {loss: 2.3025851249694824, accuracy: 0.125},
      approximate: {loss: 2.25, accuracy: 0},
    };
    const text = toCsv({
      names: {fp32: 'fp32', approximate: 'mbm7'},
      steps: [{step: 1, epoch: 1, ...figures}],
      epochs: [{step: 1, epoch: 1, ...figures}],
    });
    expect(text.split('\n')).deep.equal([
      'set,epoch,step,fp32_loss,fp32_accuracy,mbm7_loss,mbm7_accuracy',
      'train,1,1,2.3025851249694824,0.125,2.25,0',
      'test,1,1,2.3025851249694824,0.125,2.25,0',
      '',
    ]);
  });
});
