// SPDX-License-Identifier: Apache-2.0
/**
 * The engines that the behaviour suites run on, and how much of a suite each of them takes.
 *
 * A suite runs on every engine of its process: APPROX_ENGINE=webgpu makes it one of the webgpu engine, anything
 * else one of the engines that need no GPU (tools/suites.mjs starts both; docs/decisions.md says why two).
 */
import type {EngineName, MultiplierSpec} from '#src/index.js';
import {expectAdapter} from '#src/testing/expect-adapter.js';

/** What an engine that trains whole networks is given to train. */
export interface Training {
  /** The tfjs backend with which its losses are compared. */
  readonly stock: 'cpu' | 'webgpu';
  /** Multipliers for the networks of four kinds. */
  readonly multipliers: Readonly<Record<string, MultiplierSpec>>;
  /** Steps of the runs in which no memory may grow. */
  readonly convSteps: number;
  readonly lstmSteps: number;
}

export interface TestEngine {
  readonly engine: EngineName;
  readonly runsIn: 'cpu' | 'webgpu';
  /** Cases with more products than this are left out, by suite: slow engines take the smaller ones. */
  readonly maxMacs: Readonly<Record<'ops' | 'conv3d' | 'depthwise', number>>;
  /**
   * Leaves out cases that differ from others in little but the shader that a GPU has to compile for them, which
   * takes a software adapter about a second.
   */
  readonly few?: boolean;
  /** Whether the sampled comparisons of more than 10^9 products run. */
  readonly large?: boolean;
  /** Whether the cases of more than 65,535 batches run. */
  readonly many: boolean;
  /** Runs when the engine is up: asserts which one it is. */
  readonly ready?: () => void;
  /** undefined for the oracle, which takes no whole programs. */
  readonly training?: Training;
}

/** A training engine, as every one but the oracle is. */
export type TrainingEngine = TestEngine & {readonly training: Training};

const LONG_RUNS = {convSteps: 2000, lstmSteps: 500};

export const ENGINES: readonly TestEngine[] = [
  {
    engine: 'cpu',
    runsIn: 'cpu',
    maxMacs: {ops: 1e7, conv3d: 1e7, depthwise: 1e7},
    large: true,
    many: true,
    training: {
      stock: 'cpu',
      multipliers: {
        mbm7: 'mbm7',
        'mitchell7, bf16 and truncated7': {
          forward: 'mitchell7',
          inputGradient: 'bf16',
          weightGradient: 'truncated7',
        },
      },
      ...LONG_RUNS,
    },
  },
  {
    engine: 'reference',
    runsIn: 'cpu',
    maxMacs: {ops: 4e5, conv3d: 1e5, depthwise: 1e5},
    many: true,
  },
  {
    engine: 'webgpu',
    runsIn: 'webgpu',
    maxMacs: {ops: 2e6, conv3d: 1e7, depthwise: 2e6},
    few: true,
    // A workgroup takes SwiftShader half a millisecond.
    many: process.env['APPROX_TEST_ADAPTER'] !== 'swiftshader',
    ready: expectAdapter,
    training: {
      stock: 'webgpu',
      multipliers: {mbm7: 'mbm7'},
      // Software adapters take minutes for all steps.
      ...(process.env['APPROX_LONG_RUNS'] === '1' ? LONG_RUNS : {convSteps: 200, lstmSteps: 20}),
    },
  },
];

/** The engines of this process. */
export const enginesHere: readonly TestEngine[] = ENGINES.filter(
  ({runsIn}) => runsIn === (process.env['APPROX_ENGINE'] === 'webgpu' ? 'webgpu' : 'cpu'),
);

/** Those of this process that run whole programs, which all do but the oracle. */
export const trainingEnginesHere: readonly TrainingEngine[] = enginesHere.filter(
  (engine): engine is TrainingEngine => engine.training !== undefined,
);
