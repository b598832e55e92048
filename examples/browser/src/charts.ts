// SPDX-License-Identifier: Apache-2.0
/** The two charts: training loss and accuracy of both runs while they go on, drawn by Plot. */
import * as Plot from '@observablehq/plot';
import {SERIES, type Epoch, type Figures, type Series, type Step} from './protocol.js';

/** All figures of a run, as the worker reported them. */
export interface RunLog {
  /** Names of the multipliers, for people. */
  readonly names: Readonly<Record<Series, string>>;
  readonly steps: Step[];
  readonly epochs: Epoch[];
}

/** Mean of so many batches, for the lines. */
const WINDOW = 10;

/** Colours are CSS variables, so that the charts follow light and dark. */
export const COLOURS: Readonly<Record<Series, string>> = {
  fp32: 'var(--fp32)',
  approximate: 'var(--approximate)',
};
/** A second sign beside colour, for lines that lie on each other and for grey prints. */
export const SYMBOLS = {fp32: 'square', approximate: 'circle'} as const;
export const DASHES: Readonly<Record<Series, string>> = {fp32: '6 4', approximate: 'none'};

export const PLOT_STYLE = {
  fontSize: '12px',
  fontFamily: 'inherit',
  color: 'var(--ink)',
  background: 'none',
  overflow: 'visible',
} as const;

export function lossChart(log: RunLog, width: number): Element {
  const losses = [...log.steps, ...log.epochs].flatMap(row => SERIES.map(name => row[name].loss));
  const ticks = logTicks(losses.filter(loss => Number.isFinite(loss) && loss > 0));
  return chart(log, width, {
    figure: ({loss}) => loss,
    isDrawn: loss => Number.isFinite(loss) && loss > 0,
    y: {type: 'log', domain: [ticks[0], ticks.at(-1)!], ticks},
    label: 'Training loss',
  });
}

export function accuracyChart(log: RunLog, width: number): Element {
  return chart(log, width, {
    figure: ({accuracy}) => 100 * accuracy,
    isDrawn: Number.isFinite,
    y: {domain: [0, 100], ticks: [0, 20, 40, 60, 80, 100]},
    label: 'Accuracy in percent',
  });
}

interface Point {
  series: Series;
  step: number;
  value: number;
}

function chart(
  {names, steps, epochs}: RunLog,
  width: number,
  {
    figure,
    isDrawn,
    y,
    label,
  }: {
    figure: (figures: Figures) => number;
    isDrawn: (value: number) => boolean;
    y: Plot.ScaleOptions & {ticks: number[]};
    label: string;
  },
): Element {
  const points = (rows: readonly (Step | Epoch)[]): Point[] =>
    SERIES.flatMap(series =>
      rows
        .map(row => ({series, step: row.step, value: figure(row[series])}))
        // A run that diverged ends where its figures do.
        .filter(({value}) => isDrawn(value)),
    );
  const batches = points(steps);
  const tests = points(epochs);
  const last = Math.max(steps.length, 10);
  const xTicks = wholeTicks(last, width);
  const channels = {x: 'step', y: 'value', stroke: 'series', z: 'series'} as const;
  const bySeries = (rows: Point[], series: Series) => rows.filter(row => row.series === series);
  return Plot.plot({
    width,
    height: Math.round(Math.min(320, Math.max(240, width * 0.62))),
    marginLeft: 46,
    marginRight: 14,
    marginTop: 14,
    marginBottom: 44,
    style: PLOT_STYLE,
    ariaLabel: label,
    ariaDescription: describe(names, steps, epochs, figure),
    x: {domain: [1, last], label: null, inset: 8},
    y: {inset: 6, label: null, ...y},
    color: {type: 'ordinal', domain: SERIES, range: SERIES.map(series => COLOURS[series])},
    symbol: {domain: SERIES, range: SERIES.map(series => SYMBOLS[series])},
    marks: [
      Plot.gridY({ticks: y.ticks, stroke: 'var(--grid)', strokeOpacity: 1}),
      Plot.ruleX(
        epochs.map(({step}) => step),
        {stroke: 'var(--grid)'},
      ),
      // As text: on a log scale Plot lets d3 leave out some of the labels, whatever the format.
      Plot.axisY(y.ticks, {text: String, label: null, fontSize: 12}),
      Plot.axisX({
        ticks: xTicks,
        tickFormat: 'd',
        label: 'Training step (batch)',
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 38,
        fontSize: 12,
      }),
      Plot.dot(batches, {
        ...channels,
        ariaDescription: 'batches',
        r: steps.length > 200 ? 1.25 : 2,
        stroke: 'none',
        fill: 'series',
        fillOpacity: steps.length > 200 ? 0.3 : 0.5,
      }),
      // Solid below, dashed above: both can be seen where they coincide.
      ...[...SERIES].reverse().flatMap(series => [
        Plot.line(runningMeans(bySeries(batches, series)), {
          ...channels,
          ariaDescription: `mean of ${series}`,
          strokeWidth: 2.25,
          strokeDasharray: DASHES[series],
        }),
        Plot.line(bySeries(tests, series), {...channels, strokeWidth: 1, strokeOpacity: 0.8}),
      ]),
      // The circle fits into the square.
      ...SERIES.map(series =>
        Plot.dot(bySeries(tests, series), {
          ...channels,
          ariaDescription: `test set, ${series}`,
          symbol: 'series',
          fill: 'var(--panel)',
          strokeWidth: 2,
          r: series === 'fp32' ? 6 : 3.5,
        }),
      ),
    ],
  });
}

/** The mean of a batch and those just before it. */
function runningMeans(points: readonly Point[]): Point[] {
  return points.map((point, i) => {
    const window = points.slice(Math.max(0, i + 1 - WINDOW), i + 1);
    return {...point, value: window.reduce((sum, {value}) => sum + value, 0) / window.length};
  });
}

/** For screen readers: what the last point of each series says. */
function describe(
  names: RunLog['names'],
  steps: readonly Step[],
  epochs: readonly Epoch[],
  figure: (figures: Figures) => number,
): string {
  const last = epochs.at(-1) ?? steps.at(-1);
  if (!last) return 'No figures yet.';
  const values = SERIES.map(series => `${names[series]} ${figure(last[series]).toPrecision(3)}`);
  return `${epochs.length ? `Test set after epoch ${last.epoch}` : `Step ${last.step}`}: ${values.join(', ')}.`;
}

/** Round values that enclose the given ones, closer to each other where the range is short. */
function logTicks(values: readonly number[]): number[] {
  const low = Math.min(...values, 2);
  const high = Math.max(...values, 2.4);
  const digits = high / low > 8 ? [1, 2, 5] : [1, 1.5, 2, 3, 5, 7];
  const steps: number[] = [];
  for (let decade = -9; decade <= 9; decade++) {
    for (const digit of digits) steps.push(Number(`${digit}e${decade}`));
  }
  const first = steps.findLastIndex(step => step <= low);
  const end = steps.findIndex(step => step >= high);
  return steps.slice(Math.max(first, 0), end < 0 ? undefined : end + 1);
}

/** The first and the last step and round ones between, few enough for the width. */
function wholeTicks(last: number, width: number): number[] {
  const most = Math.max(3, Math.floor(width / 70));
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000].find(
    size => last / size <= most,
  );
  const ticks: number[] = [1];
  for (let tick = step ?? last; tick <= last; tick += step ?? last) if (tick > 1) ticks.push(tick);
  // 1 and 2 would be too close to each other.
  return ticks.filter((tick, i) => i !== 0 || (ticks[1] ?? last) - tick > 0.4 * (step ?? last));
}
