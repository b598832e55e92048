// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {OptionError, USAGE, parseOptions} from './options.js';

describe('the command line of train-digits', () => {
  it('trains with four multipliers on all digits unless told otherwise', () => {
    expect(parseOptions([])).to.deep.equal({
      multipliers: ['fp32', 'bf16', 'mbm7', 'mitchell7'],
      epochs: 5,
      batchSize: 32,
      seed: 1,
      images: 1437,
      engine: undefined,
      out: 'results',
      help: false,
    });
  });

  it('takes lists, repeated options and paths of tables', () => {
    const {multipliers} = parseOptions(['--multiplier', 'fp32, mbm5', '--multiplier=my/lut.bin']);
    expect(multipliers).to.deep.equal(['fp32', 'mbm5', 'my/lut.bin']);
    expect(parseOptions(['--seed', '0', '--engine', 'webgpu'])).to.include({
      seed: 0,
      engine: 'webgpu',
    });
  });

  it('names the option that is wrong, what it got and what it expects', () => {
    const refuses = (args: string[], message: RegExp) =>
      expect(() => parseOptions(args), args.join(' ')).to.throw(OptionError, message);
    refuses(['--epochs', '0'], /--epochs must be an integer from 1 to 1000, but got '0'/);
    refuses(['--epochs', '2.5'], /got '2\.5'/);
    refuses(['--batch-size', '1438'], /--batch-size .* from 1 to 1437, but got '1438'/);
    refuses(['--seed', 'x'], /--seed .* got 'x'/);
    refuses(['--engine', 'gpu'], /--engine must be one of auto, webgpu, cpu, but got 'gpu'/);
    refuses(['--multiplier', 'fp32,,mbm7'], /names or paths, separated by commas/);
    refuses(['--multiplier', 'fp32,fp32'], /'fp32' twice/);
    refuses(['--out', ''], /--out needs the name of a folder/);
    refuses(['--epoch', '3'], /Unknown option '--epoch'.* Did you mean --epochs\?$/);
    refuses(['--multipliers=fp32'], /Did you mean --multiplier\?$/);
    refuses(['--gpu'], /Unknown option '--gpu'[^?]*$/);
    refuses(['surplus'], /surplus/);
  });

  it('explains every option', () => {
    for (const option of ['multiplier', 'epochs', 'batch-size', 'seed', 'engine', 'out', 'help']) {
      expect(USAGE).to.contain(`--${option} `);
    }
  });
});
