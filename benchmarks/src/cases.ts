// SPDX-License-Identifier: Apache-2.0
/** Which cases are measured, by the kind of device and by how long a run may take. */
import type {BenchmarkCase, GroupName} from './benchmark-case.js';
import {convolution, PASSES} from './convolution.js';
import {LAYERS, type LayerSource} from './convolution-layers.js';
import {gemm, growth} from './gemm.js';
import {trainingStep, type NetworkName} from './steps.js';

/**
 * `cpu` is the engine without WebGPU, `cpu-beside` the same after a run on an adapter; lavapipe and
 * SwiftShader are WebGPU in software.
 */
export type DeviceKind = 'gpu' | 'lavapipe' | 'swiftshader' | 'cpu' | 'cpu-beside';

/** `smoke` only shows that everything runs; its times mean nothing. */
export type Effort = 'smoke' | 'quick' | 'full';

interface Plan {
  /** Sizes of square matrix products. */
  readonly gemm: readonly number[];
  /** Batch size of the convolution layers of a network. */
  readonly conv: Readonly<Partial<Record<LayerSource, number>>>;
  /** Batch sizes of training steps. */
  readonly steps: Readonly<Partial<Record<NetworkName, readonly number[]>>>;
  /** Products from 1e6 multiply-accumulates up to this many... */
  readonly growthTo: number;
  /** ...in so many steps per decade. */
  readonly growthSteps: number;
}

const PLANS: Record<DeviceKind, Record<Exclude<Effort, 'smoke'>, Plan>> = {
  gpu: {
    quick: {
      gemm: [256, 512, 1024, 2048],
      conv: {lenet5: 256, resnet32: 64},
      steps: {lenet5: [64], lstm: [64]},
      growthTo: 1e10,
      growthSteps: 1,
    },
    full: {
      gemm: [256, 512, 1024, 2048, 4096],
      conv: {lenet5: 256, resnet32: 64, resnet224: 16, mobilenet: 16},
      steps: {lenet5: [64, 256], resnet18: [32], lstm: [64]},
      growthTo: 1e11,
      growthSteps: 2,
    },
  },
  cpu: {
    quick: {
      gemm: [256, 512],
      conv: {lenet5: 16},
      steps: {lenet5: [16], lstm: [16]},
      growthTo: 1e8,
      growthSteps: 1,
    },
    full: {
      gemm: [256, 512, 1024, 2048, 4096],
      conv: {lenet5: 64, resnet32: 1, resnet224: 1, mobilenet: 1},
      steps: {lenet5: [64], resnet18: [2], lstm: [64]},
      growthTo: 1e11,
      growthSteps: 2,
    },
  },
  'cpu-beside': {
    quick: {
      gemm: [256, 512],
      conv: {},
      steps: {lenet5: [16]},
      growthTo: 1e8,
      growthSteps: 1,
    },
    full: {
      gemm: [256, 512, 1024],
      conv: {lenet5: 16},
      steps: {lenet5: [64]},
      growthTo: 1e9,
      growthSteps: 1,
    },
  },
  lavapipe: {
    quick: {
      gemm: [256, 512],
      conv: {lenet5: 16},
      steps: {lenet5: [16]},
      growthTo: 1e8,
      growthSteps: 1,
    },
    full: {
      gemm: [256, 512, 1024],
      conv: {lenet5: 16, resnet32: 1},
      steps: {lenet5: [16], lstm: [16]},
      growthTo: 1e9,
      growthSteps: 1,
    },
  },
  // A tenth of lavapipe's speed.
  swiftshader: {
    quick: {
      gemm: [128, 256],
      conv: {lenet5: 1},
      steps: {lenet5: [4]},
      growthTo: 1e7,
      growthSteps: 1,
    },
    full: {
      gemm: [256, 512],
      conv: {lenet5: 4},
      steps: {lenet5: [16]},
      growthTo: 1e8,
      growthSteps: 1,
    },
  },
};

const SMOKE: Plan = {
  gemm: [64],
  conv: {lenet5: 1},
  steps: {lenet5: [2]},
  growthTo: 1e6,
  growthSteps: 1,
};

export const GROUPS: readonly GroupName[] = ['gemm', 'conv', 'step', 'growth'];

export function casesFor(
  device: DeviceKind,
  effort: Effort,
  groups: readonly GroupName[] = GROUPS,
): BenchmarkCase[] {
  const plan = effort === 'smoke' ? SMOKE : PLANS[device][effort];
  const sources = Object.entries(plan.conv) as [LayerSource, number][];
  const steps = Object.entries(plan.steps) as [NetworkName, readonly number[]][];
  return [
    ...plan.gemm.map(gemm),
    ...sources.flatMap(([source, batch]) =>
      LAYERS[source].flatMap(layer => PASSES.map(pass => convolution(source, layer, pass, batch))),
    ),
    ...steps.flatMap(([network, batches]) => batches.map(batch => trainingStep(network, batch))),
    ...growthSizes(plan).map(growth),
  ].filter(({group}) => groups.includes(group));
}

/** 1e6, 3e6, 1e7, ...: evenly spaced on a logarithmic scale, but for rounding to one digit. */
function growthSizes({growthTo, growthSteps}: Plan): number[] {
  const count = Math.round(Math.log10(growthTo / 1e6) * growthSteps) + 1;
  return Array.from({length: count}, (_, i) =>
    Number((1e6 * 10 ** (i / growthSteps)).toPrecision(1)),
  );
}
