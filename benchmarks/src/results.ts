// SPDX-License-Identifier: Apache-2.0
/** What a run finds out: plain data, written to files as it is and laid out by report.ts. */
import type {Bits, GroupName} from './benchmark-case.js';
import type {Effort} from './cases.js';
import type {DeviceReport, Provenance} from './device.js';
import type {Timing} from './measure.js';

export interface Measurement extends Timing {
  readonly group: GroupName;
  readonly case: string;
  readonly contender: string;
  readonly backend: string;
  readonly multiplier: string | null;
  readonly evaluation: string | null;
  /** null: not compared. */
  readonly bits: Bits | null;
  /** Multiply-accumulates of one run; null where they are not counted. */
  readonly macs: number | null;
  /** Median, over rounds, of the time over the stock backend's; null for the stock backend itself. */
  readonly ratio: number | null;
  readonly gpuRatio: number | null;
}

export interface BenchmarkResults {
  readonly schema: 1;
  readonly effort: Effort;
  readonly device: DeviceReport;
  readonly provenance: Provenance;
  readonly measurements: readonly Measurement[];
}
