// SPDX-License-Identifier: Apache-2.0
/**
 * Charts of results, as SVG and PNG: ratios to the stock backend, convolution layers, matrix products
 * with the look-up limit, and how time grows with work. They can be redrawn from a results file.
 */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import * as Plot from '@observablehq/plot';
import {renderPng} from '@tfjs-approx/lut-builder/node';
import type {GroupName} from './benchmark-case.js';
import {
  contenderScales,
  frame,
  GRID,
  INK,
  labelMargin,
  lookOf,
  panel,
  type Panel,
} from './chart-frame.js';
import {digits} from './report.js';
import {gmacPerSecond, type BenchmarkResults, type Measurement} from './results.js';

type ChartName = 'ratios' | 'convolutions' | 'gemm' | 'growth';

/** Of a panel of bars, and of a panel of convolution layers, without the labels. */
const PLOT_WIDTH = 436;
const LAYERS_WIDTH = 696;

const DIRECT = 'direct simulation';
const LIMIT = 'look-up limit';

/** @returns lines for people: the paths written, and why a picture is missing. */
export async function writeCharts(
  folder: string,
  name: string,
  run: BenchmarkResults,
): Promise<string[]> {
  mkdirSync(folder, {recursive: true});
  const lines: string[] = [];
  let problem: string | undefined;
  for (const [chart, svg] of Object.entries(charts(run))) {
    const path = join(folder, `${name}-${chart}`);
    writeFileSync(`${path}.svg`, svg);
    lines.push(`${path}.svg`);
    if (problem !== undefined) continue;
    try {
      writeFileSync(`${path}.png`, await renderPng(svg, 1.5));
      lines.push(`${path}.png`);
    } catch (error) {
      problem = (error as Error).message.split('\n')[0];
    }
  }
  if (problem !== undefined) {
    lines.push(`No PNG here (${problem}). Elsewhere: npm run bench -- --charts ${name}.json`);
  }
  return lines;
}

/** SVG documents; charts without a figure are left out. */
export function charts(run: BenchmarkResults): Partial<Record<ChartName, string>> {
  const drawn = {
    ratios: ratioChart(run),
    convolutions: convolutionChart(run),
    gemm: gemmChart(run),
    growth: growthChart(run),
  };
  return Object.fromEntries(
    Object.entries(drawn).filter((entry): entry is [ChartName, string] => entry[1] !== undefined),
  );
}

function ratioChart(run: BenchmarkResults): string | undefined {
  const compared = run.measurements.filter(
    m => m.multiplier !== null && m.ratio !== null && (m.group === 'gemm' || m.group === 'step'),
  );
  if (compared.length === 0) return undefined;
  const contenders = contendersOf(compared);
  const panels = enginesOf(compared).map(engine => {
    const own = compared.filter(m => m.engine === engine);
    const cases = [...new Set(own.map(m => m.case))];
    const marginLeft = labelMargin(cases);
    const ratios = own.map(m => m.ratio!);
    const low = Math.min(0.9, ...ratios);
    const high = Math.max(1.1, ...ratios);
    return panel(`approx on ${engine}: time / stock ${engine}'s time`, {
      width: PLOT_WIDTH + marginLeft,
      height: 74 + cases.length * (14 * contenders.length + 10),
      marginLeft,
      marginRight: 48,
      marginBottom: 40,
      x: {type: 'log', domain: [low / 1.15, high * 1.15], label: null},
      y: {axis: null, domain: contenders, padding: 0.15},
      fy: {domain: cases, label: null, padding: 0.12},
      ...contenderScales(contenders),
      marks: [
        Plot.gridX({...GRID, ticks: decadeSteps(low, high)}),
        Plot.axisX({
          ticks: decadeSteps(low, high),
          tickFormat: plain,
          label: 'less is faster (log scale)',
          labelAnchor: 'center',
          labelArrow: 'none',
        }),
        Plot.axisFy({label: null, anchor: 'left', textAnchor: 'end', dx: -6, tickSize: 0}),
        Plot.barX(own, {
          x1: () => 1,
          x2: 'ratio',
          y: 'contender',
          fy: 'case',
          fill: 'contender',
        }),
        Plot.ruleX([1], {stroke: INK, strokeWidth: 1.25}),
        Plot.text(own, {
          x: (m: Measurement) => Math.max(1, m.ratio!),
          y: 'contender',
          fy: 'case',
          text: (m: Measurement) => digits(m.ratio),
          textAnchor: 'start',
          dx: 4,
          fontSize: 10.5,
          fill: INK,
        }),
      ],
    });
  });
  return frame({
    title: 'Time of approx over that of the stock backend',
    subtitles: subtitles(run),
    contenders,
    panels,
    legend: 'bars',
  });
}

function convolutionChart(run: BenchmarkResults): string | undefined {
  const compared = run.measurements.filter(
    m => m.multiplier !== null && m.ratio !== null && m.group === 'conv',
  );
  if (compared.length === 0) return undefined;
  const contenders = contendersOf(compared);
  const passOf = (m: Measurement) => m.case.slice(m.case.lastIndexOf(' ') + 1);
  const layerOf = (m: Measurement) => m.case.slice(0, m.case.lastIndexOf(' '));
  const marginLeft = labelMargin(compared.map(layerOf));
  const panels = enginesOf(compared).map(engine => {
    const own = compared.filter(m => m.engine === engine);
    const layers = [...new Set(own.map(layerOf))];
    const ratios = own.map(m => m.ratio!);
    const [low, high] = [Math.min(0.9, ...ratios), Math.max(1.1, ...ratios)];
    return panel(`approx on ${engine}: time / stock ${engine}'s time`, {
      width: LAYERS_WIDTH + marginLeft,
      height: 104 + layers.length * 21,
      marginLeft,
      marginRight: 14,
      marginTop: 56,
      marginBottom: 40,
      x: {type: 'log', domain: [low / 1.4, high * 1.4], label: null},
      y: {type: 'point', domain: layers, label: null, tickSize: 0, padding: 0.6},
      fx: {domain: ['forward', 'dX', 'dW'], label: null, padding: 0.05},
      ...contenderScales(contenders),
      marks: [
        Plot.gridY(layers, {...GRID, fx: null}),
        Plot.gridX({...GRID, ticks: decadeSteps(low, high, 6)}),
        Plot.axisX({
          ticks: decadeSteps(low, high, 6),
          tickFormat: plain,
          label: 'less is faster (log scale)',
          labelAnchor: 'center',
          labelArrow: 'none',
        }),
        Plot.ruleX([1], {stroke: INK, strokeWidth: 1.25}),
        Plot.dot(own, {
          x: 'ratio',
          y: layerOf,
          fx: passOf,
          stroke: 'contender',
          symbol: 'contender',
          fill: '#ffffff',
          fillOpacity: 0.6,
          strokeWidth: 1.6,
          r: 3.6,
        }),
      ],
    });
  });
  const untimed = run.untimed.filter(
    ({group, engine, contender}) => group === 'conv' && contender === `stock ${engine}`,
  );
  const hasFailed = untimed.some(({isFailure}) => isFailure);
  const whyMissing = hasFailed
    ? 'No points: the stock backend failed, or takes too long to be timed.'
    : 'No points: the stock backend takes too long to be timed.';
  return frame({
    title: 'Convolution layers: time of approx over that of the stock backend',
    subtitles: [
      ...subtitles(run),
      'Kernel size and stride, channels in and out, height and width of the input.',
      ...(untimed.length > 0 ? [whyMissing] : []),
    ],
    contenders,
    panels,
    legend: 'dots',
    stacked: true,
  });
}

function gemmChart(run: BenchmarkResults): string | undefined {
  const measured = run.measurements.filter(m => m.group === 'gemm' && m.macs !== null);
  if (measured.length === 0) return undefined;
  const contenders = withLines(contendersOf(measured), run);
  const panels = enginesOf(measured).map(engine => {
    const own = measured.filter(m => m.engine === engine);
    const sizeOf = (m: Measurement) => Math.round(Math.cbrt(m.macs!));
    const sizes = [...new Set(own.map(sizeOf))].sort((a, b) => a - b);
    const ends = [sizes[0] / 1.12, sizes.at(-1)! * 1.12];
    const limit = engine === 'webgpu' ? run.lookUpLimit : null;
    const level = (y: number): Point[] => ends.map(x => ({x, y}));
    const values = [
      ...own.map(m => gmacPerSecond(m)!),
      ...(run.direct ? [run.direct.gmacPerSecond] : []),
      ...(limit ? [limit.perSecond / 1e9] : []),
    ];
    return linePanel(`approx on ${engine}`, {
      points: own.map(m => ({x: sizeOf(m), y: gmacPerSecond(m)!, contender: m.contender})),
      contenders,
      xLabel: 'Size of the square matrices',
      yLabel: 'GMAC/s (log scale)',
      xTicks: sizes,
      xFormat: String,
      xDomain: ends as [number, number],
      yValues: values,
      lines: [
        ...(run.direct ? [{contender: DIRECT, points: level(run.direct.gmacPerSecond)}] : []),
        ...(limit ? [{contender: LIMIT, points: level(limit.perSecond / 1e9)}] : []),
      ],
    });
  });
  return frame({
    title: 'Matrix products: multiply-accumulates per second',
    subtitles: [...subtitles(run), ...limitNote(run)],
    contenders,
    panels,
    legend: 'lines',
  });
}

function growthChart(run: BenchmarkResults): string | undefined {
  const has = (group: GroupName) => run.measurements.some(m => m.group === group);
  const group: GroupName = has('growth') ? 'growth' : 'gemm';
  const measured = run.measurements.filter(m => m.group === group && m.macs !== null);
  if (measured.length === 0) return undefined;
  const contenders = withLines(contendersOf(measured), run);
  const panels = enginesOf(measured).map(engine => {
    const own = measured.filter(m => m.engine === engine);
    const macs = own.map(m => m.macs!);
    const ends = [Math.min(...macs) / 1.4, Math.max(...macs) * 1.4];
    const limit = engine === 'webgpu' ? run.lookUpLimit : null;
    const decades = Array.from({length: 12}, (_, i) => 10 ** (i + 3));
    const atSpeed = (gmac: number): Point[] => ends.map(x => ({x, y: x / gmac / 1e6}));
    return linePanel(`approx on ${engine}`, {
      points: own.map(m => ({x: m.macs!, y: m.wallMs.median, contender: m.contender})),
      contenders,
      xLabel: 'Multiply-accumulates of a matrix product (log scale)',
      yLabel: 'Milliseconds (log scale)',
      xTicks: decades.filter(x => x >= ends[0] && x <= ends[1]),
      xFormat: powerOfTen,
      xDomain: ends as [number, number],
      yValues: own.map(m => m.wallMs.median),
      lines: [
        ...(run.direct ? [{contender: DIRECT, points: atSpeed(run.direct.gmacPerSecond)}] : []),
        ...(limit ? [{contender: LIMIT, points: atSpeed(limit.perSecond / 1e9)}] : []),
      ],
    });
  });
  return frame({
    title: 'How time grows with work',
    subtitles: [...subtitles(run), ...limitNote(run)],
    contenders,
    panels,
    legend: 'lines',
  });
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface LinePanel {
  readonly points: readonly (Point & {contender: string})[];
  readonly contenders: readonly string[];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xTicks: readonly number[];
  readonly xFormat: (x: number) => string;
  readonly xDomain: [number, number];
  /** What the vertical scale has to hold. */
  readonly yValues: readonly number[];
  /** Lines without symbols. */
  readonly lines: readonly {contender: string; points: readonly Point[]}[];
}

/** Lines of contenders on two logarithmic scales. */
function linePanel(title: string, of: LinePanel): Panel {
  const {contenders, xDomain} = of;
  const yDomain = [Math.min(...of.yValues) / 1.5, Math.max(...of.yValues) * 2] as const;
  const decades = Array.from({length: 16}, (_, i) => 10 ** (i - 6));
  const yTicks = decades.filter(y => y >= yDomain[0] && y <= yDomain[1]);
  const present = contenders.filter(name => of.points.some(({contender}) => contender === name));
  const dashed = (name: string) => ({
    stroke: lookOf(name, contenders).colour,
    strokeDasharray: lookOf(name, contenders).dash ?? 'none',
    strokeWidth: 2,
  });
  return panel(`${title}: ${of.yLabel.toLowerCase().replace('gmac', 'GMAC')}`, {
    width: 560,
    height: 470,
    marginLeft: 64,
    marginRight: 16,
    marginBottom: 48,
    x: {type: 'log', domain: xDomain, label: null},
    y: {type: 'log', domain: [...yDomain], label: null},
    ...contenderScales(contenders),
    marks: [
      Plot.gridY({...GRID, ticks: yTicks}),
      Plot.axisY({ticks: yTicks, tickFormat: plain, label: null}),
      Plot.axisX({
        ticks: [...of.xTicks],
        tickFormat: of.xFormat,
        label: of.xLabel,
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 42,
      }),
      Plot.frame({stroke: INK, strokeOpacity: 0.35}),
      ...of.lines.map(({contender, points}) =>
        Plot.line(cut(points, yDomain), {x: 'x', y: 'y', ...dashed(contender)}),
      ),
      ...present.map(name =>
        Plot.line(
          of.points.filter(({contender}) => contender === name),
          {x: 'x', y: 'y', ...dashed(name)},
        ),
      ),
      Plot.dot(of.points, {
        x: 'x',
        y: 'y',
        stroke: 'contender',
        symbol: 'contender',
        fill: '#ffffff',
        strokeWidth: 1.75,
        r: 4,
      }),
    ],
  });
}

/**
 * The part of a straight line, on logarithmic scales, that lies in a range; nothing where it is outside.
 * resvg aborts when a clip path leaves nothing of a line.
 */
function cut(line: readonly Point[], [low, high]: readonly [number, number]): Point[] {
  const [from, to] = [line[0], line.at(-1)!];
  if (from.y === to.y) return from.y >= low && from.y <= high ? [from, to] : [];
  const at = (y: number): Point => {
    const share = Math.log(y / from.y) / Math.log(to.y / from.y);
    return {x: from.x * (to.x / from.x) ** share, y};
  };
  if (to.y < low || from.y > high) return [];
  return [from.y < low ? at(low) : from, to.y > high ? at(high) : to];
}

function contendersOf(measurements: readonly Measurement[]): string[] {
  const names = [...new Set(measurements.map(m => m.contender))];
  const isApprox = (name: string) =>
    measurements.some(m => m.contender === name && m.multiplier !== null);
  return names.sort((a, b) => Number(isApprox(a)) - Number(isApprox(b)));
}

const withLines = (contenders: string[], {direct, lookUpLimit}: BenchmarkResults): string[] => [
  ...contenders,
  ...(direct ? [DIRECT] : []),
  ...(lookUpLimit ? [LIMIT] : []),
];

const enginesOf = (measurements: readonly Measurement[]): string[] => [
  ...new Set(measurements.map(m => m.engine)),
];

function subtitles({device, provenance, effort}: BenchmarkResults): string[] {
  const {machine, commit, date} = provenance;
  const driver = device.driver === null ? '' : `, driver ${device.driver}`;
  return [
    `${device.name}${driver}; ${machine.processor}, ${machine.cores} cores`,
    `tfjs-approx ${commit ?? 'of an unknown commit'}, ${date.slice(0, 10)}, ${effort} benchmark; ` +
      'medians, time until a result is read',
  ];
}

function limitNote({lookUpLimit, direct, device}: BenchmarkResults): string[] {
  const limit = lookUpLimit
    ? `Look-up limit: ${plain(lookUpLimit.perSecond / 1e9)} GMAC/s, ${lookUpLimit.from}; it bounds tables, not closed forms.`
    : device.engine === 'webgpu'
      ? 'The look-up limit of this device is not known.'
      : '';
  const simulation = direct
    ? `Direct simulation: ${direct.multiplier} without a table on one core, ` +
      `${plain(direct.gmacPerSecond)} GMAC/s at ${direct.size}, drawn as proportional to work.`
    : '';
  return [limit, simulation].filter(Boolean);
}

/** The steps 1, 2, 5 of each decade between two values; fewer where they would be too many. */
function decadeSteps(low: number, high: number, most = 10): number[] {
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const ticks = Array.from({length: 14}, (_, i) => i - 6)
      .flatMap(decade => steps.map(step => Number(`${step}e${decade}`)))
      .filter(tick => tick >= low / 1.1 && tick <= high * 1.1);
    if (ticks.length <= most || steps.length === 1) return ticks;
  }
  return [];
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
function powerOfTen(value: number): string {
  const exponent = String(Math.round(Math.log10(value)));
  return '10' + [...exponent].map(digit => SUPERSCRIPTS[Number(digit)]).join('');
}

/** Two or three digits, never in exponential form, with thousands separated. */
function plain(value: number): string {
  const rounded = Number(value.toPrecision(value < 1 ? 2 : 3));
  return rounded >= 1000 ? rounded.toLocaleString('en-US') : String(rounded);
}
