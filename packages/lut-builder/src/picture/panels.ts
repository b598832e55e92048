// SPDX-License-Identifier: Apache-2.0
/**
 * The panels of a report, each as one <svg> element. Observable Plot draws them into a linkedom
 * document, without a browser.
 */
import * as Plot from '@observablehq/plot';
import {parseHTML} from 'linkedom';
import {
  type ErrorGrid,
  type HistogramBin,
  type ProductBin,
  SLICES_PER_BINADE,
} from '../report/error-shape.js';
import {type AreaAndError, paretoFront} from '../report/pareto.js';
import {robustEnd} from '../report/robust-scale.js';
import {encodePng} from './png.js';
import {
  DIVERGING_PALETTE,
  FONT,
  INK,
  divergingLevel,
  fitText,
  plain,
  seriesColour,
  seriesSymbol,
  textWidth,
} from './style.js';

/** One multiplier's line; its place in the list gives its colour and symbol. */
export interface Series {
  readonly label: string;
  readonly byProduct: readonly ProductBin[];
  readonly histogram: readonly HistogramBin[];
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Lines with symbols; more of them would cover the lines. */
const MOST_WITH_SYMBOLS = 12;
const TEXT_SIZE = 12;
const HEADING_SIZE = 13.5;
const STYLE = {
  fontFamily: FONT,
  fontSize: `${TEXT_SIZE}px`,
  color: INK,
  background: 'none',
  overflow: 'visible',
};
const MARGINS = {marginLeft: 56, marginRight: 14, marginTop: 34, marginBottom: 48};
const GRID = {stroke: INK, strokeOpacity: 0.14};
const AXIS = {labelAnchor: 'center', labelArrow: 'none', labelOffset: 40} as const;

/** Mean magnitude of the error against the exact product; the largest one as a dashed line. */
export function magnitudePanel(series: readonly Series[], size: Size): string {
  const end = robustEnd(series.map(({byProduct}) => most(byProduct, bin => bin.worstCase)));
  return byProductPanel(series, size, {
    title: 'Size of the relative error (%)',
    domain: [0, end || 1],
    figures: [
      {of: bin => bin.meanAbsolute, marked: true},
      {of: bin => bin.worstCase, marked: false},
    ],
  });
}

/** Mean error, with its sign, against the exact product. */
export function biasPanel(series: readonly Series[], size: Size): string {
  const end = robustEnd(series.map(({byProduct}) => most(byProduct, bin => Math.abs(bin.mean))));
  const means = bins(series).map(bin => Math.max(-end, Math.min(end, bin.mean)));
  const domain: [number, number] = [Math.min(...means, 0), Math.max(...means, 0)];
  if (domain[0] === domain[1]) domain.splice(0, 2, -1, 1);
  return byProductPanel(series, size, {
    title: 'Mean relative error (%)',
    domain,
    figures: [{of: bin => bin.mean, marked: true}],
  });
}

const most = (binsOfOne: readonly ProductBin[], of: (bin: ProductBin) => number) =>
  Math.max(...binsOfOne.map(of), 0);

const bins = (series: readonly Series[]) => series.flatMap(({byProduct}) => byProduct);

interface Figure {
  readonly of: (bin: ProductBin) => number;
  /** Drawn solid, with symbols; else thin and dashed. */
  readonly marked: boolean;
}

function byProductPanel(
  series: readonly Series[],
  size: Size,
  {title, domain, figures}: {title: string; domain: [number, number]; figures: readonly Figure[]},
): string {
  const points = (of: Figure['of']) =>
    series.flatMap(({label, byProduct}) =>
      byProduct.map(bin => {
        const y = Math.max(domain[0], Math.min(domain[1], of(bin)));
        return {label, x: bin.log2, y, isClipped: y !== of(bin)};
      }),
    );
  const channels = {x: 'x', y: 'y', stroke: 'label', z: 'label'};
  // A symbol at every fourth slice, at other ones for each line, so that lines on each other show.
  const marked = ({label, x, isClipped}: Point) => {
    if (isClipped || series.length > MOST_WITH_SYMBOLS) return false;
    const slice = Math.floor(x * SLICES_PER_BINADE);
    return slice % 4 === series.findIndex(s => s.label === label) % 4;
  };
  return draw(size, title, {
    ...scales(series),
    // The exponent, labelled with the product itself.
    x: {domain: [0, 2], label: null},
    y: {domain, nice: true, inset: 4, label: null},
    marks: [
      Plot.gridY(GRID),
      Plot.ruleY([0], {stroke: INK, strokeOpacity: 0.6}),
      Plot.ruleX([1], {stroke: INK, strokeOpacity: 0.35, strokeDasharray: '2 3'}),
      Plot.axisY({ticks: 6, tickFormat: plain, label: null}),
      Plot.axisX([1, 1.25, 1.5, 2, 2.5, 3, 4].map(Math.log2), {
        ...AXIS,
        tickFormat: log2 => plain(2 ** log2),
        label: 'Exact product of significands (log scale)',
      }),
      ...figures.flatMap(({of, marked: isMarked}) =>
        isMarked
          ? [
              Plot.line(points(of), {...channels, strokeWidth: 2}),
              clippedMarks(points(of)),
              Plot.dot(points(of).filter(marked), {
                ...channels,
                symbol: 'label',
                fill: 'label',
                r: 3.5,
              }),
            ]
          : [
              clippedMarks(points(of)),
              Plot.line(points(of), {
                ...channels,
                strokeWidth: 1.25,
                strokeDasharray: '5 4',
                strokeOpacity: 0.8,
              }),
            ],
      ),
    ],
  });
}

interface Point {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly isClipped: boolean;
}

/** Open triangles at the end of a scale, for what lies beyond it. */
function clippedMarks(points: readonly Point[], every = 4): Plot.Markish {
  return Plot.dot(
    points.filter(({isClipped}, p) => isClipped && p % every === 0),
    {
      x: 'x',
      y: 'y',
      stroke: 'label',
      symbol: 'triangle',
      rotate: ({y}: Point) => (y < 0 ? 180 : 0),
      r: 5,
    },
  );
}

/** Mean error against area, and the front of those that no other is better than in both. */
export function areaPanel(
  points: ReadonlyArray<AreaAndError & {readonly label: string}>,
  labels: readonly string[],
  size: Size,
): string {
  const front = paretoFront(points);
  const end = robustEnd(points.map(({error}) => error)) || 1;
  const shown = (list: typeof points) =>
    list.map(({label, area, error}) => ({
      label,
      x: area,
      y: Math.min(end, error),
      isClipped: error > end,
    }));
  return draw(size, 'Mean relative error (MRED, %)', {
    ...scales(labels.map(label => ({label}))),
    x: {label: null, nice: true, inset: 8},
    y: {domain: [0, end], nice: true, inset: 6, label: null},
    marks: [
      Plot.gridY(GRID),
      Plot.gridX(GRID),
      Plot.axisY({ticks: 6, tickFormat: plain, label: null}),
      Plot.axisX({...AXIS, ticks: 6, label: 'Area in gate equivalents'}),
      Plot.line(shown(front), {
        x: 'x',
        y: 'y',
        curve: 'step-after',
        stroke: INK,
        strokeOpacity: 0.5,
      }),
      Plot.dot(
        shown(points).filter(({isClipped}) => !isClipped),
        {x: 'x', y: 'y', stroke: 'label', fill: 'label', symbol: 'label', r: 4.5},
      ),
      clippedMarks(shown(points), 1),
    ],
  });
}

/** How often each error occurs. Root scale: a spike of exact products must not flatten the rest. */
export function histogramPanel(series: readonly Series[], size: Size): string {
  const steps = series.flatMap(({label, histogram}) => [
    {label, x: histogram[0].low, y: 0},
    ...histogram.flatMap(({low, high, share}) => [
      {label, x: low, y: share},
      {label, x: high, y: share},
    ]),
    {label, x: histogram.at(-1)!.high, y: 0},
  ]);
  const highest = Math.max(...steps.map(({y}) => y));
  const {low, high} = series[0].histogram[0];
  return draw(size, `Share of pairs (% per bin of ${plain(high - low)})`, {
    ...scales(series),
    x: {label: null, nice: true},
    y: {type: 'sqrt', domain: [0, highest], nice: true, label: null},
    marks: [
      Plot.gridY({...GRID, ticks: shareTicks(highest)}),
      Plot.ruleX([0], {stroke: INK, strokeOpacity: 0.35, strokeDasharray: '2 3'}),
      Plot.axisY(shareTicks(highest), {tickFormat: plain, label: null}),
      Plot.axisX({...AXIS, ticks: 5, tickFormat: plain, label: 'Relative error (%)'}),
      Plot.line(steps, {x: 'x', y: 'y', stroke: 'label', z: 'label', strokeWidth: 1.75}),
      Plot.ruleY([0], {stroke: INK, strokeOpacity: 0.6}),
    ],
  });
}

/** On a root scale equal steps would crowd at the top. */
function shareTicks(most: number): number[] {
  const ticks = [0.1, 0.5, 1, 2, 5, 10, 20, 50, 100].filter(tick => tick <= most * 1.001);
  return [0, ...ticks.slice(-5)];
}

/** A grid of errors over both fractions, on a scale from -extent to extent percent. */
export function heatMapPanel(
  grid: ErrorGrid,
  {title, extent, side}: {title: string; extent: number; side: number},
): string {
  const {marginLeft, marginRight, marginTop, marginBottom} = MARGINS;
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return draw(
    {width: side + marginLeft + marginRight, height: side + marginTop + marginBottom},
    title,
    {
      x: {domain: [0, 1], label: null},
      y: {domain: [0, 1], label: null},
      marks: [
        Plot.image([0], {
          x: 0.5,
          y: 0.5,
          width: side,
          height: side,
          src: () => heatMapImage(grid, extent, side),
          preserveAspectRatio: 'none',
        }),
        Plot.frame({stroke: INK, strokeOpacity: 0.6}),
        Plot.axisX(ticks, {...AXIS, tickFormat: plain, label: 'Fraction of the second operand'}),
        Plot.axisY(ticks, {
          ...AXIS,
          labelOffset: 50,
          tickFormat: plain,
          label: 'Fraction of the first operand',
        }),
      ],
    },
  );
}

/** At twice the size on paper, so that viewers that smooth images blur no cell into the next. */
function heatMapImage({side: cells, errors}: ErrorGrid, extent: number, side: number): string {
  const zoom = Math.max(1, Math.round((2 * side) / cells));
  const n = cells * zoom;
  const pixels = new Uint8Array(n * n);
  for (let y = 0; y < n; y++) {
    // Pictures begin at the top, the axis at the bottom.
    const row = (cells - 1 - Math.floor(y / zoom)) * cells;
    for (let x = 0; x < n; x++) {
      pixels[y * n + x] = divergingLevel(errors[row + Math.floor(x / zoom)], extent);
    }
  }
  return dataUri(encodePng(n, n, pixels, DIVERGING_PALETTE));
}

/** The scale of heat maps, lying, with its ends in percent. */
export function scaleBar(extent: number, width: number): string {
  const levels = Uint8Array.from(DIVERGING_PALETTE, (_, level) => level);
  const ticks = [-1, -0.5, 0, 0.5, 1].map(part => part * extent);
  return draw({width, height: 62}, 'Relative error (%)', {
    marginTop: 26,
    marginBottom: 20,
    marginLeft: 24,
    marginRight: 24,
    x: {domain: [-extent, extent], label: null},
    marks: [
      Plot.image([0], {
        frameAnchor: 'middle',
        width: width - 48,
        height: 16,
        src: () => dataUri(encodePng(levels.length, 1, levels, DIVERGING_PALETTE)),
        preserveAspectRatio: 'none',
      }),
      Plot.frame({stroke: INK, strokeOpacity: 0.6}),
      Plot.axisX(ticks, {tickFormat: plain, label: null}),
    ],
  });
}

/** One row of figures: a mark for each multiplier that has one. */
export interface Row {
  readonly label: string;
  /** In the order of the labels of the multipliers. */
  readonly values: ReadonlyArray<number | null>;
}

export const RECORDED_TITLE = 'MRED on the operands of each layer and pass';

export function rowsHeight(rows: readonly Row[]): number {
  return MARGINS.marginTop + MARGINS.marginBottom + 24 * rows.length;
}

/** Figures of several multipliers by row, for example the mean error on each layer's operands. */
export function rowsPanel(
  rows: readonly Row[],
  labels: readonly string[],
  {title, width}: {title: string; width: number},
): string {
  const points = rows.flatMap(({label: row, values}) =>
    values.flatMap((value, i) => (value === null ? [] : [{row, label: labels[i], value}])),
  );
  // Room for the marks: names take two fifths of the width at most.
  const shown = new Map(
    rows.map(({label}) => [label, fitText(label, 0.4 * width, {size: TEXT_SIZE})]),
  );
  const marginLeft =
    16 + Math.max(...[...shown.values()].map(text => textWidth(text, {size: TEXT_SIZE})));
  return draw({width, height: rowsHeight(rows)}, title, {
    ...scales(labels.map(label => ({label}))),
    marginLeft,
    x: {domain: [0, Math.max(...points.map(({value}) => value), 0) || 1], nice: true, label: null},
    y: {domain: rows.map(({label}) => label), type: 'point', label: null, padding: 0.5},
    marks: [
      Plot.gridY({...GRID, strokeDasharray: '2 3'}),
      Plot.gridX(GRID),
      Plot.axisY({label: null, tickSize: 0, tickFormat: (label: string) => shown.get(label)!}),
      Plot.axisX({...AXIS, ticks: 8, tickFormat: plain, label: 'Mean relative error distance (%)'}),
      Plot.dot(points, {
        x: 'value',
        y: 'row',
        stroke: 'label',
        fill: 'label',
        symbol: 'label',
        r: 4,
      }),
    ],
  });
}

function dataUri(png: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

/** Plot's own symbol, so that legend and lines have the same ones. */
export function marker(i: number): string {
  return draw({width: 20, height: 20}, '', {
    axis: null,
    marginLeft: 0,
    marginRight: 0,
    marginTop: 0,
    marginBottom: 0,
    marks: [
      Plot.dot([0], {
        frameAnchor: 'middle',
        symbol: seriesSymbol(i),
        stroke: seriesColour(i),
        fill: seriesColour(i),
        r: 4,
      }),
    ],
  });
}

function scales(series: ReadonlyArray<{readonly label: string}>): Plot.PlotOptions {
  const labels = series.map(({label}) => label);
  return {
    color: {domain: labels, range: labels.map((_, i) => seriesColour(i))},
    symbol: {domain: labels, range: labels.map((_, i) => seriesSymbol(i))},
  };
}

function draw(size: Size, title: string, options: Plot.PlotOptions): string {
  const {document} = parseHTML('<!doctype html><body></body>');
  const {marginLeft, marginTop} = {...MARGINS, ...options};
  const text = fitText(title, size.width - 4, {size: HEADING_SIZE, bold: true});
  const heading = Plot.text([text], {
    ...(text === title ? {} : {title: () => title}),
    frameAnchor: 'top-left',
    dx: -marginLeft,
    dy: -marginTop + 4,
    fontSize: HEADING_SIZE,
    fontWeight: 'bold',
    fill: INK,
  });
  const svg = Plot.plot({
    ...MARGINS,
    ...options,
    ...size,
    document,
    style: STYLE,
    marks: [...(options.marks ?? []), ...(title ? [heading] : [])],
  });
  // Plot's style sheet is the same in every picture, and says nothing that they need.
  svg.querySelector('style')?.remove();
  return svg.outerHTML;
}
