// SPDX-License-Identifier: Apache-2.0
/** FEATURES.md: for each layer and pass, what coverage says after a real training step. */
import {coverage, resetCoverage, setEngine, setMultiplier} from '#src/index.js';
import type {CoverageEntry} from '#src/policy/coverage.js';
import {PASSES, type Pass} from '#src/policy/pass.js';
import {LAYER_CASES, trainOneStep} from './layer-cases.js';

const HEADING = `# Features

Which multiply-accumulates of which layers run on the approximate multiplier. This table is written
by \`npm run features\` from one real training step per layer with \`mbm7\`, and checked by the tests.

- **approximate**: every multiply-accumulate of that pass.
- **none**: the pass forms no multiply-accumulates.

Optimisers, losses, normalisation, PReLU, gates and pooling hold only element-wise products, no
multiply-accumulates; they run exactly. So do int32 products and the \`orthogonal\` initialiser of
recurrent layers, which \`coverage()\` lists. LocallyConnected layers do not exist in TensorFlow.js.

Products that are exact and that \`coverage()\` does not see: Fourier transforms, local response
normalisation, bilinear resizing and cropping, and a program's own \`mul\` and \`sum\`.
`;

/** The text of FEATURES.md. */
export async function featuresTable(): Promise<string> {
  await setEngine('cpu');
  setMultiplier('mbm7');
  const rows = [
    ['layer', 'forward', 'input gradient (dX)', 'weight gradient (dW)', 'kernels'],
    ['---', '---', '---', '---', '---'],
  ];
  for (const layer of LAYER_CASES) {
    await trainOneStep(layer, resetCoverage);
    const {entries} = coverage();
    const kernels = [...new Set(entries.map(entry => entry.kernel))].sort();
    rows.push([layer.title, ...PASSES.map(pass => cell(entries, pass)), kernels.join(', ') || '-']);
  }
  resetCoverage();
  return `${HEADING}\n${align(rows)}`;
}

function cell(entries: readonly CoverageEntry[], pass: Pass): string {
  const own = entries.filter(entry => entry.pass === pass);
  if (own.length === 0) return 'none';
  const exact = own.filter(entry => entry.exact);
  if (exact.length === 0) return 'approximate';
  const reasons = [...new Set(exact.map(entry => entry.reason))].join('; ');
  return exact.length === own.length ? `exact: ${reasons}` : `partly exact: ${reasons}`;
}

/** Columns padded as prettier would. */
function align(rows: readonly string[][]): string {
  const widths = rows[0].map((_, c) => Math.max(...rows.map(row => row[c].length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((text, c) => text.padEnd(widths[c], text === '---' ? '-' : ' ')).join(' | ')} |`;
  return rows.map(line).join('\n') + '\n';
}
