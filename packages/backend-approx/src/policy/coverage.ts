// SPDX-License-Identifier: Apache-2.0
/**
 * Coverage: which multiply-accumulates of a run were approximate, with which multiplier, and which
 * were exact and why. Counts are nominal (see `Lowering.macs`), so they can be checked by hand.
 */
import type {Pass} from './pass.js';
import {session} from '../session.js';

export interface CoverageEntry {
  /** Path of layer names, `encoder/dense_1`; '' for products outside layers. */
  readonly layer: string;
  readonly kernel: string;
  readonly pass: Pass;
  /** Name of the multiplier, or 'exact' for products that no multiplier could form. */
  readonly multiplier: string;
  readonly exact: boolean;
  /** Why products were exact; absent for approximate ones. */
  readonly reason?: string;
  readonly calls: number;
  /** Multiply-accumulates. */
  readonly macs: number;
}

export interface Coverage {
  readonly entries: readonly CoverageEntry[];
  /** All counted multiply-accumulates. */
  readonly totalMacs: number;
  readonly approximateMacs: number;
  /** approximateMacs / totalMacs, or 0 when nothing was counted. */
  readonly approximateShare: number;
  /** Where products are formed, and whether the self-test claims the other engines' bits there. */
  readonly device: string;
  /** A table for people. */
  toString(): string;
}

type MutableEntry = {-readonly [K in keyof CoverageEntry]: CoverageEntry[K]};

const entries = new Map<string, MutableEntry>();

/** Runs what calls kernels without forming products. */
export function withoutCounting(run: () => void): void {
  session.isCounting = false;
  try {
    run();
  } finally {
    session.isCounting = true;
  }
}

/** Adds one kernel call. Called once per kernel, so it stays small. */
export function count(call: Omit<CoverageEntry, 'calls'>): void {
  if (!session.isCounting) return;
  const key = `${call.layer}|${call.kernel}|${call.pass}|${call.multiplier}|${call.reason ?? ''}`;
  const entry = entries.get(key);
  if (!entry) {
    entries.set(key, {...call, calls: 1});
    return;
  }
  entry.calls++;
  entry.macs += call.macs;
}

/** Forgets all counts, for example before an epoch that is to be measured alone. */
export function resetCoverage(): void {
  entries.clear();
}

/** Told by whoever starts an engine. @param describe asked at every report. */
export function noteDevice(describe: () => string): void {
  session.describeDevice = describe;
}

/** Everything counted since the start or the last `resetCoverage()`. */
export function coverage(): Coverage {
  const snapshot = [...entries.values()].map(entry => ({...entry}));
  const macsOf = (list: readonly CoverageEntry[]) =>
    list.reduce((sum, entry) => sum + entry.macs, 0);
  const totalMacs = macsOf(snapshot);
  const approximateMacs = macsOf(snapshot.filter(entry => !entry.exact));
  const approximateShare = totalMacs > 0 ? approximateMacs / totalMacs : 0;
  const device = session.describeDevice();
  return {
    entries: snapshot,
    totalMacs,
    approximateMacs,
    approximateShare,
    device,
    toString: () => `${table(snapshot, approximateShare)}\n${device}`,
  };
}

function table(list: readonly CoverageEntry[], share: number): string {
  if (list.length === 0) return 'nothing has been counted: no multiply-accumulate ran on approx';
  const rows = [
    ['layer', 'kernel', 'pass', 'multiplier', 'calls', 'multiply-accumulates', ''],
    ...list.map(entry => [
      entry.layer || '-',
      entry.kernel,
      entry.pass,
      entry.multiplier,
      String(entry.calls),
      entry.macs.toLocaleString('en-US'),
      entry.exact ? `exact: ${entry.reason}` : '',
    ]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
  const isNumber = (column: number) => column === 4 || column === 5;
  const lines = rows.map(row =>
    row
      .map((cell, column) =>
        isNumber(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  );
  lines.push(`approximate: ${(100 * share).toFixed(2)} % of all counted multiply-accumulates`);
  return lines.join('\n');
}
