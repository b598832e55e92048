// SPDX-License-Identifier: Apache-2.0
import {renderPng} from '@tfjs-approx/lut-builder/node';
import {expect} from 'chai';
import {curves} from './curves.js';
import {showProgress} from './progress.js';
import {seconds, table} from './report.js';
import type {Epoch, Run} from './training.js';

const epoch = (n: number): Epoch => ({
  epoch: n,
  trainLoss: 1 / n,
  trainAccuracy: 1 - 0.3 / n,
  testLoss: 1.1 / n,
  testAccuracy: 1 - 0.4 / n,
});
const run = (multiplier: string, epochs: number): Run => ({
  multiplier,
  history: Array.from({length: epochs}, (_, i) => epoch(i + 1)),
  seconds: 12.34,
  approximateShare: multiplier === 'fp32' ? 0 : 0.98765,
  totalMacs: 1000,
  coverage: [],
});

/** What a terminal shows after it was sent a text with cursor movements. */
function screen(written: string): string[] {
  const lines: string[] = [''];
  let row = 0;

  for (const part of written.split(/(\r|\n|\x1b\[\d*[A-Z])/)) {
    if (part === '\n') lines[++row] ??= '';
    else if (part.endsWith('A') && part.startsWith('\x1b')) row -= Number(part.slice(2, -1));
    else if (part && part !== '\r' && part !== '\x1b[K') lines[row] = part;
  }
  return lines;
}

/** Two runs of two epochs, the second behind the first. */
function observe(isTTY: boolean, columns = 80, rows = 24): string {
  let written = '';
  const write = (text: string) => (written += text) !== '';
  const out = {write, isTTY, columns, rows};
  const [first, second] = showProgress(out, ['mbm7', 'mitchell7'], 2);
  first.onStart();
  for (const n of [1, 2]) {
    for (const batch of [1, 2]) first.onBatch(n, batch, 2, 0.5);
    first.onEpoch(epoch(n));
  }
  second.onStart();
  second.onBatch(1, 1, 2, 0.25);
  second.onEpoch(epoch(1));
  return written;
}

describe('progress', () => {
  it('is one line per run and epoch in a log', () => {
    const lines = observe(false).trimEnd().split('\n');
    expect(lines).to.have.lengthOf(3);
    expect(lines[0]).to.match(
      /^mbm7 {7}epoch 1\/2 {2}loss 1\.000 {2}train 70\.0 % {2}test 60\.0 %/,
    );
    expect(lines[2]).to.match(/^mitchell7 {2}epoch 1\/2 {2}loss 1\.000/);
  });

  it('is one bar per run on a terminal, redrawn in place', () => {
    const lines = screen(observe(true));
    expect(lines).to.have.lengthOf(3);
    expect(lines[0]).to.match(
      /^mbm7 {7}█{10,} {2}100 % {2}loss 0\.500 {2}train 85\.0 % {2}test 80\.0 % {2}0\.\d s$/,
    );
    expect(lines[1]).to.match(
      /^mitchell7 {2}█+░+ {3}25 % {2}epoch 1\/2 {2}loss 0\.250 {2}test 60\.0 % {2}\d s left$/,
    );
    expect(lines[2]).to.equal('');
  });

  it('never wraps on a narrow terminal', () => {
    for (const part of observe(true, 40).split(/[\r\n]|\x1b\[\d*[A-Z]/)) {
      expect(part.length).to.be.at.most(39);
    }
  });

  it('falls back to lines where the bars would not fit on the screen', () => {
    expect(observe(true, 80, 2)).to.equal(observe(false));
  });

  it('writes times for people', () => {
    expect([0.04, 59.94, 99.9, 100, 119.6, 179.7].map(seconds)).to.deep.equal([
      '0.0 s',
      '59.9 s',
      '99.9 s',
      '1 min 40 s',
      '2 min 0 s',
      '3 min 0 s',
    ]);
  });
});

describe('the table', () => {
  it('has aligned columns', () => {
    const text = table([run('fp32', 5), run('mitchell7', 5)], {engine: 'cpu', device: 'a CPU'});
    expect(text).to.equal(
      [
        'multiplier  train acc.  test acc.  final loss  seconds  approximate  engine  device',
        '───────────────────────────────────────────────────────────────────────────────────',
        'fp32            94.0 %     92.0 %      0.2000     12.3       0.00 %  cpu     a CPU',
        'mitchell7       94.0 %     92.0 %      0.2000     12.3      98.77 %  cpu     a CPU',
      ].join('\n'),
    );
  });
});

describe('the picture', () => {
  const names = ['fp32', 'bf16', 'mbm7', 'mitchell7'];

  it('names what it shows: title, axes with units, every multiplier', () => {
    const svg = curves(
      names.map(name => run(name, 5)),
      'Title <1>',
      'Subtitle',
    );
    for (const text of ['Title &#60;1&#62;', 'Subtitle', 'Epoch', 'Accuracy (%)', ...names]) {
      expect(svg).to.contain(`>${text}<`);
    }
    expect(svg).to.contain('>Cross-entropy loss (nats, log scale)<');
    expect(svg).to.match(/^<\?xml[^]*<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[^]*<\/svg>\n$/);
    expect(svg).to.not.contain('NaN');
  });

  it('survives one epoch, many runs, and a run that diverged', () => {
    const diverged = run('diverged', 3);
    Object.assign(diverged.history[2], {trainLoss: NaN, testLoss: Infinity, trainAccuracy: 0});
    const many = Array.from({length: 12}, (_, i) => run(`multiplier${i}`, 40));
    for (const runs of [[run('fp32', 1)], many, [run('fp32', 3), diverged]]) {
      expect(curves(runs, 'T', 'S')).to.not.contain('NaN');
    }
  });

  it('becomes a PNG with text, with the bundled font alone', async () => {
    const svg = curves([run('fp32', 5)], 'Title', 'Subtitle');
    const png = Buffer.from(await renderPng(svg, 1));
    expect(png.subarray(1, 4).toString()).to.equal('PNG');
    expect(png.readUInt32BE(16)).to.equal(1120);
    // Without a font the title would leave no trace.
    const untitled = Buffer.from(await renderPng(svg.replaceAll('>Title<', '><'), 1));
    expect(png.equals(untitled)).to.equal(false);
  });
});
