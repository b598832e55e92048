// SPDX-License-Identifier: Apache-2.0
import {inflateSync} from 'node:zlib';
import {expect} from 'chai';
import {getMultiplier} from '../registry.js';
import {createReport} from '../report/report.js';
import {comparison, scaleEnd} from './comparison.js';
import {encodePng} from './png.js';
import {renderPng} from './render-png.js';
import {DIVERGING_PALETTE, divergingLevel} from './style.js';

const compare = (...names: string[]) =>
  comparison(
    createReport(names.map(source => ({source, multiplier: getMultiplier(source)}))).multipliers,
    'A title & more',
  );

/** The chunks of a PNG by type; checks nothing, as resvg decodes the pictures too. */
function chunksOf(png: Uint8Array): Record<string, Buffer> {
  const bytes = Buffer.from(png);
  const chunks: Record<string, Buffer> = {};
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    chunks[bytes.toString('latin1', at + 4, at + 8)] = bytes.subarray(at + 8, at + 8 + length);
    at += length + 12;
  }
  return chunks;
}

describe('encodePng', () => {
  const palette = [
    [0, 0, 0],
    [255, 0, 0],
    [0, 0, 255],
  ];
  const png = encodePng(3, 2, Uint8Array.of(0, 1, 2, 2, 1, 0), palette);

  it('writes size, palette and rows', () => {
    const {IHDR, PLTE, IDAT, IEND} = chunksOf(png);
    expect([...IHDR!]).to.deep.equal([0, 0, 0, 3, 0, 0, 0, 2, 8, 3, 0, 0, 0]);
    expect([...PLTE!]).to.deep.equal(palette.flat());
    expect([...inflateSync(IDAT!)]).to.deep.equal([0, 0, 1, 2, 0, 2, 1, 0]);
    expect(IEND).to.have.lengthOf(0);
  });

  it('is decoded by others', async () => {
    const {Resvg} = await import('@resvg/resvg-js');
    const uri = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"><image width="3" height="2" href="${uri}"/></svg>`;
    const pixels = new Resvg(svg).render().pixels;
    expect([...pixels.subarray(0, 12)]).to.deep.equal([
      0, 0, 0, 255, 255, 0, 0, 255, 0, 0, 255, 255,
    ]);
  });
});

describe('the diverging scale', () => {
  const colour = (error: number) => DIVERGING_PALETTE[divergingLevel(error, 10)]!;

  it('is white at zero and only there', () => {
    expect(colour(0)).to.deep.equal([255, 255, 255]);
    for (const error of [1e-9, -1e-9]) expect(colour(error)).to.not.deep.equal(colour(0));
  });

  it('has purple below, green above, and an end', () => {
    expect(colour(-10)).to.deep.equal([0x76, 0x2a, 0x83]);
    expect(colour(10)).to.deep.equal([0x1b, 0x78, 0x37]);
    expect(colour(11)).to.deep.equal(colour(10));
  });

  it('grows darker with the size of the error, alike on both sides', () => {
    const light = ([r, g, b]: readonly number[]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    for (let size = 1; size <= 10; size++) {
      for (const sign of [-1, 1]) {
        expect(light(colour(sign * size))).to.be.below(light(colour(sign * (size - 1))));
      }
      expect(divergingLevel(size, 10) - divergingLevel(0, 10)).to.equal(
        divergingLevel(0, 10) - divergingLevel(-size, 10),
      );
    }
  });

  it('ends at a number of at most two digits that holds every error', () => {
    const end = (...errors: number[]) =>
      scaleEnd([{grid: {side: 1, pairsPerCell: 1, errors: Float32Array.from(errors)}}]);
    expect(end(0)).to.equal(1);
    expect(end(-11.1, 3)).to.equal(12);
    expect(end(0.25)).to.be.closeTo(0.3, 1e-12);
    expect(end(100)).to.equal(100);
  });
});

describe('the comparison picture', () => {
  it('names what it shows: title, axes with units, every multiplier', () => {
    const svg = compare('mbm7', 'mitchell7', 'bf16');
    for (const text of [
      'A title &#38; more',
      'Size of the relative error (%)',
      'Mean relative error (%)',
      'Relative error (%)',
      'Share of pairs (% per bin of 0.5)',
      'Fraction of the first operand',
      'Fraction of the second operand',
      'Exact product of significands (log scale)',
      'mbm7',
      'mitchell7',
      'bf16',
      '−12',
    ]) {
      expect(svg).to.contain(`>${text}<`);
    }
    expect(svg.match(/data:image\/png/g)).to.have.lengthOf(3 + 1);
    expect(svg).to.not.contain('NaN').and.not.contain('undefined');
  });

  it('is well-formed, whatever is compared: exact ones, a single pair of bits, a large table, many', async () => {
    for (const names of [
      ['bf16'],
      ['mitchell1'],
      ['mbm10'],
      Array.from({length: 11}, (_, i) => `mbm${i + 1}`),
    ]) {
      const svg = compare(...names);
      expect(svg).to.not.contain('NaN');
      // resvg reads XML strictly.
      const {IHDR} = chunksOf(await renderPng(svg, 0.25));
      expect(IHDR!.readUInt32BE(0)).to.equal(1160 / 4);
    }
  });

  it('has its text in the PNG on a machine without fonts', async () => {
    const svg = compare('bf16');
    const png = await renderPng(svg, 1);
    expect(Buffer.from(png).toString('latin1', 1, 4)).to.equal('PNG');
    for (const text of [
      'A title &#38; more',
      'Relative error (%)',
      'Fraction of the first operand',
    ]) {
      // Without the bundled font a text would leave no trace.
      const without = await renderPng(svg.replaceAll(`>${text}<`, '><'), 1);
      expect(Buffer.compare(png, without), text).to.not.equal(0);
    }
  });
});
