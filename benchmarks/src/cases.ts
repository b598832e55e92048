// SPDX-License-Identifier: Apache-2.0
/** Which cases are measured, by the kind of device and by how long a run may take. */
import type {BenchmarkCase, GroupName} from './benchmark-case.js';
import {gemm} from './gemm.js';
import {leNet5Step} from './lenet5.js';

/** `cpu` is the engine without WebGPU; lavapipe and SwiftShader are WebGPU in software. */
export type DeviceKind = 'gpu' | 'lavapipe' | 'swiftshader' | 'cpu';

/** `smoke` only shows that everything runs; its times mean nothing. */
export type Effort = 'smoke' | 'quick' | 'full';

interface Plan {
  /** Sizes of square matrix products. */
  readonly gemm: readonly number[];
  /** Batch sizes of LeNet-5 training steps. */
  readonly lenet5: readonly number[];
}

const PLANS: Record<DeviceKind, Record<Exclude<Effort, 'smoke'>, Plan>> = {
  gpu: {
    quick: {gemm: [256, 512, 1024, 2048], lenet5: [64]},
    full: {gemm: [256, 512, 1024, 2048, 4096], lenet5: [64, 256]},
  },
  cpu: {
    quick: {gemm: [256, 512], lenet5: [64]},
    full: {gemm: [256, 512, 1024], lenet5: [64]},
  },
  lavapipe: {
    quick: {gemm: [256, 512], lenet5: [16]},
    full: {gemm: [256, 512, 1024], lenet5: [16, 64]},
  },
  // A tenth of lavapipe's speed.
  swiftshader: {
    quick: {gemm: [128, 256], lenet5: [4]},
    full: {gemm: [256, 512], lenet5: [16]},
  },
};

const SMOKE: Plan = {gemm: [64], lenet5: [2]};

export const GROUPS: readonly GroupName[] = ['gemm', 'lenet5'];

export function casesFor(
  device: DeviceKind,
  effort: Effort,
  groups: readonly GroupName[] = GROUPS,
): BenchmarkCase[] {
  const plan = effort === 'smoke' ? SMOKE : PLANS[device][effort];
  return [...plan.gemm.map(gemm), ...plan.lenet5.map(leNet5Step)].filter(({group}) =>
    groups.includes(group),
  );
}
