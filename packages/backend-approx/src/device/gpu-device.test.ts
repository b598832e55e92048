// SPDX-License-Identifier: Apache-2.0
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {expect} from 'chai';
import {makeFolder, PACKAGE, removeFolder, runNode, TFJS_SCOPE} from '../testing/node-scripts.js';
import {mayHaveGpu} from './gpu-device.node.js';

describe('whether there is a GPU device', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'approx-dev-'));
  });
  afterEach(() => rmSync(folder, {recursive: true}));

  for (const [device, expected] of [
    ['dri/renderD128', true],
    ['nvidia0', true],
    ['nvidiactl', true],
    ['dxg', true],
    ['mali0', true],
    ['dri/card0', false],
    ['vda', false],
  ] as const) {
    it(`${device}: ${expected ? 'may be one' : 'is none'}`, () => {
      const file = join(folder, device);
      mkdirSync(dirname(file), {recursive: true});
      writeFileSync(file, '');
      expect(mayHaveGpu('linux', folder)).to.equal(expected);
    });
  }

  it('is not asked on other systems', () => {
    expect(mayHaveGpu('darwin', folder)).to.equal(true);
    expect(mayHaveGpu('win32', folder)).to.equal(true);
  });
});

describe('a search for a GPU where there is none', () => {
  before(function () {
    if (mayHaveGpu()) this.skip();
  });

  it('loads no Dawn, and writes one line', async () => {
    const script = `
      import * as tf from '@tensorflow/tfjs';
      import '@tfjs-approx/backend-approx';
      await tf.setBackend('approx');
      console.log(Object.keys(process.report.getReport().sharedObjects).length > 0,
        process.report.getReport().sharedObjects.some(file => file.endsWith('.dawn.node')));
    `;
    const own = makeFolder(
      {'@tensorflow': TFJS_SCOPE, '@tfjs-approx/backend-approx': PACKAGE},
      {'script.mjs': script},
    );
    const env = {APPROX_ENGINE: 'auto', NODE_OPTIONS: ''};
    const {stdout, stderr} = await runNode(own, 'script.mjs', {env, register: false});
    removeFolder(own);
    expect(stderr).to.equal('');
    expect(stdout.split('\n')).to.deep.equal([
      'approx runs on the CPU. No WebGPU adapter: this machine has no GPU device.',
      'true false',
      '',
    ]);
  });
});
