// SPDX-License-Identifier: Apache-2.0
import {spawnSync} from 'node:child_process';
import {mkdtemp, readFile, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {lutFromVerilog, writeLut} from '@tfjs-approx/lut-builder/node';
import {expect} from 'chai';
import type {Run} from './train-digits/training.js';

const script = fileURLToPath(new URL('train-digits.js', import.meta.url));

function trainDigits(args: readonly string[], env: Record<string, string> = {}) {
  return spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    env: {...process.env, ...env},
  });
}

describe('train-digits, on the cpu engine with few images', function () {
  this.timeout(180_000);
  let out: string;
  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), 'train-digits-'));
  });
  afterEach(() => rm(out, {recursive: true}));

  const runs = async (multipliers: string) => {
    const {status, stdout, stderr} = trainDigits([
      ...['--multiplier', multipliers, '--engine', 'cpu', '--out', out],
      ...['--images', '48', '--epochs', '1', '--seed', '3'],
    ]);
    expect(status, stderr).to.equal(0);
    const results = await readFile(join(out, 'train-digits.json'), 'utf8');
    return {stdout, runs: (JSON.parse(results) as {runs: Run[]}).runs};
  };

  it('prints a line per epoch and a table, and writes picture and figures', async () => {
    const {stdout, runs: written} = await runs('bf16,mbm3');
    expect(stdout).to.match(/^bf16 {2}epoch 1\/1 {2}loss \d/m);
    expect(stdout).to.match(
      /^multiplier +train acc\. +test acc\. +final loss +seconds +approximate/m,
    );
    expect(stdout).to.match(/^mbm3 .* 100\.00 % +cpu /m);
    expect((await readdir(out)).sort()).to.deep.equal(
      ['json', 'png', 'svg'].map(extension => `train-digits.${extension}`),
    );
    // 48 images in three passes but for the first layer's dX, and 360 test images forward.
    const macs = 48 * (2 * 416520 + 298920) + 360 * 416520;
    expect(written.map(run => run.totalMacs)).to.deep.equal([macs, macs]);
    expect(written.map(run => run.approximateShare)).to.deep.equal([1, 1]);
    expect(written[0].history).to.not.deep.equal(written[1].history);
  });

  it('trains with a multiplier in Verilog, from the table that was built of it', async () => {
    const verilog = fileURLToPath(new URL('../multipliers/mitchell8.v', import.meta.url));
    const table = join(out, 'circuit.safetensors');
    await writeLut(table, await lutFromVerilog(verilog));
    const [circuit, model] = (await runs(`${table},mitchell7`)).runs;
    expect(circuit).to.include({multiplier: 'mitchell8', approximateShare: 1});
    expect(circuit.history).to.deep.equal(model.history);
  });

  it('gives a run the same figures alone and beside another', async () => {
    const [, beside] = (await runs('mbm3,fp32')).runs;
    const [alone] = (await runs('fp32')).runs;
    expect(beside.history).to.deep.equal(alone.history);
    expect(alone.approximateShare).to.equal(0);
  });
});

describe('train-digits, told something wrong', function () {
  this.timeout(60_000);

  it('says what, before anything is trained', () => {
    for (const [args, message] of [
      [['--multiplier', 'fp32,mbm77'], /mbm77/],
      [['--multiplier', 'no.bin'], /cannot read 'no\.bin': no such file .*\. Expected the name/],
      [['--multiplier', 'mul.v'], /Build a table first: npx lut-builder build mul\.v -o mul\.safe/],
      [['--epochs', 'five'], /--epochs .* 'five'/],
    ] as [string[], RegExp][]) {
      const {status, stdout, stderr} = trainDigits(args);
      expect(status).to.equal(2);
      expect(stderr)
        .to.match(message)
        .and.to.contain('--help')
        .and.not.to.match(/^ +at /m);
      expect(stdout).to.not.contain('epoch');
    }
  });

  it('says which setting is wrong in a line, without a stack', async () => {
    const out = await mkdtemp(join(tmpdir(), 'train-digits-'));
    for (const [env, message] of [
      [{APPROX_THREADS: 'lots'}, "APPROX_THREADS is 'lots'. Expected a whole number from 1 to 64."],
      [
        {APPROX_ENGINE: 'gpu'},
        "APPROX_ENGINE is 'gpu'. Expected one of auto, webgpu, cpu, reference.",
      ],
    ] as const) {
      const {status, stderr} = trainDigits(['--out', out], env);
      expect([status, stderr.split('\n')[0]]).to.deep.equal([2, message]);
      expect(stderr).to.not.match(/^ +at /m);
    }
    await rm(out, {recursive: true});
  });
});
