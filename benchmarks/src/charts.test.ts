// SPDX-License-Identifier: Apache-2.0
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect} from 'chai';
import {parseHTML} from 'linkedom';
import {charts, writeCharts} from './charts.js';
import {parseResults} from './results.js';

/** Real results of schema 1, with one convolution case added. */
const text = readFileSync(
  fileURLToPath(new URL('../results/nvidia-h100-80gb-hbm3.json', import.meta.url)),
  'utf8',
);
const read = parseResults(text);
const gemm = read.measurements.filter(m => m.case === 'GEMM 256');
const run = {
  ...read,
  direct: {multiplier: 'mbm7', size: 384, gmacPerSecond: 0.04, repetitions: 5},
  measurements: [
    ...read.measurements,
    ...gemm.map(m => ({...m, group: 'conv' as const, case: 'LeNet-5 5x5 1-6 @28 dW'})),
  ],
};

describe('charts', () => {
  const drawn = charts(run);
  const textsOf = (svg: string) =>
    [...parseHTML(`<body>${svg}</body>`).document.querySelectorAll('text')].map(
      element => element.textContent,
    );

  it('are drawn for every kind of case that was measured, and only for those', () => {
    expect(Object.keys(drawn)).to.deep.equal(['ratios', 'convolutions', 'gemm', 'growth']);
    expect(charts({...run, measurements: []})).to.deep.equal({});
  });

  it('name device, commit, contenders and units', () => {
    for (const svg of Object.values(drawn)) {
      const texts = textsOf(svg);
      expect(texts.join('\n')).to.include('nvidia-h100-80gb-hbm3').and.include('a0b5f547e724');
      expect(texts).to.include('mbm7');
    }
    expect(textsOf(drawn.gemm!)).to.include('approx on webgpu: GMAC/s (log scale)');
    expect(textsOf(drawn.growth!)).to.include('approx on webgpu: milliseconds (log scale)');
  });

  it('have a bar with its figure for each case and multiplier', () => {
    const texts = textsOf(drawn.ratios!);
    expect(texts).to.include.members(['GEMM 4096', '5.70', 'LeNet-5 step, batch 64', '1.08']);
  });

  it('say why points are missing', () => {
    const says = (svg: string) => textsOf(svg).join(' ').includes('No points: the stock backend');
    expect(says(drawn.convolutions!)).to.equal(false);
    const untimed = {
      engine: 'webgpu' as const,
      group: 'conv' as const,
      case: 'LeNet-5 5x5 1-6 @28 forward',
      contender: 'stock webgpu',
      short: 'about 30 s',
      reason: 'not timed: about 30 s',
      isFailure: false,
    };
    const textOf = (isFailure: boolean) =>
      textsOf(charts({...run, untimed: [{...untimed, isFailure}]}).convolutions!).join(' ');
    expect(textOf(false)).to.include('No points: the stock backend takes too long');
    expect(textOf(true)).to.include('No points: the stock backend failed, or takes too long');
  });

  it('have room for the labels on the left, however long', () => {
    const name = 'MobileNetV1 depthwise 3x3 s2, 1024-1024 @112x112, a very long name of a layer';
    const long = (group: 'conv' | 'gemm', suffix: string) =>
      charts({...run, measurements: gemm.map(m => ({...m, group, case: name + suffix}))});
    for (const svg of [long('conv', ' dW').convolutions!, long('gemm', '').ratios!]) {
      const {document} = parseHTML(`<body>${svg}</body>`);
      const label = [...document.querySelectorAll('text')].find(
        element => element.textContent === name,
      )!;
      const [, x] = /translate\(([\d.]+)/.exec(label.getAttribute('transform')!)!;
      // Letters of DejaVu Sans are 0.6 of its size wide on average.
      expect(Number(x)).to.be.greaterThan(name.length * 0.6 * 12.5);
    }
  });

  it('draw the look-up limit where it is known, and direct simulation where it was measured', () => {
    const lines = ['look-up limit', 'direct simulation'];
    for (const svg of [drawn.gemm!, drawn.growth!]) expect(textsOf(svg)).to.include.members(lines);
    const without = charts({...run, lookUpLimit: null, direct: null});
    expect(textsOf(without.gemm!)).not.to.include.members(lines);
    expect(textsOf(without.gemm!)).to.include('The look-up limit of this device is not known.');
  });

  it('are written as SVG and PNG', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tfjs-approx-charts-'));
    try {
      const paths = await writeCharts(folder, 'device', {...read, measurements: gemm});
      expect(readdirSync(folder).map(name => join(folder, name))).to.have.members(paths);
      expect(paths).to.have.length(6);
      const png = readFileSync(paths.find(path => path.endsWith('.png'))!);
      expect(png.subarray(1, 4).toString()).to.equal('PNG');
    } finally {
      rmSync(folder, {recursive: true, force: true});
    }
  });
});
