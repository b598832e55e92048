// SPDX-License-Identifier: Apache-2.0
/** What a run finds out: plain data, written to files as it is and laid out by report.ts. */
import type {Bits, GroupName} from './benchmark-case.js';
import type {Effort} from './cases.js';
import type {DeviceReport, Provenance} from './device.js';
import type {DirectSimulation} from './direct.js';
import {lookUpLimit, type LookUpLimit} from './limits.js';
import type {Timing} from './measure.js';

export interface Measurement extends Timing {
  /** Of approx in this part of the run: its contenders took turns with each other. */
  readonly engine: string;
  readonly group: GroupName;
  readonly case: string;
  readonly contender: string;
  readonly backend: string;
  readonly multiplier: string | null;
  readonly evaluation: string | null;
  /** null: not compared. */
  readonly bits: Bits | null;
  readonly shape: string;
  /** Multiply-accumulates of one run; null where they are not counted. */
  readonly macs: number | null;
  /**
   * Of the time to that of the stock backend on the same device (`ratioOf`); null for that backend
   * itself.
   */
  readonly ratio: number | null;
  readonly gpuRatio: number | null;
  /** The same over stock cpu's time; null where that was not timed. */
  readonly cpuRatio: number | null;
}

/** A case that a contender did not do. */
export interface Untimed {
  readonly engine: string;
  readonly group: GroupName;
  readonly case: string;
  readonly contender: string;
  /** Short, for a table: `about 110 s`, `no kernel`. */
  readonly short: string;
  readonly reason: string;
  /** It should have worked. */
  readonly isFailure: boolean;
}

export interface BenchmarkResults {
  readonly schema: 2;
  readonly effort: Effort;
  readonly device: DeviceReport;
  readonly provenance: Provenance;
  readonly direct: DirectSimulation | null;
  /** null for a device whose limit is not known. */
  readonly lookUpLimit: LookUpLimit | null;
  /** What else to know about contenders. */
  readonly notes: readonly string[];
  readonly measurements: readonly Measurement[];
  readonly untimed: readonly Untimed[];
}

/** Schema 1 had one engine, matrix products and LeNet-5 steps, and counted products of the first alone. */
interface Schema1 extends Pick<BenchmarkResults, 'effort' | 'device' | 'provenance'> {
  readonly schema: 1;
  readonly measurements: readonly (Omit<Measurement, 'engine' | 'group' | 'shape' | 'cpuRatio'> & {
    readonly group: 'gemm' | 'lenet5';
  })[];
}

/**
 * @param text a results file, of this schema or an older one.
 * @throws {Error} that says what it is instead.
 */
export function parseResults(text: string): BenchmarkResults {
  const found = JSON.parse(text) as BenchmarkResults | Schema1 | {schema?: unknown};
  if (found.schema === 2) return found as BenchmarkResults;
  if (found.schema === 1) return upgraded(found as Schema1);
  throw new Error(`schema ${String(found.schema)}, expected 1 or 2: no results of this benchmark`);
}

function upgraded({effort, device, provenance, measurements}: Schema1): BenchmarkResults {
  return {
    schema: 2,
    effort,
    device,
    provenance,
    direct: null,
    lookUpLimit: lookUpLimit(device.name),
    notes: [],
    measurements: measurements.map(measurement => ({
      ...measurement,
      engine: device.engine,
      group: measurement.group === 'lenet5' ? 'step' : measurement.group,
      shape: '',
      cpuRatio: null,
    })),
    untimed: [],
  };
}

/** Multiply-accumulates per second, in units of 1e9; null where they are not counted. */
export function gmacPerSecond({macs, wallMs}: Measurement): number | null {
  return macs === null ? null : macs / wallMs.median / 1e6;
}

/** How many times as fast as the direct simulation on one core; null where that was not measured. */
export function speedupOverDirect(
  measurement: Measurement,
  direct: DirectSimulation | null,
): number | null {
  const speed = gmacPerSecond(measurement);
  return speed === null || direct === null ? null : speed / direct.gmacPerSecond;
}

/** The share of the look-ups a second that the GPU could serve; null for other forms and devices. */
export function limitShare(measurement: Measurement, limit: LookUpLimit | null): number | null {
  const speed = gmacPerSecond(measurement);
  const isBound = measurement.evaluation === 'lut' && measurement.engine === 'webgpu';
  return speed === null || limit === null || !isBound ? null : (speed * 1e9) / limit.perSecond;
}
