// SPDX-License-Identifier: Apache-2.0
/** Threads of the cpu engine: how many, when, and that they leave the process alone. */
import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {platform} from '#platform';
import {
  ApproxError,
  ConfigurationError,
  coverage,
  deviceInfo,
  DeviceLimitError,
  setEngine,
  setMultiplier,
} from '../../index.js';
import {randomFloats} from '../../testing/random.js';
import {JOB_FIELDS} from './job.js';
import {Threads} from './threads.js';
import type {WasmExports} from './wasm-exports.js';
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
    tf.env().set('APPROX_THREADS', 3);
    expect(deviceInfo().device).to.equal('CPU (WebAssembly, 3 threads)');
    expect(coverage().device).to.equal('engine: cpu on CPU (WebAssembly, 3 threads)');
  });

  describe('that fail', () => {
    const original = {startThread: platform.startThread, run: Threads.prototype.run};
    const {warn} = console;
    let warnings: string[];

    beforeEach(async () => {
      warnings = [];
      console.warn = (text: string) => {
        // tfjs has a banner of its own.
        if (text.startsWith('approx')) warnings.push(text);
      };
      await setEngine('cpu');
      setMultiplier('mbm7');
    });

    afterEach(() => {
      console.warn = warn;
      Object.assign(platform, {startThread: original.startThread});
      Threads.prototype.run = original.run;
    });

    /** The bits of a product that is worth several threads. */
    function multiply(): string {
      return tf.tidy(() => {
        const a = tf.tensor2d(randomFloats(300 * 200, 1), [300, 200]);
        const b = tf.tensor2d(randomFloats(200 * 250, 2), [200, 250]);
        return Buffer.from(tf.matMul(a, b).dataSync().buffer).toString('latin1');
      });
    }

    /** On one thread; the next contraction starts a new instance. */
    function alone(): string {
      tf.env().set('APPROX_THREADS', 1);
      return multiply();
    }

    for (const [when, startThread] of [
      [
        'when they are made',
        () => {
          throw new Error('no more threads');
        },
      ],
      [
        'once they run',
        (...[, , onEnd]: Parameters<typeof platform.startThread>) =>
          original.startThread('() => { throw new Error("no more threads"); }', {}, onEnd),
      ],
    ] as const) {
      it(`${when} are done without, with one warning each`, async () => {
        const expected = alone();
        Object.assign(platform, {startThread});
        tf.env().set('APPROX_THREADS', 2);
        for (let i = 0; i < 5; i++) {
          expect(multiply() === expected).to.equal(true);
          await new Promise(resolve => setTimeout(resolve, 100));
        }
        expect(warnings).to.have.length(1);
        expect(warnings[0]).to.match(/\(Error: no more threads\).*go on with 1 of them/);
        expect(deviceInfo().device).to.equal('CPU (WebAssembly, 1 thread)');
      });
    }

    it('in a contraction make it fail, and the next one is right', async () => {
      const expected = alone();
      tf.env().set('APPROX_THREADS', 2);
      const beyond = 2 ** 32 - 2 ** 16;
      Threads.prototype.run = function (tiles, [own], wake) {
        return original.run.call(this, tiles, [own, beyond], wake);
      };
      let failure: unknown;
      for (let i = 0; i < 100 && !failure; i++) {
        try {
          multiply();
        } catch (error) {
          failure = error;
        }
        // The thread starts meanwhile.
        await new Promise(resolve => setTimeout(resolve, 10));
      }
      Threads.prototype.run = original.run;
      expect(failure).to.be.instanceOf(ApproxError);
      expect((failure as Error).message).to.match(/^Error in the cpu engine: a thread failed/);
      expect(multiply() === expected).to.equal(true);
      await new Promise(resolve => setTimeout(resolve, 100));
      expect(warnings.join()).to.match(/out of bounds.*go on with 1 of them/);
    });

    it('while the calling one works leave no tile behind', () => {
      const expected = alone();
      tf.env().set('APPROX_THREADS', 2);
      Threads.prototype.run = function (tiles, [, other], wake) {
        return original.run.call(this, tiles, [2 ** 32 - 2 ** 16, other], wake);
      };
      expect(multiply).to.throw(ApproxError, /a thread failed .*out of bounds/);
      Threads.prototype.run = original.run;
      expect(multiply() === expected).to.equal(true);
    });
  });

  it('that are lost in a contraction are not waited for without end', () => {
    const control = 0;
    const memory = new WebAssembly.Memory({initial: 1, maximum: 1, shared: true});
    const exports = {
      __stack_pointer: new WebAssembly.Global({value: 'i32', mutable: true}, 0),
      work() {
        // One becomes active and never finishes; its word is the second of the control block.
        Atomics.add(new Int32Array(memory.buffer), 16, 1);
      },
    } as unknown as WasmExports;
    const module = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    const threads = new Threads(exports, {module, memory, control, job: 0}, () => 0, 1);
    expect(threads.isBroken).to.equal(false);
    expect(() => threads.run(1, [0], false)).to.throw(
      ApproxError,
      'Error in the cpu engine: 1 of its threads did not finish a contraction within 1 s',
    );
    expect(threads.isBroken).to.equal(true);
  });

  it('that are lost are replaced, with their memory', () => {
    const wasm = wasmInstance(2);
    Object.defineProperty(wasm.threads, 'isBroken', {value: true});
    expect(wasmInstance(2)).not.to.equal(wasm);
    expect(wasmInstance(2)).to.equal(wasmInstance(2));
  });

  it('free the memory of a contraction that fails', async () => {
    await setEngine('cpu');
    setMultiplier('mbm7');
    const wasm = wasmInstance(1);
    tf.matMul(tf.ones([8, 8]), tf.ones([8, 8])).dispose();
    const {used} = wasm;
    const {allocate} = wasm;
    const [a, b] = [tf.ones([64, 64]), tf.ones([64, 64])];
    try {
      for (let failing = 1; failing < 8; failing++) {
        let calls = 0;
        wasm.allocate = function (bytes) {
          // Beyond what 32 bits of address reach.
          return allocate.call(this, ++calls === failing ? 2 ** 33 : bytes);
        };
        expect(() => tf.matMul(a, b)).to.throw(
          DeviceLimitError,
          /cannot get 8192 MiB more for a contraction, beside the \d+ MiB in use: .* ends at \d+ MiB/,
        );
        expect(wasm.used).to.equal(used);
      }
    } finally {
      wasm.allocate = allocate;
      tf.dispose([a, b]);
    }
  });

  for (const value of [0, -1, 1.5, 65, 'many']) {
    it(`cannot be ${value}`, () => {
      expect(() => tf.env().set('APPROX_THREADS', value)).to.throw(
        ConfigurationError,
        `APPROX_THREADS is '${value}'. Expected a whole number from 1 to 64.`,
      );
      // afterEach set it.
      expect(tf.env().get('APPROX_THREADS')).to.equal(1);
    });
  }

  it('are told a job of the size that the C code reads', () => {
    expect(wasmInstance(1).exports.jobSize()).to.equal(4 * JOB_FIELDS.length);
  });
});
