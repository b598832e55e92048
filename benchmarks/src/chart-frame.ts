// SPDX-License-Identifier: Apache-2.0
/** What the charts share: one look per contender, title, legend, and panels placed side by side. */
import * as Plot from '@observablehq/plot';
import {parseHTML} from 'linkedom';

/** Verdana has nearly the same widths, for viewers without the font. */
export const FONT = "'DejaVu Sans', Verdana, sans-serif";
export const INK = '#1f2328';
export const MUTED = '#57606a';
export const GRID = {stroke: INK, strokeOpacity: 0.12};

const AXIS_FONT_SIZE = 12.5;
const LEGEND_FONT_SIZE = 13.5;
/** Between labels and the plot. */
const LABEL_GAP = 16;

export interface Look {
  readonly colour: string;
  /** null: a line without marks. */
  readonly symbol: Plot.SymbolType | null;
  readonly dash?: string;
}

/**
 * M. Okabe and K. Ito, Color Universal Design, 2008, which are told apart with every kind of colour
 * blindness; greys and dashes for what is not approx. A contender looks the same in all charts.
 */
const LOOKS: Record<string, Look> = {
  'stock webgpu': {colour: INK, symbol: 'circle'},
  'stock cpu': {colour: '#6e7781', symbol: 'square', dash: '6 3'},
  'stock wasm': {colour: '#9aa3ac', symbol: 'triangle', dash: '6 3'},
  'tfjs-node': {colour: '#3d444d', symbol: 'diamond', dash: '6 3'},
  fp32: {colour: '#0072b2', symbol: 'square'},
  bf16: {colour: '#56b4e9', symbol: 'triangle'},
  mitchell7: {colour: '#009e73', symbol: 'diamond'},
  mbm7: {colour: '#d55e00', symbol: 'star'},
  'mbm7:lut': {colour: '#cc79a7', symbol: 'wye'},
  'direct simulation': {colour: '#e69f00', symbol: null, dash: '2 3'},
  'look-up limit': {colour: INK, symbol: null, dash: '10 4 2 4'},
};
const OTHERS: readonly Look[] = [
  {colour: '#e69f00', symbol: 'circle'},
  {colour: '#0072b2', symbol: 'times', dash: '8 2'},
  {colour: '#d55e00', symbol: 'circle', dash: '8 2'},
  {colour: '#009e73', symbol: 'square', dash: '8 2'},
];

export function lookOf(contender: string, contenders: readonly string[]): Look {
  const unknown = contenders.filter(name => !(name in LOOKS));
  return LOOKS[contender] ?? OTHERS[unknown.indexOf(contender) % OTHERS.length];
}

/** Scales with which marks find a contender's colour and symbol by its name. */
export function contenderScales(contenders: readonly string[]): Plot.PlotOptions {
  const looks = contenders.map(name => lookOf(name, contenders));
  return {
    color: {domain: contenders, range: looks.map(({colour}) => colour)},
    symbol: {domain: contenders, range: looks.map(({symbol}) => symbol ?? 'circle')},
  };
}

export interface Panel {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** @returns an <svg> element for a frame; its title stands above the plot. */
export function panel(
  title: string,
  options: Plot.PlotOptions & {width: number; height: number},
): Panel {
  const {document} = parseHTML('<!doctype html><body></body>');
  const {marginLeft = 60, marginTop = 36, marks = [], style = {}} = options;
  const svg = Plot.plot({
    ...options,
    document,
    marginLeft,
    marginTop,
    style: {
      fontFamily: FONT,
      fontSize: `${AXIS_FONT_SIZE}px`,
      color: INK,
      background: 'none',
      overflow: 'visible',
      ...(style as object),
    },
    marks: [
      ...marks,
      Plot.text([title], {
        frameAnchor: 'top-left',
        dx: -marginLeft,
        dy: -marginTop + 2,
        fontSize: 14,
        fontWeight: 'bold',
        fill: INK,
        // Once, and not in every facet.
        ...(options.marks === undefined ? {} : {facet: 'super' as const}),
      }),
    ],
  });
  return {svg: svg.outerHTML, width: options.width, height: options.height};
}

const LEFT = 24;
const GAP = 28;

export interface FrameOptions {
  readonly title: string;
  /** Lines under the title. */
  readonly subtitles: readonly string[];
  readonly contenders: readonly string[];
  readonly panels: readonly Panel[];
  /** Whether the legend shows symbols on lines, or filled squares. */
  readonly legend: 'lines' | 'bars' | 'dots';
  /** Panels below each other. */
  readonly stacked?: boolean;
}

/** A complete SVG document. */
export function frame(of: FrameOptions): string {
  const {title, subtitles, contenders, panels, legend, stacked = false} = of;
  const widths = panels.map(({width}) => width + GAP);
  const heights = panels.map(({height}) => height + GAP);
  const sum = (sizes: number[]): number => sizes.reduce((total, size) => total + size, -GAP);
  const inner = Math.max(720, stacked ? Math.max(...widths) - GAP : sum(widths));
  const width = inner + 2 * LEFT;
  const legendTop = 58 + 19 * subtitles.length;
  const drawn = drawLegend(contenders, legend, inner);
  const top = legendTop + drawn.height + 18;
  const height = top + (stacked ? sum(heights) : Math.max(...heights) - GAP) + 16;
  const placed = panels.map(({svg}, i) => {
    const before = (sizes: number[]): number => sum([...sizes.slice(0, i), GAP]);
    return stacked
      ? place(svg, LEFT, top + before(heights))
      : place(svg, LEFT + before(widths), top);
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}" color="${INK}" fill="${INK}">
<title>${escapeXml(title)}</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${LEFT}" y="36" font-size="19" font-weight="bold">${escapeXml(title)}</text>
${subtitles.map((line, i) => `<text x="${LEFT}" y="${58 + 19 * i}" font-size="12.5" fill="${MUTED}">${escapeXml(line)}</text>`).join('\n')}
<g transform="translate(${LEFT},${legendTop})">${drawn.svg}</g>
${placed.join('\n')}
</svg>
`;
}

/** One entry per contender, wrapped to the width. */
function drawLegend(
  contenders: readonly string[],
  kind: FrameOptions['legend'],
  width: number,
): {svg: string; height: number} {
  const lineHeight = 23;
  let x = 0;
  let y = 8;
  const parts = contenders.map(name => {
    const {colour, symbol, dash = 'none'} = lookOf(name, contenders);
    const needed = 36 + textWidth(name, LEGEND_FONT_SIZE) + 24;
    if (x > 0 && x + needed > width) {
      x = 0;
      y += lineHeight;
    }
    const line = `<path d="M0,-4.5h28" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>`;
    const sample =
      kind === 'bars'
        ? `<rect x="10" y="-11" width="14" height="12" fill="${colour}"/>`
        : (kind === 'lines' ? line : '') + (symbol === null ? '' : marker(colour, symbol));
    const part =
      `<g transform="translate(${x.toFixed(1)},${y})">${sample}` +
      `<text x="36" font-size="${LEGEND_FONT_SIZE}">${escapeXml(name)}</text></g>`;
    x += needed;
    return part;
  });
  return {svg: parts.join('\n'), height: y};
}

/** Plot's own dot, so that legend and panels have the same symbols. */
function marker(colour: string, symbol: Plot.SymbolType): string {
  const {document} = parseHTML('<!doctype html><body></body>');
  const dot = Plot.dot([0], {
    frameAnchor: 'middle',
    symbol,
    stroke: colour,
    fill: '#ffffff',
    strokeWidth: 1.75,
    r: 4,
  });
  const svg = Plot.plot({document, axis: null, width: 28, height: 20, margin: 0, marks: [dot]});
  return place(svg.outerHTML, 0, -14.5);
}

/** Positions an <svg> element inside another one. */
const place = (svg: string, x: number, y: number): string =>
  svg.replace('<svg ', `<svg x="${x}" y="${y}" `);

/** About that of DejaVu Sans; rather more. */
function textWidth(text: string, fontSize: number): number {
  const width = (c: string) => {
    if (/[mwMW@]/.test(c)) return 0.98;
    if (/[A-Z+=<>]/.test(c)) return 0.78;
    return /[ijlft .,:-]/.test(c) ? 0.4 : 0.64;
  };
  return [...text].reduce((sum, c) => sum + width(c), 0) * fontSize;
}

/** The left margin that labels of a vertical axis need. */
export function labelMargin(labels: readonly string[]): number {
  return Math.ceil(
    LABEL_GAP + Math.max(0, ...labels.map(label => textWidth(label, AXIS_FONT_SIZE))),
  );
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
}
