// SPDX-License-Identifier: Apache-2.0
/**
 * A report as one HTML page that needs no other file: metrics side by side, charts, heat maps, and
 * where each table comes from. Light or dark as the reader has it, and readable on paper.
 */
import type {ErrorMetrics} from '../analysis/error-metrics.js';
import {cellNote, drawLegend, scaleEnd} from '../picture/comparison.js';
import {
  biasPanel,
  heatMapPanel,
  histogramPanel,
  magnitudePanel,
  marker,
  rowsPanel,
  scaleBar,
} from '../picture/panels.js';
import {escapeXml as escape} from '../picture/style.js';
import type {ErrorReport, ReportedMultiplier} from './report.js';
import {nonZeroShare} from './recorded-operands.js';

const CHART = {width: 340, height: 300};
const MAP_SIDE = 175;

export function reportHtml(report: ErrorReport): string {
  const {title, multipliers, operands} = report;
  const extent = scaleEnd(multipliers);
  const legend = legendOf(multipliers);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
<p>A multiplier rounds its operands to its format and multiplies their significands approximately;
signs and exponents are exact. The errors here are those of the product, relative to the exact product
of the rounded operands, in percent.</p>
<section>
<h2>Metrics</h2>
${metricsTables(report)}
${multipliers.length > 1 ? '<p class="note">The best value of a row is in bold on a tinted ground.</p>' : ''}
</section>
<section>
<h2>Where the errors are</h2>
${legend}
<div class="charts">
${figure(
  magnitudePanel(multipliers, CHART),
  'Mean (solid) and largest (dashed) size of the error against the exact product of the two ' +
    'significands; from the dotted line on the exact product carries into the next exponent.',
)}
${figure(
  biasPanel(multipliers, CHART),
  'Mean error with its sign: below zero, products are too small. A bias that changes with the ' +
    'product does not average out in a sum.',
)}
${figure(
  histogramPanel(multipliers, CHART),
  'How often errors of each size occur, over all pairs of fractions. The vertical scale is a ' +
    'square root, so that rare errors can be seen beside frequent ones.',
)}
</div>
<h3>Over both fractions</h3>
<p>An operand is ±2<sup>e</sup> · (1 + fraction). ${escape(cellNote(multipliers))}
One scale for all multipliers.</p>
<div class="scale">${svg(scaleBar(extent, 420), `Scale from ${-extent} % to ${extent} %`)}</div>
<div class="maps">
${multipliers.map(multiplier => heatMapFigure(multiplier, extent)).join('\n')}
</div>
</section>
${operands ? operandsSection(report) : ''}
<section>
<h2>The multipliers</h2>
${multipliers.map(sourceEntry).join('\n')}
</section>
<section>
<h2>What the metrics are</h2>
${DEFINITIONS}
</section>
</main>
</body>
</html>
`;
}

/** How a metric is shown. Percentages are as in the data; parts of 1 become percent. */
interface MetricRow {
  readonly title: string;
  readonly of: (metrics: ErrorMetrics) => number;
}

const WORST: readonly MetricRow[] = [
  {title: 'Worst case', of: m => m.worstCase},
  {title: 'Worst error distance', of: m => 100 * m.normalisedWorstCase},
];
const MEANS: readonly MetricRow[] = [
  {title: 'Bias', of: m => m.mean},
  {title: 'MRED', of: m => m.meanAbsolute},
  {title: 'RMS', of: m => m.rootMeanSquare},
  {title: 'Variance (%²)', of: m => m.variance},
  {title: 'NMED', of: m => 100 * m.normalisedMeanErrorDistance},
  {title: 'Error rate', of: m => 100 * m.errorRate},
];

const DEFINITIONS = `<dl>
<dt>Bias</dt><dd>Mean relative error, with its sign.</dd>
<dt>MRED</dt><dd>Mean relative error distance: the mean size of the relative error.</dd>
<dt>RMS, variance</dt><dd>Root mean square of the relative error; its variance about the bias, in percent squared.</dd>
<dt>NMED</dt><dd>Normalised mean error distance: the mean size of the error itself, in percent of the largest exact product.</dd>
<dt>Error rate</dt><dd>The part of the products that are not exact.</dd>
<dt>Worst case</dt><dd>The largest relative error of either sign; the worst error distance is in percent of the largest exact product.</dd>
<dt>All fractions alike</dt><dd>Every pair of operand fractions counts the same.</dd>
<dt>Normal operands</dt><dd>Both operands from a normal distribution with mean 0: small fractions are more frequent.</dd>
<dt>Recorded operands</dt><dd>Operands as often as a real run had them; products of non-zero operands only.</dd>
</dl>`;

/** So many fit on paper. */
const COLUMNS = 8;

function metricsTables({multipliers, operands}: ErrorReport): string {
  const group = (
    title: string,
    rows: readonly MetricRow[],
    metricsOf: (multiplier: ReportedMultiplier) => ErrorMetrics | null | undefined,
  ) => {
    const lines = rows.map(({title: row, of}) => {
      const values = multipliers.map(multiplier => {
        const metrics = metricsOf(multiplier);
        return metrics ? of(metrics) : null;
      });
      return {row, cells: marked(values)};
    });
    return {title, lines};
  };
  const groups = [
    group('All fractions alike', [...MEANS, ...WORST], m => m.uniform),
    group('Normal operands', MEANS, m => m.normal),
    ...(operands ? [group('Recorded operands', MEANS, m => m.recorded?.all)] : []),
  ];
  const heads = headsOf(multipliers);
  const tables = [];
  for (let start = 0; start < multipliers.length; start += COLUMNS) {
    const part = (cells: readonly string[]) => cells.slice(start, start + COLUMNS).join('');
    const width = 1 + Math.min(COLUMNS, multipliers.length - start);
    const bodies = groups.map(({title, lines}) => {
      const head = `<tr class="group"><th colspan="${width}" scope="rowgroup">${title}</th></tr>`;
      const rows = lines.map(
        ({row, cells}) => `<tr><th scope="row">${row}</th>${part(cells)}</tr>`,
      );
      return `<tbody>${[head, ...rows].join('\n')}</tbody>`;
    });
    tables.push(`<div class="wide"><table>
<caption>Errors in percent</caption>
<thead><tr><th scope="col">Metric</th>${part(heads)}</tr></thead>
${bodies.join('\n')}
</table></div>`);
  }
  return tables.join('\n');
}

function headsOf(multipliers: readonly ReportedMultiplier[]): string[] {
  return multipliers.map(({label}, i) => `<th scope="col">${swatch(i)} ${escape(label)}</th>`);
}

/** Cells of numbers, of which the closest to zero are marked. */
function marked(values: ReadonlyArray<number | null>): string[] {
  const sizes = values.flatMap(value => (value === null ? [] : [Math.abs(value)]));
  const best = Math.min(...sizes);
  return values.map(value => {
    if (value === null) return '<td>–</td>';
    const isBest = sizes.length > 1 && Math.abs(value) === best;
    return isBest
      ? `<td class="best"><strong>${shown(value)}</strong></td>`
      : `<td>${shown(value)}</td>`;
  });
}

/** Three decimals; less than half of the last one in digits of its own. */
function shown(value: number): string {
  const text = value !== 0 && Math.abs(value) < 0.0005 ? value.toExponential(1) : value.toFixed(3);
  return text.replaceAll('-', '−');
}

function swatch(i: number): string {
  return `<span class="swatch">${marker(i).replace('<svg ', '<svg aria-hidden="true" ')}</span>`;
}

function legendOf(multipliers: readonly ReportedMultiplier[]): string {
  const width = 1000;
  const {svg: entries, height} = drawLegend(
    multipliers.map(({label}) => label),
    width,
  );
  return (
    `<svg class="legend" aria-hidden="true" xmlns="http://www.w3.org/2000/svg" ` +
    `xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" ` +
    `viewBox="0 -12 ${width} ${height}">${entries}</svg>`
  );
}

function figure(picture: string, caption: string): string {
  return `<figure>${svg(picture, caption)}<figcaption>${escape(caption)}</figcaption></figure>`;
}

/** With a text for those who do not see it. */
function svg(picture: string, description: string): string {
  return picture.replace('<svg ', `<svg role="img" aria-label="${escape(description)}" `);
}

function heatMapFigure({label, grid, uniform}: ReportedMultiplier, extent: number): string {
  const cells =
    grid.pairsPerCell > 1 ? `; a cell is ${grid.pairsPerCell} × ${grid.pairsPerCell} pairs` : '';
  const range = `${shown(uniform.min)} % to ${shown(uniform.max)} %${cells}`;
  const description = `Relative error of ${label} over the fractions of both operands: ${range}`;
  const picture = heatMapPanel(grid, {title: label, extent, side: MAP_SIDE});
  return `<figure>${svg(picture, description)}<figcaption>${escape(range)}</figcaption></figure>`;
}

const PASS_NAMES: Readonly<Record<string, string>> = {
  forward: 'forward',
  inputGradient: 'input gradient',
  weightGradient: 'weight gradient',
};

function operandsSection({multipliers, operands}: ErrorReport): string {
  const products = operands!.products;
  const nameOf = ({layer, pass}: (typeof products)[number]) =>
    `${layer || '(no layer)'}, ${PASS_NAMES[pass] ?? pass}`;
  const mredOf = (p: number) =>
    multipliers.map(({recorded}) => recorded!.products[p]?.meanAbsolute ?? null);
  const rows = products.map((product, p) => {
    const {macs, first, second} = product;
    const zero = 100 * (1 - nonZeroShare(first) * nonZeroShare(second));
    return (
      `<tr><th scope="row">${escape(nameOf(product))}</th><td>${macs.toLocaleString('en-US')}</td>` +
      `<td>${zero.toFixed(1)}</td>${marked(mredOf(p)).join('')}</tr>`
    );
  });
  const labels = multipliers.map(({label}) => label);
  const chart = rowsPanel(
    products.map((product, p) => ({label: nameOf(product), values: mredOf(p)})),
    labels,
    {title: 'Error on the operands of each layer and pass', width: 900},
  );
  return `<section>
<h2>On recorded operands</h2>
<p>MRED (in percent) when operands occur as often as in a recorded run, by layer and pass. Products with a
zero operand are exact, and left out of it; their share is an estimate from the shares of zeros in both
operands.</p>
${figure(chart, 'Mean size of the error of each multiplier on the operands that each layer and pass had.')}
<div class="wide"><table>
<caption>MRED by layer and pass</caption>
<thead><tr><th scope="col">Layer, pass</th><th scope="col">Multiply-accumulates</th><th scope="col">Zero products (%)</th>${headsOf(multipliers).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody>
</table></div>
</section>`;
}

function sourceEntry(multiplier: ReportedMultiplier, i: number): string {
  const {label, source, description, provenance, mantissaBits, format, rounding, cells} =
    multiplier;
  const side = 2 ** mantissaBits;
  const facts: Array<readonly [string, string]> = [
    ['What it is', description],
    ['Table', `${side} × ${side} entries${source === label ? '' : `, ${source}`}`],
    ['Comes from', provenance || 'not said'],
    [
      'Operands',
      `${rounding === 'truncate' ? 'truncated' : 'rounded to nearest'} to ${mantissaBits} fraction bits; ` +
        (format.exponentBits === 8
          ? 'range of float32'
          : `${format.exponentBits} exponent bits, ${format.subnormals ? 'with' : 'without'} subnormals`),
    ],
  ];
  if (cells) {
    const kinds = Object.entries(cells).sort(([, a], [, b]) => b - a);
    const total = kinds.reduce((sum, [, count]) => sum + count, 0);
    const list = kinds.map(([kind, count]) => `${kind} ${count.toLocaleString('en-US')}`);
    facts.push(['Gates', `${total.toLocaleString('en-US')}: ${list.join(', ')}`]);
  }
  const lines = facts.map(([term, text]) => `<dt>${term}</dt><dd>${escape(text)}</dd>`);
  return `<article><h3>${swatch(i)} ${escape(label)}</h3><dl>${lines.join('\n')}</dl></article>`;
}

const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1f2328; --muted: #57606a; --paper: #ffffff; --line: #d0d7de; --tint: #ddf4e4;
}
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --muted: #9aa5b1; --paper: #0d1117; --line: #30363d; --tint: #12351f; }
  [stroke="#0072b2"] { stroke: #3f9ee6; } [fill="#0072b2"] { fill: #3f9ee6; }
  [stroke="#56b4e9"] { stroke: #a6dcff; } [fill="#56b4e9"] { fill: #a6dcff; }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 'DejaVu Sans', Verdana, system-ui, sans-serif;
}
main { max-width: 1100px; margin: 0 auto; padding: 24px 20px 64px; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
h3 { font-size: 1rem; margin: 1.4rem 0 .3rem; }
p { max-width: 46rem; margin: .5rem 0; }
.note, figcaption, caption { color: var(--muted); font-size: .85rem; }
.wide { overflow-x: auto; }
table { margin-bottom: .8rem; border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .3rem; }
th, td { padding: .22rem .8rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child { text-align: left; padding-left: 0; }
tbody th { font-weight: normal; }
.group th { padding-top: .9rem; font-weight: bold; }
.best { background: var(--tint); }
.swatch svg { display: inline; width: 16px; height: 16px; vertical-align: -3px; overflow: visible; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .3rem 0; font-size: .9rem; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 0; }
figure > svg, .legend { max-width: 100%; height: auto; }
figcaption { max-width: 56ch; margin: .2rem 0 0; }
.scale { margin: .6rem 0 1rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(320px, 100%), 1fr)); gap: 1.2rem; margin-top: .6rem; }
.maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(245px, 100%), 1fr)); gap: 1rem; }
@media (max-width: 480px) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
@media print {
  :root { color-scheme: light; --ink: #000000; --muted: #444444; --paper: #ffffff; --line: #bbbbbb; --tint: #e4f4e9; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  .wide { overflow: visible; }
  .best, image { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h2, h3 { break-after: avoid; }
  figure, article, tr { break-inside: avoid; }
  table { font-size: 8pt; }
  th, td { padding: .12rem .35rem; }
  figcaption { font-size: .72rem; }
  .charts { grid-template-columns: repeat(2, 1fr); }
  .maps { grid-template-columns: repeat(3, 1fr); }
}
`;
