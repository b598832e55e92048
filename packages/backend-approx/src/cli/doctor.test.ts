// SPDX-License-Identifier: Apache-2.0
/** `tfjs-approx doctor` on a machine without any GPU driver, and its text for other machines. */
import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {expect} from 'chai';
import type {Diagnosis} from './doctor.js';
import {doctorText} from './doctor-text.js';

const BIN = fileURLToPath(new URL('../../bin/tfjs-approx.mjs', import.meta.url));
const NO_DRIVER = '/nonexistent/driver.json';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Promise<Outcome> {
  const env = {...process.env, VK_DRIVER_FILES: NO_DRIVER, VK_ICD_FILENAMES: NO_DRIVER};
  return new Promise(resolve => {
    execFile(process.execPath, [BIN, ...args], {env}, (error, stdout, stderr) => {
      resolve({code: error ? Number(error.code) : 0, stdout, stderr});
    });
  });
}

describe('tfjs-approx', () => {
  it('doctor --json, without a GPU driver: finds that out, measures the cpu engine, exits with 0', async () => {
    const {code, stdout, stderr} = await run('doctor', '--json');
    expect({code, stderr}).to.deep.equal({code: 0, stderr: ''});
    const found = JSON.parse(stdout) as Diagnosis;
    expect(found).to.include({ok: true, adapter: null, automatic: 'cpu'});
    expect(found.node).to.include({version: process.versions.node, ok: true});
    expect(found.webgpuPackage!.version).to.match(/^\d+\.\d+\.\d+/);
    expect(found.adapterError).to.match(/^No WebGPU adapter: /);
    expect(found.engines.map(({engine}) => engine)).to.deep.equal(['cpu']);
    const {speeds} = found.engines[0];
    expect(speeds.map(({multiplier}) => multiplier)).to.deep.equal(['mbm7', 'fp32']);
    for (const {gmacPerSecond} of speeds) expect(gmacPerSecond).to.be.within(1e-4, 1e4);
    expect(found.environment).to.include({VK_DRIVER_FILES: NO_DRIVER});
    expect(found.advice[0]).to.match(/VK_DRIVER_FILES .* does not exist/);
  });

  it('doctor: the same in words', async () => {
    const {code, stdout, stderr} = await run('doctor');
    expect({code, stderr}).to.deep.equal({code: 0, stderr: ''});
    expect(stdout).to.match(/^ {2}ok {4}Node +\d+\.\d+\.\d+ on /);
    expect(stdout).to.match(/note +adapter +none: /);
    expect(stdout).to.match(/engine +mbm7 +fp32 .*\n +cpu +[\d.]+ +[\d.]+\n/);
    expect(stdout).to.match(/For more\n {2}- VK_DRIVER_FILES/);
  });

  it('has help, and fails in one line', async () => {
    expect((await run('--help')).stdout).to.match(/^Usage: tfjs-approx .* doctor /s);
    expect((await run('doctor', '--help')).stdout).to.include('--json');
    const wrong = ['doctr', 'doctor --jsn', 'doctor now'];
    for (const args of wrong) {
      const {code, stdout, stderr} = await run(...args.split(' '));
      expect({code, stdout}, args).to.deep.equal({code: 2, stdout: ''});
      expect(stderr, args).to.match(/^tfjs-approx: [^\n]+\n$/);
    }
  });
});

describe('the doctor in words', () => {
  const gpu: Diagnosis = {
    ok: true,
    node: {version: '22.20.0', platform: 'win32', arch: 'x64', required: '>=20.19', ok: true},
    webgpuPackage: {version: '0.6.2'},
    adapter: {
      vendor: 'nvidia',
      architecture: 'hopper',
      device: 'NVIDIA H100',
      description: 'NVIDIA H100',
      isFallbackAdapter: false,
      software: false,
    },
    limits: {
      maxBufferSize: 2 ** 32,
      maxStorageBufferBindingSize: 2 ** 31,
      maxComputeWorkgroupStorageSize: 49152,
      maxComputeInvocationsPerWorkgroup: 1024,
      maxComputeWorkgroupsPerDimension: 65535,
      maxStorageBuffersPerShaderStage: 10,
    },
    features: [],
    selfTest: {passed: ['NaN passes'], failed: [], fusesNativeProducts: true},
    bitsEqual: true,
    engines: [
      {engine: 'cpu', speeds: [{multiplier: 'mbm7', size: 256, gmacPerSecond: 0.1234}]},
      {engine: 'webgpu', speeds: [{multiplier: 'mbm7', size: 2048, gmacPerSecond: 1234.5}]},
    ],
    automatic: 'webgpu',
    environment: {},
    advice: [],
  };

  it('on a GPU', () => {
    expect(doctorText(gpu, {colours: false})).to.equal(
      `
  ok    Node       22.20.0 on win32 x64
  ok    WebGPU     npm package webgpu 0.6.2 (Dawn)
  ok    adapter    NVIDIA H100 (vendor nvidia, architecture hopper, GPU)
        limits     buffer 4 GiB, tensor 2 GiB, workgroup 1024 invocations and 48 KiB
  ok    self-test  all 1 properties hold; native products are fused
  ok    bits       a product of matrices with mbm7 is that of the cpu engine

  engine        mbm7  in 10^9 multiply-accumulates per second
  cpu           0.12
  webgpu        1235

approx runs on webgpu unless another engine is asked for.`.slice(1),
    );
  });

  it('where the bits differ, Node is old or a package is missing', () => {
    const text = doctorText(
      {
        ...gpu,
        node: {...gpu.node, version: '18.0.0', ok: false},
        selfTest: {
          passed: [],
          failed: ['NaN passes: expected NaN, found 0'],
          fusesNativeProducts: true,
        },
        bitsEqual: false,
        cpuError: 'no',
      },
      {colours: false},
    );
    expect(text).to.match(/bad +Node +18.0.0 .* needs >=20.19/);
    expect(text).to.match(/bad +self-test +1 failed: NaN passes: expected NaN, found 0/);
    expect(text).to.match(/bad +bits .* differs/);
    expect(text).to.match(/bad +cpu +no/);
    const noAdapter = {...gpu, adapter: null, adapterError: 'No WebGPU adapter: x. Do y.'};
    expect(doctorText(noAdapter, {colours: false})).to.match(/note +adapter +none: x\n/);
    const noPackage = doctorText({...noAdapter, webgpuPackage: null}, {colours: false});
    expect(noPackage).to.match(/note +WebGPU +npm package webgpu is not installed/);
    expect(noPackage).not.to.include('adapter');
  });

  it('in colours, only where they are asked for', () => {
    expect(doctorText(gpu, {colours: false})).not.to.include('\x1b');
    expect(doctorText(gpu, {colours: true})).to.match(/\x1b\[32mok/);
  });
});
