// SPDX-License-Identifier: Apache-2.0
/**
 * A report as one HTML page that needs no other file: metrics side by side, charts, heat maps, and
 * where each table comes from. Light or dark as the reader has it, and readable on paper.
 */
import {cellNote, scaleEnd} from '../picture/comparison.js';
import {
  RECORDED_TITLE,
  areaPanel,
  biasPanel,
  heatMapPanel,
  histogramPanel,
  magnitudePanel,
  rowsPanel,
  scaleBar,
} from '../picture/panels.js';
import {escapeXml as escape} from '../picture/style.js';
import type {ErrorReport, ReportedMultiplier} from './error-report.js';
import {PAGE_STYLE} from './page-style.js';
import {paretoFront} from './pareto.js';
import {CLIP_FACTOR} from './robust-scale.js';
import {SORT_SCRIPT, SORT_SCRIPT_HASH} from './sort-script.js';
import {metricsTable, operandsTables, recordedRows, shown, swatch} from './tables.js';

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
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src '${SORT_SCRIPT_HASH}'">
<title>${escape(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
<p>A multiplier rounds its operands to its format and multiplies their significands approximately;
signs and exponents are exact. The errors here are those of the product, relative to the exact product
of the rounded operands, in percent.</p>
<section>
<h2>Metrics</h2>
${metricsTable(report)}
${multipliers.length > 1 ? '<p class="note">The best value of a column is in bold on a tinted ground. A click on the head of a column sorts by it.</p>' : ''}
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
    'square root, so that rare errors can be seen beside frequent ones.' +
    (multipliers.some(({histogram}) => histogram.some(bin => bin.andBeyond))
      ? ' The outermost bins count larger errors too.'
      : ''),
)}
</div>
${clipNote(multipliers, extent)}
${areaFigure(multipliers)}
<h3>Over both fractions</h3>
<p>An operand is ±2<sup>e</sup> · (1 + fraction). ${escape(cellNote(multipliers))}
One scale for all multipliers.</p>
<div class="scale">${svg(scaleBar(extent, 420), `Scale from ${-extent} % to ${extent} %`)}</div>
<div class="maps">
${multipliers.map(multiplier => heatMapFigure(multiplier, extent)).join('\n')}
</div>
</section>
${operands ? operandsSection(report, legend) : ''}
<section>
<h2>The multipliers</h2>
${multipliers.map(sourceEntry).join('\n')}
</section>
<section>
<h2>What the metrics are</h2>
${DEFINITIONS}
</section>
<footer class="note">@tfjs-approx/lut-builder ${escape(report.version)}</footer>
</main>
<script>${SORT_SCRIPT}</script>
</body>
</html>
`;
}

const DEFINITIONS = `<dl>
<dt>Bias</dt><dd>Mean relative error, with its sign.</dd>
<dt>MRED</dt><dd>Mean relative error distance: the mean size of the relative error.</dd>
<dt>RMS, variance</dt><dd>Root mean square of the relative error; its variance about the bias, in percent squared.</dd>
<dt>NMED</dt><dd>Normalised mean error distance: the mean size of the error itself, in percent of the largest exact product.</dd>
<dt>Error rate</dt><dd>The part of the products that are not exact, in percent.</dd>
<dt>Worst case</dt><dd>The largest relative error of either sign; the worst distance is that of the error itself, in percent of the largest exact product.</dd>
<dt>All fractions alike</dt><dd>Every pair of operand fractions counts the same.</dd>
<dt>Normal operands</dt><dd>Both operands from a normal distribution with mean 0: small fractions are more frequent.</dd>
<dt>Gates, gate equivalents</dt><dd>Cells of the significand circuit where it is known; its area in NAND gates of two inputs.</dd>
<dt>Recorded operands</dt><dd>Operands as often as a real run had them; products of non-zero operands only. Both operands are taken as independent.</dd>
</dl>`;

/** Says where scales end, if not at the largest error of all. */
function clipNote(multipliers: readonly ReportedMultiplier[], extent: number): string {
  const beyond = multipliers.filter(({uniform}) => uniform.worstCase > extent);
  if (beyond.length === 0) return '';
  const names = beyond.slice(0, 8).map(({label}) => label);
  const more = beyond.length > names.length ? ` and ${beyond.length - names.length} more` : '';
  return `<p class="note">Scales end at the largest value of a multiplier that is at most ${CLIP_FACTOR} times
the median of all, so that one that is far off does not set them. What lies beyond, of
${escape(names.join(', '))}${more}, is at the edge: open triangles in the charts, the darkest colour in the maps.</p>`;
}

/** Of multipliers whose circuit is known, where there is something to compare. */
function areaFigure(multipliers: readonly ReportedMultiplier[]): string {
  const points = multipliers.flatMap(({label, area, uniform}) =>
    area?.gateEquivalents === undefined
      ? []
      : [{label, area: area.gateEquivalents, error: uniform.meanAbsolute}],
  );
  if (points.length < 2) return '';
  const front = paretoFront(points).map(({label}) => label);
  const picture = areaPanel(
    points,
    multipliers.map(({label}) => label),
    {width: 520, height: 340},
  );
  const caption =
    `Error against area, of the ${points.length} multipliers whose circuit is known. No other has both ` +
    `less area and less error than those on the line (the Pareto front): ${front.join(', ')}.`;
  return `<h3>Error and area</h3><div class="area">${figure(picture, caption)}</div>`;
}

function legendOf(multipliers: readonly ReportedMultiplier[]): string {
  const entries = multipliers.map(({label}, i) => `<span>${swatch(i)}${escape(label)}</span>`);
  return `<p class="legend">${entries.join('\n')}</p>`;
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

function operandsSection(report: ErrorReport, legend: string): string {
  const {multipliers} = report;
  const chart = rowsPanel(
    recordedRows(report),
    multipliers.map(({label}) => label),
    {title: RECORDED_TITLE, width: 900},
  );
  return `<section>
<h2>On recorded operands</h2>
<p>MRED in percent where operands occur as often as in a recorded run, by layer and pass. Products with a
zero operand are exact and left out; their share is estimated from the zeros in both operands. Exponents
are those between which 98 % of the other operands lie. Both operands of a product are taken as
independent; where they are correlated, the true error can be twice as large.</p>
${legend}
<div class="wide rows">${figure(chart, 'Mean size of the error of each multiplier on the operands that each layer and pass had.')}</div>
${operandsTables(report)}
</section>`;
}

function sourceEntry(multiplier: ReportedMultiplier, i: number): string {
  const {
    label,
    source,
    description,
    provenance,
    mantissaBits,
    format,
    rounding,
    sha256,
    cells,
    circuitBits,
  } = multiplier;
  const side = 2 ** mantissaBits;
  const facts: Array<readonly [string, string]> = [
    ['What it is', description],
    ['Table', `${side} × ${side} entries${source === label ? '' : `, ${source}`}`],
    ['Comes from', provenance || 'not said'],
    ['SHA-256', `${sha256} (as .safetensors)`],
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
    const whole =
      circuitBits === undefined ? '' : `; of the whole ${circuitBits} × ${circuitBits}-bit circuit`;
    const list = kinds.map(([kind, count]) => `${kind} ${count.toLocaleString('en-US')}`);
    facts.push(['Gates', `${total.toLocaleString('en-US')}: ${list.join(', ')}${whole}`]);
  }
  const lines = facts.map(([term, text]) => `<dt>${term}</dt><dd>${escape(text)}</dd>`);
  return `<article><h3>${swatch(i)}${escape(label)}</h3><dl>${lines.join('\n')}</dl></article>`;
}
