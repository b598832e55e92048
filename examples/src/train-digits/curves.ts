// SPDX-License-Identifier: Apache-2.0
/**
 * Loss and accuracy curves of several runs as one SVG, drawn without a browser.
 *
 * Observable Plot draws the two panels into a linkedom document; title, legend and notes are added
 * around them, since Plot's own legends are HTML.
 */
import * as Plot from '@observablehq/plot';
import {parseHTML} from 'linkedom';
import type {Epoch, Run} from './training.js';

/**
 * M. Okabe and K. Ito, Color Universal Design, 2008: told apart with every kind of colour blindness.
 * Their yellow is left out, which is too pale for lines on white.
 */
const COLOURS = ['#000000', '#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
/** A second sign beside colour, for grey prints and lines that lie on each other. */
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye', 'times'] as const;
/** Verdana has nearly the same widths, for viewers without the font. */
const FONT = "'DejaVu Sans', Verdana, sans-serif";
const INK = '#1f2328';
const MUTED = '#57606a';

const WIDTH = 1120;
const PANEL = {width: 520, height: 380, top: 122};
const GAP = 36;
const LEFT = (WIDTH - 2 * PANEL.width - GAP) / 2;

interface Point {
  multiplier: string;
  epoch: number;
  value: number;
}

/** @returns a complete SVG document. */
export function curves(runs: readonly Run[], title: string, subtitle: string): string {
  const {document} = parseHTML('<!doctype html><body></body>');
  const names = runs.map(run => run.multiplier);
  const legend = drawLegend(names);
  const top = PANEL.top + legend.height;
  const losses = runs.flatMap(run => run.history.flatMap(e => [e.trainLoss, e.testLoss]));
  const accuracies = runs.flatMap(run =>
    run.history.flatMap(e => [e.trainAccuracy, e.testAccuracy]),
  );

  const loss = panel(document, runs, 'Cross-entropy loss (nats, log scale)', {
    train: e => e.trainLoss,
    test: e => e.testLoss,
    y: {type: 'log', domain: logDomain(losses), ticks: logTicks(losses), tickFormat: plain},
  });
  const accuracy = panel(document, runs, 'Accuracy (%)', {
    train: e => 100 * e.trainAccuracy,
    test: e => 100 * e.testAccuracy,
    y: {domain: [Math.floor(10 * finite(accuracies, Math.min)) * 10, 100], tickFormat: plain},
  });

  const height = top + PANEL.height + 16;
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="${FONT}" color="${INK}" fill="${INK}">
<title>${escape(title)}</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${LEFT}" y="38" font-size="21" font-weight="bold">${escape(title)}</text>
<text x="${LEFT}" y="63" font-size="13.5" fill="${MUTED}">${escape(subtitle)}</text>
${legend.svg}
${place(loss, LEFT, top)}
${place(accuracy, LEFT + PANEL.width + GAP, top)}
</svg>
`;
}

function panel(
  document: Document,
  runs: readonly Run[],
  label: string,
  {
    train,
    test,
    y,
  }: {
    train: (epoch: Epoch) => number;
    test: (epoch: Epoch) => number;
    y: Plot.ScaleOptions;
  },
): string {
  const points = (figure: (epoch: Epoch) => number): Point[] =>
    runs.flatMap(({multiplier, history}) =>
      history
        .map(e => ({multiplier, epoch: e.epoch, value: figure(e)}))
        // A run that diverged ends where its figures do.
        .filter(({value}) => Number.isFinite(value) && (y.type !== 'log' || value > 0)),
    );
  const names = runs.map(run => run.multiplier);
  const epochs = Math.max(...runs.map(run => run.history.length));
  const ticks = epochTicks(epochs);
  // In a long run a symbol at every epoch would hide the line.
  const marked = ({epoch}: Point) => ticks.includes(epoch) || epoch === epochs;
  const channels = {x: 'epoch', y: 'value', stroke: 'multiplier', z: 'multiplier'};
  const svg = Plot.plot({
    document,
    width: PANEL.width,
    height: PANEL.height,
    marginLeft: 58,
    marginRight: 12,
    marginTop: 34,
    marginBottom: 48,
    style: {
      fontFamily: FONT,
      fontSize: '13px',
      color: INK,
      background: 'none',
      overflow: 'visible',
    },
    x: {
      label: null,
      domain: epochs > 1 ? [1, epochs] : [0.5, 1.5],
      ticks,
      tickFormat: 'd',
      inset: 10,
    },
    y: {label: null, inset: 6, ...y},
    color: {domain: names, range: names.map((_, i) => colour(i))},
    symbol: {domain: names, range: names.map((_, i) => symbol(i))},
    marks: [
      Plot.gridY({
        stroke: INK,
        strokeOpacity: 0.12,
        ...(y.ticks ? {ticks: y.ticks as number[]} : {}),
      }),
      Plot.ruleY([y.domain ? [...(y.domain as number[])][0] : 0], {
        stroke: INK,
        strokeOpacity: 0.5,
      }),
      Plot.axisX({
        label: 'Epoch',
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 42,
        ticks,
        tickFormat: 'd',
      }),
      Plot.text([label], {
        frameAnchor: 'top-left',
        dx: -58,
        dy: -30,
        fontSize: 14.5,
        fontWeight: 'bold',
        fill: INK,
      }),
      Plot.line(points(train), {
        ...channels,
        strokeWidth: 1.5,
        strokeDasharray: '5 4',
        strokeOpacity: 0.75,
      }),
      Plot.line(points(test), {...channels, strokeWidth: 2.25}),
      ...(epochs === 1 ? [Plot.dot(points(train), {...channels, fill: 'multiplier', r: 2})] : []),
      Plot.dot(points(test).filter(marked), {
        ...channels,
        symbol: 'multiplier',
        fill: '#ffffff',
        strokeWidth: 2,
        r: 4.5,
      }),
    ],
  });
  return svg.outerHTML;
}

/** One entry per multiplier, wrapped to the width, then what the two kinds of line mean. */
function drawLegend(names: readonly string[]): {svg: string; height: number} {
  const items = names.map((name, i) => ({
    name,
    sample: `<path d="M0,-4.5h30" stroke="${colour(i)}" stroke-width="2.25"/>${marker(i)}`,
  }));
  items.push(
    {name: 'test set', sample: `<path d="M0,-4.5h30" stroke="${MUTED}" stroke-width="2.25"/>`},
    {
      name: 'training set',
      sample: `<path d="M0,-4.5h30" stroke="${MUTED}" stroke-width="1.5" stroke-dasharray="5 4"/>`,
    },
  );
  const lineHeight = 24;
  let x = LEFT;
  let y = 98;
  const parts = items.map(({name, sample}, i) => {
    const width = 38 + textWidth(name) + 26;
    if (i === names.length) x += 24;
    if (x + width > WIDTH - LEFT) {
      x = LEFT;
      y += lineHeight;
    }
    const part = `<g transform="translate(${x.toFixed(1)},${y})">${sample}<text x="38" font-size="14">${escape(name)}</text></g>`;
    x += width;
    return part;
  });
  return {svg: parts.join('\n'), height: y - 98};
}

function marker(i: number): string {
  // Plot's own dot, so that legend and curves have the same symbols at the same size.
  const {document} = parseHTML('<!doctype html><body></body>');
  const svg = Plot.plot({
    document,
    axis: null,
    width: 30,
    height: 20,
    margin: 0,
    marks: [
      Plot.dot([0], {
        frameAnchor: 'middle',
        symbol: symbol(i),
        stroke: colour(i),
        fill: '#ffffff',
        strokeWidth: 2,
        r: 4.5,
      }),
    ],
  });
  return place(svg.outerHTML, 0, -14.5);
}

/** Close to DejaVu Sans at 14 units, which is all that a legend needs. */
function textWidth(text: string): number {
  const width = (c: string) => (/[mwMW]/.test(c) ? 13.2 : /[ijlft .,]/.test(c) ? 5 : 8.8);
  return [...text].reduce((sum, c) => sum + width(c), 0);
}

const colour = (i: number) => COLOURS[i % COLOURS.length];
// Shifted by one at each round, so that colour and symbol together repeat late.
const symbol = (i: number) => SYMBOLS[(i + Math.floor(i / COLOURS.length)) % SYMBOLS.length];

/** Positions an <svg> element inside another one. */
function place(svg: string, x: number, y: number): string {
  return svg.replace('<svg ', `<svg x="${x}" y="${y}" `);
}

const plain = (value: number) => String(Number(value.toPrecision(3)));

function finite(values: number[], pick: (...values: number[]) => number): number {
  return pick(...values.filter(value => Number.isFinite(value) && value > 0), 1);
}

/** The decade steps 1, 2, 5 that enclose the values. */
function logDomain(values: number[]): [number, number] {
  const ticks = logTicks(values);
  return [ticks[0], ticks.at(-1)!];
}

function logTicks(values: number[]): number[] {
  const low = finite(values, Math.min);
  const high = finite(values, Math.max);
  const steps: number[] = [];
  for (let decade = -9; decade <= 9; decade++) {
    for (const step of [1, 2, 5]) steps.push(Number(`${step}e${decade}`));
  }
  const first = steps.findLastIndex(step => step <= low);
  const last = steps.findIndex(step => step >= high);
  return steps.slice(Math.max(first, 0), last + 1);
}

/** At most about ten whole epochs. */
function epochTicks(epochs: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100].find(s => epochs / s <= 10) ?? 100;
  const ticks = Array.from({length: epochs}, (_, i) => i + 1);
  return ticks.filter(epoch => step === 1 || epoch === 1 || epoch % step === 0);
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
}
