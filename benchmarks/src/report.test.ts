// SPDX-License-Identifier: Apache-2.0
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {expect} from 'chai';
import {csv, digits, fileName, heading, table, tables, writeResults} from './report.js';
import {parseResults, type BenchmarkResults, type Measurement, type Untimed} from './results.js';

const stock: Measurement = {
  engine: 'webgpu',
  group: 'gemm',
  case: 'GEMM 1000',
  contender: 'stock webgpu',
  backend: 'webgpu',
  multiplier: null,
  evaluation: null,
  bits: null,
  shape: '1000x1000 times 1000x1000',
  macs: 1e9,
  wallMs: {median: 2, min: 1.5, max: 3},
  singleMs: 4,
  gpuMs: 1.6,
  series: 5,
  queued: 8,
  kernelCalls: 2,
  ratio: null,
  gpuRatio: null,
  cpuRatio: 0.005,
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
  cpuRatio: 0.0125,
};
const untimed: Untimed = {
  engine: 'webgpu',
  group: 'gemm',
  case: 'GEMM 1000',
  contender: 'stock cpu',
  short: 'about 30 s',
  reason: 'not timed: about 30 s',
  isFailure: false,
};
const run: BenchmarkResults = {
  schema: 2,
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
  direct: {multiplier: 'mbm7', size: 384, gmacPerSecond: 0.04, repetitions: 5},
  lookUpLimit: {perSecond: 2e12, from: '50 multiprocessors'},
  notes: ['tfjs-node: not installed'],
  measurements: [stock, approx],
  untimed: [untimed],
};

describe('report', () => {
  it('lays a table out: a row per contender, the case named once', () => {
    expect(table(run.measurements, run.untimed, run).split('\n')).to.deep.equal([
      'case       contender     form  bits           ms  ratio  GPU ms  ratio  GMAC/s  of limit  x cpu  x direct',
      'GEMM 1000  stock webgpu                     2.00           1.60            500              200     12500',
      '           stock cpu                  about 30 s',
      '           mbm7          lut   equal        5.00   2.50    4.80   3.00     200    10.0 %   80.0      5000',
    ]);
  });

  it('leaves columns out where there are no figures', () => {
    const text = table([{...stock, gpuMs: null, macs: null, cpuRatio: null}]);
    expect(text.split('\n').map(line => line.replace(/ +/g, ' '))).to.deep.equal([
      'case contender form bits ms ratio GMAC/s',
      'GEMM 1000 stock webgpu 2.00',
    ]);
  });

  it('has a table of convolutions with a column per contender, and says what is missing', () => {
    const conv = (m: Measurement): Measurement => ({...m, group: 'conv', case: 'conv dW'});
    const text = tables({
      ...run,
      measurements: [...run.measurements, conv(stock), conv(approx)],
      untimed: [
        {
          ...untimed,
          group: 'conv',
          case: 'conv dW',
          contender: 'stock wasm',
          short: 'n/a',
          reason: 'stock wasm has no kernel Conv2DBackpropFilter',
        },
      ],
    });
    expect(text).to.include('case     MMAC  webgpu  wasm  mbm7\nconv dW  1000    2.00   n/a  2.50');
    expect(text).to.include('n/a: stock wasm has no kernel Conv2DBackpropFilter.');
    expect(text).to.include('Look-up limit: 2000 GMAC/s (50 multiprocessors).');
    expect(text).to.include('on one core: 0.0400 GMAC/s');
    expect(text).to.include('tfjs-node: not installed.');
    for (const line of text.split('\n')) expect(line.length).to.be.at.most(120);
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
        'example-gpu-3000-quick.txt',
      ]);
      expect(parseResults(readFileSync(paths[0], 'utf8'))).to.deep.equal(run);
      const [header, ...lines] = csv(run).trimEnd().split('\n');
      expect(header).to.match(/^device,driver,.*,wall_ms,.*,ratio,.*,speedup_over_direct,/);
      expect(lines).to.have.length(2);
      for (const line of lines) {
        expect(line).to.match(/^Example \(R\) GPU 3000,"driver, ""beta"" 1\.2",webgpu,quick,/);
      }
    } finally {
      rmSync(folder, {recursive: true, force: true});
    }
    expect(fileName({...run, effort: 'full'})).to.equal('example-gpu-3000');
  });

  it('reads results of schema 1, and refuses what is none', () => {
    const added = ['engine', 'shape', 'cpuRatio'];
    const old = Object.fromEntries(Object.entries(approx).filter(([key]) => !added.includes(key)));
    const {effort, device, provenance} = run;
    const first = {
      schema: 1,
      effort,
      device,
      provenance,
      measurements: [old, {...old, group: 'lenet5'}],
    };
    const read = parseResults(JSON.stringify(first));
    expect(read.measurements.map(m => [m.engine, m.group, m.contender, m.ratio])).to.deep.equal([
      ['webgpu', 'gemm', 'mbm7', 2.5],
      ['webgpu', 'step', 'mbm7', 2.5],
    ]);
    expect(read.lookUpLimit).to.equal(null);
    expect(() => parseResults('{"schema": 3}')).to.throw('schema 3, expected 1 or 2');
  });
});
