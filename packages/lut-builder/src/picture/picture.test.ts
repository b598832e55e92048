// SPDX-License-Identifier: Apache-2.0
import {fileURLToPath} from 'node:url';
import {inflateSync} from 'node:zlib';
import {expect} from 'chai';
import {parseHTML} from 'linkedom';
import {getMultiplier, lutMultiplier} from '@tfjs-approx/arithmetic';
import {createReport} from '../report/error-report.js';
import {comparison, scaleEnd} from './comparison.js';
import {heatMapPanel, rowsPanel} from './panels.js';
import {encodePng} from './png.js';
import {renderPng} from './render-png.js';
import {
  DIVERGING_PALETTE,
  divergingLevel,
  fitText,
  seriesColour,
  seriesSymbol,
  textWidth,
} from './style.js';

const compare = (...names: string[]) =>
  comparison(
    createReport(names.map(source => ({source, multiplier: getMultiplier(source)}))).multipliers,
    'A title & more',
  );

describe('a picture with recorded operands', () => {
  it('has a row for each layer and pass below the heat maps', () => {
    const {multipliers} = createReport([{source: 'mbm3', multiplier: getMultiplier('mbm3')}]);
    const without = comparison(multipliers, 'A title');
    const recorded = [{label: 'conv1, forward', values: [2.5]}];
    const picture = comparison(multipliers, 'A title', recorded);
    const heightOf = (svg: string) => Number(/height="(\d+)"/.exec(svg)![1]);
    expect(heightOf(picture)).above(heightOf(without));
    expect(picture).contain('conv1, forward').and.contain('MRED on the operands of each layer');
    expect(without).not.contain('MRED on the operands');
  });
});

/** Nearly 40 letters each, the widest ones among them; the first two differ at their ends only. */
const LONG_NAMES = [
  'mul8u_approximate_lower_columns_left_out_a',
  'mul8u_approximate_lower_columns_left_out_b',
  'WIDE_MULTIPLIER_OF_CAPITAL_LETTERS_MWMWMWMW',
  'an-array-multiplier-乘法器-乘法器-乘法器-of-eight-bits',
];
const compareLong = () =>
  comparison(
    createReport(
      LONG_NAMES.map(name => {
        const multiplier = lutMultiplier({...getMultiplier('mbm3').lut(), name});
        return {source: `${name}.safetensors`, multiplier};
      }),
    ).multipliers,
    LONG_NAMES.join(' and '),
  );

/** Of the ink that resvg draws with the bundled font. */
async function drawnWidth(text: string, size: number, bold = false): Promise<number> {
  const {Resvg} = await import('@resvg/resvg-js');
  const file = fileURLToPath(
    new URL(`../../fonts/DejaVuSans${bold ? '-Bold' : ''}.ttf`, import.meta.url),
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="50"><text y="30" font-family="DejaVu Sans" font-weight="${bold ? 'bold' : 'normal'}" font-size="${size}">${text}</text></svg>`;
  const font = {fontFiles: [file], loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans'};
  return new Resvg(svg, {font}).getBBox()!.width;
}

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
    expect([...IHDR]).to.deep.equal([0, 0, 0, 3, 0, 0, 0, 2, 8, 3, 0, 0, 0]);
    expect([...PLTE]).to.deep.equal(palette.flat());
    expect([...inflateSync(IDAT)]).to.deep.equal([0, 0, 1, 2, 0, 2, 1, 0]);
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
  const colour = (error: number) => DIVERGING_PALETTE[divergingLevel(error, 10)];

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
    const light = ([r, g, b]: readonly number[]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
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

describe('the series', () => {
  it('eight have a colour each, and colour and symbol repeat late', () => {
    const indices = Array.from({length: 56}, (_, i) => i);
    expect(new Set(indices.slice(0, 8).map(seriesColour)).size).to.equal(8);
    const pairs = indices.map(i => `${seriesColour(i)} ${seriesSymbol(i)}`);
    expect(new Set(pairs).size).to.equal(56);
  });
});

describe('texts in a picture', () => {
  it('are never wider than they are taken to be, and not much narrower', async () => {
    for (const name of [...LONG_NAMES.slice(0, 3), 'truncated-array-constant5-7', 'realm16-7']) {
      for (const bold of [false, true]) {
        const drawn = await drawnWidth(name, 14, bold);
        const taken = textWidth(name, {size: 14, bold});
        expect(drawn / taken, `${name} ${bold}`).to.be.within(0.85, 1);
      }
    }
  });

  it('lose their middle where there is no room, and are else as they are', () => {
    const style = {size: 12};
    expect(fitText('mbm7', 100, style)).to.equal('mbm7');
    const short = fitText(LONG_NAMES[0], 150, style);
    expect(short).to.match(/^mul8u_[^…]*…[^…]*_out_a$/);
    expect(textWidth(short, style)).to.be.within(130, 150);
    expect(fitText(LONG_NAMES[1], 150, style)).to.not.equal(short);
    expect(fitText('乘法器乘法器', 50, style)).to.equal('乘法…器');
    expect(fitText('mbm7', 1, style)).to.equal('…');
  });

  it('of long names stay in their place, with the whole name as a title', async () => {
    const svg = compareLong();
    const title = /<text [^>]*font-size="20"[^>]*>([^<]+)</.exec(svg)![1];
    expect(title).to.contain('…');
    expect(await drawnWidth(title, 20, true)).to.be.below(1160 - 2 * 24);
    const {document} = parseHTML(svg);
    for (const name of LONG_NAMES) {
      const shortened = [...document.querySelectorAll('text')].filter(
        text => text.querySelector('title')?.textContent === name,
      );
      // The heat map's; in the legend there is room.
      expect(shortened, name).to.have.lengthOf(1);
      const text = shortened[0].firstChild!.textContent!;
      expect(await drawnWidth(text, 13.5, true), name).to.be.below(270);
    }
    const side = heatMapPanel(
      {side: 1, pairsPerCell: 1, errors: Float32Array.of(0)},
      {title: LONG_NAMES[0], extent: 1, side: 175},
    );
    const inPage = />(mul8u[^<]*…[^<]*)</.exec(side)![1];
    expect(await drawnWidth(inPage, 13.5, true)).to.be.below(245);
  });

  it('of long layers leave room for the marks', () => {
    const layer = `resnet/${'stage_block_'.repeat(20)}, input gradient`;
    const rows = [
      {label: layer, values: [1]},
      {label: 'dense, forward', values: [2]},
    ];
    const svg = rowsPanel(rows, ['mbm7'], {title: 'MRED', width: 900});
    const {document} = parseHTML(svg);
    const marks = [...document.querySelectorAll('[aria-label="dot"] path')].map(path =>
      Number(/translate\(([\d.]+)/.exec(path.getAttribute('transform')!)![1]),
    );
    expect(marks).to.have.lengthOf(2);
    expect(Math.min(...marks)).to.be.within(360, 900);
    expect(svg).to.match(/>resnet\/stage[^<]*…[^<]*, input gradient</);
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
      expect(IHDR.readUInt32BE(0)).to.equal(1160 / 4);
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
