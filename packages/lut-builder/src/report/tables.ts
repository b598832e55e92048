// SPDX-License-Identifier: Apache-2.0
/** The tables of a report's page: a column for each multiplier, the best value of each row marked. */
import {
  type OperandHistogram,
  type RecordedPass,
  type RecordedProducts,
} from '@tfjs-approx/arithmetic';
import type {Area} from '../analysis/area.js';
import type {ErrorMetrics} from '../analysis/error-metrics.js';
import {marker} from '../picture/panels.js';
import {escapeXml as escape} from '../picture/style.js';
import {nonZeroShare} from './recorded-operands.js';
import type {ErrorReport, ReportedMultiplier} from './report.js';

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

/** So many columns fit on paper; more multipliers are continued in another table. */
const COLUMNS = 8;

interface Row {
  readonly title: string;
  /** Cells before those of the multipliers. */
  readonly facts?: readonly string[];
  /** One for each multiplier; null where there is none. */
  readonly values: ReadonlyArray<number | null>;
  /** How a value is shown; as a percentage unless given. */
  readonly show?: (value: number) => string;
}

interface Group {
  readonly title?: string;
  readonly rows: readonly Row[];
}

export function metricsTables({multipliers, operands}: ErrorReport): string {
  const group = (
    title: string,
    rows: readonly MetricRow[],
    metricsOf: (multiplier: ReportedMultiplier) => ErrorMetrics | null | undefined,
  ): Group => ({
    title,
    rows: rows.map(({title: row, of}) => ({
      title: row,
      values: multipliers.map(multiplier => {
        const metrics = metricsOf(multiplier);
        return metrics ? of(metrics) : null;
      }),
    })),
  });
  return tables(multipliers, {
    caption: 'Errors in percent',
    heads: ['Metric'],
    groups: [
      group('All fractions alike', [...MEANS, ...WORST], m => m.uniform),
      group('Normal operands', MEANS, m => m.normal),
      ...(operands ? [group('Recorded operands', MEANS, m => m.recorded?.all)] : []),
      ...areaGroup(multipliers),
    ],
  });
}

/** Known of multipliers that were made from a netlist. */
function areaGroup(multipliers: readonly ReportedMultiplier[]): Group[] {
  if (multipliers.every(({area}) => area === undefined)) return [];
  const row = (title: string, of: (area: Area) => number | undefined): Row => ({
    title,
    values: multipliers.map(({area}) => (area && of(area)) ?? null),
    show: count => Math.round(count).toLocaleString('en-US'),
  });
  return [
    {
      title: 'Significand circuit',
      rows: [row('Gates', area => area.cells), row('Gate equivalents', a => a.gateEquivalents)],
    },
  ];
}

/** MRED by layer and pass; none without recorded operands. */
export function recordedRows({multipliers, operands}: ErrorReport) {
  return (operands?.products ?? []).map((product, p) => ({
    label: productsName(product),
    values: multipliers.map(({recorded}) => recorded!.products[p]?.meanAbsolute ?? null),
  }));
}

export function operandsTables({multipliers, operands}: ErrorReport): string {
  const rows = operands!.products.map((product, p): Row => {
    const {macs, first, second} = product;
    const zeros = 100 * (1 - nonZeroShare(first) * nonZeroShare(second));
    const hasProducts = first.values > 0 && second.values > 0;
    return {
      title: productsName(product),
      facts: [
        macs.toLocaleString('en-US'),
        hasProducts ? zeros.toFixed(1) : '–',
        exponentsText(first),
        exponentsText(second),
      ],
      values: multipliers.map(({recorded}) => recorded!.products[p]?.meanAbsolute ?? null),
    };
  });
  return tables(multipliers, {
    caption: 'MRED by layer and pass',
    heads: ['Layer, pass', 'MACs', 'Zero (%)', 'First exp.', 'Second exp.'],
    groups: [{rows}],
  });
}

const PASS_NAMES: Readonly<Record<RecordedPass, string>> = {
  forward: 'forward',
  inputGradient: 'input gradient',
  weightGradient: 'weight gradient',
};

/** `conv1, input gradient` */
function productsName({layer, pass}: RecordedProducts): string {
  return `${layer || '(no layer)'}, ${PASS_NAMES[pass]}`;
}

/** `−9 to −1`: from the exponent that 1 % are below to the one that 1 % are above. */
function exponentsText({exponents: {first, counts}}: OperandHistogram): string {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return '–';
  let below = 0;
  let low: number | null = null;
  for (const [i, count] of counts.entries()) {
    below += count;
    if (low === null && below >= 0.01 * total) low = first + i;
    if (below >= 0.99 * total) return `${low} to ${first + i}`.replaceAll('-', '−');
  }
  return '–';
}

function tables(
  multipliers: readonly ReportedMultiplier[],
  {caption, heads, groups}: {caption: string; heads: readonly string[]; groups: readonly Group[]},
): string {
  const named = multipliers.map(
    ({label}, i) => `<th scope="col">${wrappable(label, `${swatch(i)}&nbsp;`)}</th>`,
  );
  const fixed = heads.map(head => `<th scope="col">${head}</th>`).join('');
  const columns = COLUMNS - heads.length + 1;
  const parts = [];
  for (let start = 0; start < multipliers.length; start += columns) {
    const part = (cells: readonly string[]) => cells.slice(start, start + columns).join('');
    const width = heads.length + Math.min(columns, multipliers.length - start);
    const bodies = groups.map(({title, rows}) => {
      const lines = rows.map(
        ({title: row, facts = [], values, show = shown}) =>
          `<tr><th scope="row">${wrappable(row)}</th>` +
          `${facts.map(fact => `<td>${fact}</td>`).join('')}${part(marked(values, show))}</tr>`,
      );
      const head = `<tr class="group"><th colspan="${width}" scope="rowgroup">${title}</th></tr>`;
      return `<tbody>${[...(title ? [head] : []), ...lines].join('\n')}</tbody>`;
    });
    parts.push(`<div class="wide"><table>
<caption>${caption}</caption>
<thead><tr>${fixed}${part(named)}</tr></thead>
${bodies.join('\n')}
</table></div>`);
  }
  return parts.join('\n');
}

/** So many letters fit beside other columns as they are. */
const NAME_LENGTH = 12;

/** A name that breaks behind its separators where it is long. */
function wrappable(name: string, before = ''): string {
  if (name.length <= NAME_LENGTH) return before + escape(name);
  const pieces = name.split(/(?<=[_./,-])/).map(escape);
  return `<span class="long">${before}${pieces.join('<wbr>')}</span>`;
}

/** Cells of numbers, of which the closest to zero are marked. */
function marked(values: ReadonlyArray<number | null>, show: (value: number) => string): string[] {
  const sizes = values.flatMap(value => (value === null ? [] : [Math.abs(value)]));
  const best = Math.min(...sizes);
  return values.map(value => {
    if (value === null) return '<td>–</td>';
    const isBest = sizes.length > 1 && Math.abs(value) === best;
    return isBest
      ? `<td class="best"><strong>${show(value)}</strong></td>`
      : `<td>${show(value)}</td>`;
  });
}

/** Three decimals; less than half of the last one in digits of its own. */
export function shown(value: number): string {
  const text = value !== 0 && Math.abs(value) < 0.0005 ? value.toExponential(1) : value.toFixed(3);
  return text.replaceAll('-', '−');
}

/** A multiplier's symbol, as in the charts. */
export function swatch(i: number): string {
  return `<span class="swatch">${marker(i).replace('<svg ', '<svg aria-hidden="true" ')}</span>`;
}
