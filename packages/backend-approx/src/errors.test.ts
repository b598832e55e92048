// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs';
import {expect} from 'chai';
import {platform} from '#platform';
import {AdapterError, ConfigurationError, deviceInfo, setEngine} from './index.js';

/** Runs `f` with console output captured. */
async function captured(f: () => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const {log, warn} = console;
  console.log = console.warn = (...parts: unknown[]) => void lines.push(parts.join(' '));
  try {
    await f();
  } finally {
    Object.assign(console, {log, warn});
  }
  return lines.join('\n');
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected a rejection');
}

type GpuResult = Awaited<ReturnType<typeof platform.requestGpu>>;

/** An adapter that says what it is and nothing else. */
function fakeGpu(info: Partial<GPUAdapterInfo> | null): GpuResult {
  return {gpu: {requestAdapter: async () => info && {info}} as unknown as GPU};
}

describe('errors a user can run into', () => {
  const {requestGpu} = platform;
  const pretend = (result: GpuResult) => Object.assign(platform, {requestGpu: async () => result});
  beforeEach(() => pretend(fakeGpu(null)));
  after(async () => {
    Object.assign(platform, {requestGpu});
    await setEngine('cpu');
  });

  it('APPROX_ENGINE=webgpu without an adapter: says why, and how to go on', async () => {
    const logged = await captured(async () => {
      const error = await rejection(setEngine('webgpu'));
      expect(error).to.be.instanceOf(AdapterError);
      expect(error.message).to.match(/No WebGPU adapter: .*no adapter.*APPROX_ENGINE=cpu/s);
      expect(error.message).to.include(platform.adapterHelp);
    });
    // tf.setBackend only resolves to false, so the log line has to explain.
    expect(logged).to.include('No WebGPU adapter');
    expect(
      await captured(async () => expect(await tf.setBackend('approx')).to.equal(false)),
    ).to.include('APPROX_ENGINE=cpu');
  });

  it('APPROX_ENGINE=webgpu without the npm package: names it', async () => {
    pretend({missing: "the npm package 'webgpu' could not be loaded (not found)"});
    await captured(async () => {
      expect((await rejection(setEngine('webgpu'))).message).to.include("npm package 'webgpu'");
    });
  });

  it('a driver that refuses a device: auto runs on the CPU, webgpu says why', async () => {
    const info = {description: 'Some GPU', device: '', architecture: ''};
    const requestDevice = () => Promise.reject(new Error('no memory'));
    const adapter = {info, limits: {}, features: new Set(), requestDevice};
    pretend({gpu: {requestAdapter: async () => adapter} as unknown as GPU});
    await captured(async () => {
      expect((await rejection(setEngine('webgpu'))).message).to.match(/Some GPU.*no memory/);
    });
    await captured(() => setEngine('auto'));
    expect(deviceInfo().engine).to.equal('cpu');
  });

  it('never takes the null adapter', async () => {
    pretend(fakeGpu({description: 'Null backend', device: '', architecture: ''}));
    await captured(async () => {
      expect((await rejection(setEngine('webgpu'))).message).to.match(/null driver/);
    });
  });

  it('APPROX_ENGINE=auto without an adapter: runs on the CPU and says so in one line', async () => {
    const logged = await captured(() => setEngine('auto'));
    expect(deviceInfo().engine).to.equal('cpu');
    expect(logged).to.match(/^approx runs on the CPU\. No WebGPU adapter: [^\n]*$/);
  });

  it('APPROX_ENGINE=auto passes a software adapter by', async () => {
    pretend(fakeGpu({description: 'llvmpipe (LLVM 15)', device: '', architecture: ''}));
    const logged = await captured(() => setEngine('auto'));
    expect(deviceInfo().engine).to.equal('cpu');
    expect(logged).to.match(/computes in software/);
  });

  it('an unknown engine: lists the known ones', async () => {
    await captured(async () => {
      const error = await rejection(setEngine('cuda' as never));
      expect(error).to.be.instanceOf(ConfigurationError);
      expect(error.message).to.match(/'cuda'.*auto, webgpu, cpu, reference/);
      expect(tf.getBackend(), 'the running backend is left alone').to.equal('approx');
      expect(deviceInfo().engine).to.equal('cpu');
    });
  });

  it('a shape that does not fit: names the op and the shapes', async () => {
    await setEngine('cpu');
    expect(() =>
      tf.engine().runKernel('BatchMatMul', {a: tf.ones([2, 3]), b: tf.ones([4, 5])}, {}),
    ).to.throw(/Error in BatchMatMul: inner shapes \(3\) and \(4\).*\[2,3\].*\[4,5\]/);
  });
});
