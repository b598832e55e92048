// SPDX-License-Identifier: Apache-2.0
/** Threads of the cpu engine: how many, when, and that they leave the process alone. */
import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {ConfigurationError, deviceInfo, setEngine, setMultiplier} from '../../index.js';
import {randomFloats} from '../../testing/random.js';
import {JOB_FIELDS} from './job.js';
import {wasmInstance} from './wasm-instance.js';

const run = promisify(execFile);
const PACKAGE = new URL('../../../', import.meta.url);

describe('threads of the cpu engine', () => {
  afterEach(() => tf.env().set('APPROX_THREADS', 1));

  it('give the same bits, however many there are and however often that changes', async () => {
    await setEngine('cpu');
    setMultiplier('mbm7');
    const a = tf.tensor2d(randomFloats(300 * 200, 1), [300, 200]);
    const b = tf.tensor2d(randomFloats(200 * 250, 2), [200, 250]);
    let first: string | undefined;
    for (const threads of [1, 2, 3, 2, 1, 4]) {
      tf.env().set('APPROX_THREADS', threads);
      for (let i = 0; i < 20; i++) {
        const product = tf.matMul(a, b);
        const bytes = Buffer.from(product.dataSync().buffer).toString('latin1');
        product.dispose();
        first ??= bytes;
        expect(bytes === first, `${threads} threads, run ${i}`).to.equal(true);
        // The threads start while this one waits.
        await new Promise(resolve => setTimeout(resolve, i < 10 ? 10 : 0));
      }
    }
    tf.dispose([a, b]);
  });

  it('do not keep the process alive', async () => {
    const script = `
      const {setEngine} = await import('${new URL('dist/index.js', PACKAGE).href}');
      const {matMul, ones} = await import('@tensorflow/tfjs-core');
      console.log((await setEngine('cpu')).device);
      for (let i = 0; i < 20; i++) {
        matMul(ones([256, 256]), ones([256, 256])).dispose();
        await new Promise(resolve => setTimeout(resolve, 10));
      }
      console.log('done');`;
    const {stdout} = await run(process.execPath, ['--input-type=module', '-e', script], {
      cwd: fileURLToPath(PACKAGE),
      env: {...process.env, APPROX_THREADS: '3'},
      timeout: 30_000,
    });
    expect(stdout).to.include('CPU (WebAssembly, 3 threads)').and.to.include('done');
  });

  it('are named by deviceInfo', async () => {
    tf.env().set('APPROX_THREADS', 2);
    await setEngine('cpu');
    expect(deviceInfo().device).to.equal('CPU (WebAssembly, 2 threads)');
  });

  for (const value of [0, -1, 1.5, 65, 'many']) {
    it(`cannot be ${value}`, () => {
      expect(() => tf.env().set('APPROX_THREADS', value)).to.throw(
        ConfigurationError,
        `APPROX_THREADS is '${value}'. Expected a whole number from 1 to 64.`,
      );
    });
  }

  it('are told a job of the size that the C code reads', () => {
    expect(wasmInstance(1).exports.jobSize()).to.equal(4 * JOB_FIELDS.length);
  });
});
