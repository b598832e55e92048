// SPDX-License-Identifier: Apache-2.0
/** The tables of a report's page: a column for each multiplier, the best value of each row marked. */
import type {OperandHistogram, RecordedPass, RecordedProducts} from '@tfjs-approx/arithmetic';
import {marker} from '../picture/panels.js';
import {escapeXml as escape} from '../picture/style.js';
import {nonZeroShare} from './recorded-operands.js';
import type {ErrorReport, ReportedMultiplier} from './error-report.js';

/** A column of the metrics: of the smallest size is best, where that says anything by itself. */
interface MetricColumn {
  readonly title: string;
  readonly of: (multiplier: ReportedMultiplier) => number | null | undefined;
  readonly isMarked: boolean;
  readonly show?: (value: number) => string;
}

/**
 * All in percent. Bias and variance are not marked: they are small where errors cancel or are all alike,
 * as those of a circuit that answers zero are.
 */
const UNIFORM: readonly MetricColumn[] = [
  {title: 'MRED', of: m => m.uniform.meanAbsolute, isMarked: true},
  {title: 'Bias', of: m => m.uniform.mean, isMarked: false},
  {title: 'RMS', of: m => m.uniform.rootMeanSquare, isMarked: true},
  {title: 'Variance (%²)', of: m => m.uniform.variance, isMarked: false},
  {title: 'NMED', of: m => m.uniform.normalisedMeanErrorDistance, isMarked: true},
  {title: 'Error rate', of: m => m.uniform.errorRate, isMarked: true},
  {title: 'Worst case', of: m => m.uniform.worstCase, isMarked: true},
  {title: 'Worst distance', of: m => m.uniform.normalisedWorstCase, isMarked: true},
];
const NORMAL: readonly MetricColumn[] = [
  {title: 'MRED', of: m => m.normal.meanAbsolute, isMarked: true},
  {title: 'Bias', of: m => m.normal.mean, isMarked: false},
];
const RECORDED: readonly MetricColumn[] = [
  {title: 'MRED', of: m => m.recorded?.all?.meanAbsolute, isMarked: true},
  {title: 'Bias', of: m => m.recorded?.all?.mean, isMarked: false},
];
const count = (value: number) => Math.round(value).toLocaleString('en-US');
const CIRCUIT: readonly MetricColumn[] = [
  {title: 'Gates', of: m => m.area?.cells, isMarked: false, show: count},
  {title: 'Gate equiv.', of: m => m.area?.gateEquivalents, isMarked: false, show: count},
];

/** So many columns fit on paper; more multipliers are continued in another table. */
const COLUMNS = 8;

interface Row {
  readonly title: string;
  /** Cells before those of the multipliers. */
  readonly facts?: readonly string[];
  /** One for each multiplier; null where there is none. */
  readonly values: ReadonlyArray<number | null>;
}

/** A row for each multiplier, which a script of the page sorts by any column. */
export function metricsTable({multipliers, operands}: ErrorReport): string {
  const groups = [
    {title: 'All fractions alike', columns: UNIFORM},
    {title: 'Normal operands', columns: NORMAL},
    ...(operands ? [{title: 'Recorded operands', columns: RECORDED}] : []),
    // Known of multipliers that were made from a netlist.
    ...(multipliers.some(({area}) => area) ? [{title: 'Circuit', columns: CIRCUIT}] : []),
  ];
  const columns = groups.flatMap(group => group.columns);
  const cells = columns.map(({of, isMarked, show = shown}) => {
    const values = multipliers.map(multiplier => of(multiplier) ?? null);
    const sizes = values.flatMap(value => (value === null ? [] : [Math.abs(value)]));
    const best = isMarked && sizes.length > 1 ? Math.min(...sizes) : undefined;
    return values.map(value => {
      if (value === null) return '<td data-value="">–</td>';
      const size = Math.abs(value);
      const text = show(value);
      return size === best
        ? `<td data-value="${size}" class="best"><strong>${text}</strong></td>`
        : `<td data-value="${size}">${text}</td>`;
    });
  });
  const rows = multipliers.map(
    ({label}, i) =>
      `<tr><th scope="row" data-value="${escape(label)}">${wrappable(label, `${swatch(i)}&nbsp;`)}</th>` +
      `${cells.map(column => column[i]).join('')}</tr>`,
  );
  const over = groups.map(
    ({title, columns: {length}}) => `<th colspan="${length}" scope="colgroup">${title}</th>`,
  );
  return `<div class="wide"><table class="metrics sortable">
<caption>Errors in percent</caption>
<thead><tr class="over"><td></td>${over.join('')}</tr>
<tr><th scope="col">Multiplier</th>${columns.map(({title}) => `<th scope="col">${title}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`;
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
    rows,
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
  {caption, heads, rows}: {caption: string; heads: readonly string[]; rows: readonly Row[]},
): string {
  const named = multipliers.map(
    ({label}, i) => `<th scope="col">${wrappable(label, `${swatch(i)}&nbsp;`)}</th>`,
  );
  const fixed = heads.map(head => `<th scope="col">${head}</th>`).join('');
  const columns = COLUMNS - heads.length + 1;
  const parts = [];
  for (let start = 0; start < multipliers.length; start += columns) {
    const part = (cells: readonly string[]) => cells.slice(start, start + columns).join('');
    const lines = rows.map(
      ({title: row, facts = [], values}) =>
        `<tr><th scope="row">${wrappable(row)}</th>` +
        `${facts.map(fact => `<td>${fact}</td>`).join('')}${part(marked(values))}</tr>`,
    );
    parts.push(`<div class="wide"><table>
<caption>${caption}</caption>
<thead><tr>${fixed}${part(named)}</tr></thead>
<tbody>${lines.join('\n')}</tbody>
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
export function shown(value: number): string {
  const text = value !== 0 && Math.abs(value) < 0.0005 ? value.toExponential(1) : value.toFixed(3);
  return text.replaceAll('-', '−');
}

/** A multiplier's symbol, as in the charts. */
export function swatch(i: number): string {
  return `<span class="swatch">${marker(i).replace('<svg ', '<svg aria-hidden="true" ')}</span>`;
}
