// SPDX-License-Identifier: Apache-2.0
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {expect} from 'chai';
import {csv, digits, fileName, heading, table, writeResults} from './report.js';
import type {BenchmarkResults, Measurement} from './results.js';

const stock: Measurement = {
  group: 'gemm',
  case: 'GEMM 1000',
  contender: 'stock webgpu',
  backend: 'webgpu',
  multiplier: null,
  evaluation: null,
  bits: null,
  macs: 1e9,
  wallMs: {median: 2, min: 1.5, max: 3},
  singleMs: 4,
  gpuMs: 1.6,
  series: 5,
  queued: 8,
  kernelCalls: 2,
  ratio: null,
  gpuRatio: null,
};
const approx: Measurement = {
  ...stock,
  contender: 'mbm7',
  backend: 'approx',
  multiplier: 'mbm7',
  evaluation: 'lut',
  bits: 'equal',
  wallMs: {median: 5, min: 4, max: 6},
  gpuMs: 4.8,
  ratio: 2.5,
  gpuRatio: 3,
};
const run: BenchmarkResults = {
  schema: 1,
  effort: 'quick',
  device: {
    kind: 'gpu',
    engine: 'webgpu',
    stock: 'webgpu',
    name: 'Example (R) GPU 3000',
    driver: 'driver, "beta" 1.2',
    adapter: null,
    selfTest: null,
    features: [],
  },
  provenance: {
    date: '2026-01-02T03:04:05.000Z',
    commit: '0123456789ab',
    versions: {webgpu: '0.6.2'},
    machine: {system: 'linux', processor: 'a processor', cores: 8, memoryGiB: 16},
  },
  measurements: [stock, approx],
};

describe('report', () => {
  it('lays a table out: a row per contender, the case named once', () => {
    expect(table(run.measurements).split('\n')).to.deep.equal([
      'case       contender     form  bits     ms  ratio  GPU ms  ratio  GMAC/s',
      'GEMM 1000  stock webgpu               2.00           1.60            500',
      '           mbm7          lut   equal  5.00   2.50    4.80   3.00     200',
    ]);
  });

  it('leaves GPU times out where there are none', () => {
    const text = table([{...stock, gpuMs: null, macs: null}]);
    expect(text).not.to.include('GPU ms');
    expect(text.split('\n')[1]).to.equal('GEMM 1000  stock webgpu              2.00');
  });

  it('names device, driver, commit and versions', () => {
    expect(heading(run)).to.match(
      /^Example \(R\) GPU 3000; driver driver, "beta" 1\.2\n.*0123456789ab[^]*8 cores[^]*webgpu 0\.6\.2$/,
    );
  });

  it('rounds to three digits without exponents', () => {
    const shown = [0, 0.00012345, 0.12345, 1.2345, 12.345, 123.45, 12345, null].map(digits);
    expect(shown).to.deep.equal(['0', '0.000123', '0.123', '1.23', '12.3', '123', '12345', '']);
  });

  it('writes JSON and CSV, with the device in the file name and in every line', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tfjs-approx-report-'));
    try {
      const paths = writeResults(folder, run);
      expect(paths.map(path => basename(path))).to.deep.equal([
        'example-gpu-3000-quick.json',
        'example-gpu-3000-quick.csv',
      ]);
      expect(JSON.parse(readFileSync(paths[0], 'utf8'))).to.deep.equal(run);
      const [header, ...lines] = csv(run).trimEnd().split('\n');
      expect(header).to.match(/^device,driver,.*,wall_ms,.*,ratio,/);
      expect(lines).to.have.length(2);
      for (const line of lines) {
        expect(line).to.match(/^Example \(R\) GPU 3000,"driver, ""beta"" 1\.2",webgpu,quick,/);
      }
    } finally {
      rmSync(folder, {recursive: true, force: true});
    }
    expect(fileName({...run, effort: 'full'})).to.equal('example-gpu-3000');
  });
});
