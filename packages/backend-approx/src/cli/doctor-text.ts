// SPDX-License-Identifier: Apache-2.0
/** The doctor's findings for people. */
import {styleText} from 'node:util';
import type {Diagnosis} from './doctor.js';

type Mark = 'ok' | 'note' | 'bad' | '';
const COLOURS = {ok: 'green', note: 'yellow', bad: 'red'} as const;
const LABEL = 11;
const INDENT = 8 + LABEL;

/** @param colours Whether to use them; see main.ts. */
export function doctorText(d: Diagnosis, {colours}: {colours: boolean}): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colours ? styleText(style, text, {validateStream: false}) : text;
  const finding = (mark: Mark, label: string, text: string) => {
    const shown = mark === '' ? '    ' : paint(COLOURS[mark], mark.padEnd(4));
    return `  ${shown}  ${label.padEnd(LABEL)}${wrap(text)}`;
  };
  const {node, adapter, limits, selfTest} = d;
  const lines = [
    finding(
      node.ok ? 'ok' : 'bad',
      'Node',
      `${node.version} on ${node.platform} ${node.arch}` +
        (node.ok ? '' : `, but approx needs ${node.required}`),
    ),
    d.webgpuPackage
      ? finding('ok', 'WebGPU', `npm package webgpu ${d.webgpuPackage.version} (Dawn)`)
      : finding('note', 'WebGPU', 'npm package webgpu is not installed'),
  ];
  if (!adapter) {
    // Without the package that was said above.
    if (d.webgpuPackage) lines.push(finding('note', 'adapter', `none: ${reason(d.adapterError!)}`));
  } else {
    const {vendor, architecture, isFallbackAdapter, software, device} = adapter;
    const details = [
      `vendor ${vendor || 'unknown'}`,
      ...(architecture ? [`architecture ${architecture}`] : []),
      ...(isFallbackAdapter ? ['fallback adapter'] : []),
      software ? 'computes in software' : 'GPU',
    ];
    lines.push(finding(software ? 'note' : 'ok', 'adapter', `${device} (${details.join(', ')})`));
  }
  if (limits) {
    lines.push(
      finding(
        '',
        'limits',
        `buffer ${bytes(limits.maxBufferSize)}, ` +
          `tensor ${bytes(Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize))}, ` +
          `workgroup ${limits.maxComputeInvocationsPerWorkgroup} invocations and ` +
          `${bytes(limits.maxComputeWorkgroupStorageSize)}`,
      ),
    );
  }
  if (selfTest) {
    const {passed, failed, fusesNativeProducts} = selfTest;
    const fused = `native products are ${fusesNativeProducts ? '' : 'not '}fused`;
    lines.push(
      failed.length === 0
        ? finding('ok', 'self-test', `all ${passed.length} properties hold; ${fused}`)
        : finding('bad', 'self-test', `${failed.length} failed: ${failed.join('; ')}; ${fused}`),
    );
  }
  if (d.bitsEqual !== undefined) {
    lines.push(
      d.bitsEqual
        ? finding('ok', 'bits', 'a product of matrices with mbm7 is that of the cpu engine')
        : finding('bad', 'bits', 'a product of matrices with mbm7 differs from the cpu engine'),
    );
  }
  if (d.cpuError) lines.push(finding('bad', 'cpu', d.cpuError));
  for (const [name, value] of Object.entries(d.environment)) {
    lines.push(finding('', 'variable', `${name}=${value}`));
  }
  return [
    ...lines,
    '',
    ...speedLines(d).map((line, i) => (i === 0 ? paint('bold', line) : line)),
    '',
    `${paint('bold', 'approx runs on')} ${d.automatic} unless another engine is asked for.`,
    ...(d.advice.length > 0 ? ['', paint('bold', 'For more')] : []),
    ...d.advice.map(text => `  - ${wrap(text, 4)}`),
  ].join('\n');
}

function speedLines({engines}: Diagnosis): string[] {
  const names = engines[0]?.speeds.map(({multiplier}) => multiplier) ?? [];
  const row = (first: string, cells: readonly string[]) =>
    `  ${first.padEnd(8)}${cells.map(cell => cell.padStart(10)).join('')}`;
  return [
    `${row('engine', names)}  in 10^9 multiply-accumulates per second`,
    ...engines.map(({engine, speeds}) =>
      row(
        engine,
        speeds.map(({gmacPerSecond}) => significant(gmacPerSecond)),
      ),
    ),
  ];
}

function significant(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toPrecision(2);
}

function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(count) / 10));
  return `${Number((count / 1024 ** unit).toFixed(1))} ${units[unit]}`;
}

/** The message of an AdapterError repeats the label and goes on with advice. */
function reason(message: string): string {
  return message.replace(/^No WebGPU adapter: /, '').split('. ')[0];
}

/** Breaks lines at spaces, at 88 columns. */
function wrap(text: string, indent = INDENT): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > 88) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
