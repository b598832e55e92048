// SPDX-License-Identifier: Apache-2.0
// Packs, unpacks, and runs what was packed with an empty environment, as on a machine without Node.
import {execFileSync, spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {expect} from 'chai';
import {skipBecause} from '../packages/backend-approx/src/testing/skip.ts';
import {LIMIT_BYTES, makePack, type Pack, PACK_NAME, packUnavailable} from './gpu-pack.ts';
import {swiftShaderEnvironment, swiftShaderUnavailable} from './swiftshader.ts';
import {unpackTar} from './unpack.ts';

describe('gpu:pack', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-approx-gpu-pack-'));
  const unpacked = join(folder, 'unpacked');
  let pack: Pack;

  before(async function () {
    const unavailable = packUnavailable() ?? swiftShaderUnavailable();
    if (unavailable !== undefined) {
      skipBecause(this, unavailable);
    }
    pack = await makePack({archive: join(folder, 'pack.tar.gz')});
    mkdirSync(unpacked);
    unpackTar(uncompress(pack.archive), unpacked);
  });

  function uncompress(archive: string): Buffer {
    return archive.endsWith('.gz')
      ? gunzipSync(readFileSync(archive))
      : execFileSync('xz', ['-dc', archive], {maxBuffer: 1e9});
  }

  after(() => rmSync(folder, {recursive: true, force: true}));

  /** @param environment There is no other variable, not even PATH. */
  function runSh(
    args: string[],
    environment: Record<string, string>,
  ): Promise<{code: number | null; output: string}> {
    return new Promise((resolve, reject) => {
      const child = spawn('/bin/sh', [join(unpacked, PACK_NAME, 'run.sh'), ...args], {
        env: environment,
        cwd: '/',
      });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', text => (output += text));
      child.stderr.setEncoding('utf8').on('data', text => (output += text));
      child.on('error', reject);
      child.on('close', code => resolve({code, output}));
    });
  }

  it('holds Node, Dawn, a Vulkan loader, the engine tests and the benchmark, within the limit', () => {
    const names = pack.files.map(name => name.replace(`${PACK_NAME}/`, ''));
    expect(names).to.include.members([
      'run.sh',
      'README.txt',
      'LICENSE',
      'pack.json',
      'bin/node',
      'lib/libvulkan.so.1',
      'node_modules/webgpu/dist/linux-x64/dawn.node',
      'app/run.mjs',
      'app/bench.mjs',
      'wasm/tfjs-backend-wasm-simd.wasm',
      'app/tests/ops.mjs',
      'app/tests/training.mjs',
    ]);
    expect(pack.bytes).to.be.below(LIMIT_BYTES);
  });

  it('runs tests and benchmark on an adapter, and prints a table last', async () => {
    const {VK_DRIVER_FILES: manifest = ''} = swiftShaderEnvironment();
    const out = join(folder, 'results');
    const {code, output} = await runSh(['--smoke', '--software', out], {VK_DRIVER_FILES: manifest});
    expect(code, output).to.equal(0);
    const summary = readFileSync(join(out, 'summary.txt'), 'utf8');
    expect(output).to.include(summary.trim());
    expect(summary).to.match(/^swiftshader.*driver SwiftShader/);
    expect(summary).to.match(/^ops +equal +[1-9]\d* +0 /m);
    expect(summary).to.match(/^webgpu-engine +equal +[1-9]\d* +0 /m);
    expect(summary).to.match(/^GEMM 64 +stock webgpu +[\d.]+/m);
    expect(summary).to.match(/^ +mbm7 +logAdd +equal +[\d.]+ +[\d.]+/m);
    expect(summary).to.match(/^ +mbm7:lut +lut +equal +[\d.]+ +[\d.]+/m);
    expect(summary).to.match(/^ +stock wasm +[\d.]+ +[\d.]+/m);
    expect(summary).to.match(/^LeNet-5 5x5 6-16 @14 dW +[\d.]+/m);
    expect(summary).to.match(/^LeNet-5 step, batch 2 +stock webgpu/m);
    expect(summary).to.include('Training steps, approx on cpu');
    const device = 'swiftshader-device-subzero-smoke';
    expect(readdirSync(join(out, 'benchmark'))).to.have.members([
      ...['json', 'csv', 'txt'].map(extension => `${device}.${extension}`),
      // Without resvg there are no PNGs.
      ...['ratios', 'convolutions', 'gemm', 'growth'].map(chart => `${device}-${chart}.svg`),
    ]);
    expect(output).to.include(`npm run bench -- --charts ${device}.json`);
  });

  it('does not take a software adapter for a GPU', async () => {
    const {VK_DRIVER_FILES: manifest = ''} = swiftShaderEnvironment();
    const out = join(folder, 'none');
    const {code, output} = await runSh([], {VK_DRIVER_FILES: manifest, OUT: out});
    expect(code, output).to.equal(3);
    expect(output).to.match(/only a software adapter here \(SwiftShader.*--software/);
    expect(existsSync(out)).to.equal(false);
  });

  it('says what was tried where there is no adapter', async () => {
    const {code, output} = await runSh(['--software'], {VK_DRIVER_FILES: '/nowhere.json'});
    expect(code, output).to.equal(3);
    expect(output).to.match(/no adapter here[^]*Tried:\n +the system's drivers: no adapter/);
  });

  it('explains its options, and refuses others', async () => {
    const help = await runSh(['--help'], {});
    expect(help.code).to.equal(0);
    expect(help.output).to.include('--bench-only');
    const {code, output} = await runSh(['--fast'], {});
    expect(code).to.equal(2);
    expect(output).to.include('--fast');
  });
});
