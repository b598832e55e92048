// SPDX-License-Identifier: Apache-2.0
/**
 * The adapter self-test. WGSL fixes no rounding mode and lets implementations reassociate, fuse and
 * assume finite math, so each adapter is asked once whether its sums and special values come out
 * as on the reference engine. Bit-equality with the other engines is claimed only where it does.
 */
import {functionalModel, getMultiplier, resolveMacUnit} from '@tfjs-approx/arithmetic';
import {at, type Contraction} from '../../contraction/contraction.js';
import type {ApproxWebGPUBackend} from './backend.js';
import type {Engine} from '../engine.js';

export interface SelfTest {
  /** Names of the properties that hold. */
  readonly passed: readonly string[];
  /** What came out otherwise: `name: expected x, found y`. */
  readonly failed: readonly string[];
  /** Whether products and sums of native float32 are fused; bits of `fp32` depend on it. */
  readonly fusesNativeProducts: boolean;
}

/** An adapter is tested when it is first used; its answers do not change within a process. */
const selfTests = new Map<string, SelfTest>();

export async function selfTestOf(backend: ApproxWebGPUBackend, engine: Engine): Promise<SelfTest> {
  const key = JSON.stringify(backend.adapterDescription);
  let selfTest = selfTests.get(key);
  if (!selfTest) selfTests.set(key, (selfTest = await runSelfTest(backend, engine)));
  return selfTest;
}

interface Case {
  readonly name: string;
  readonly first: readonly number[];
  readonly second: readonly number[];
}

const LARGE = 2 ** 127;
/** All but the first have powers of two for operands, whose products are exact in mitchell7. */
const CASES: readonly Case[] = [
  // With and without a carry, all signs: 1.5 * 1.75 and 1.25 * 1.5 are not the table's answers.
  {
    name: 'products are those of the table',
    first: [1.5, -1.25, 1.0078125, -3],
    second: [1.75, 1.5, 1.9921875, -0.625],
  },
  {name: 'ties round to even', first: [2 ** 24, 1, 2], second: [1, 1, 1]},
  {name: 'ties round up to even', first: [2 ** 24, 2, 1], second: [1, 1, 1]},
  {
    name: 'products are added in ascending k',
    first: [2 ** 24, 1, 1, -(2 ** 24)],
    second: [1, 1, 1, 1],
  },
  {name: 'sums start from the first product', first: [1, 2 ** 24, -(2 ** 24)], second: [1, 1, 1]},
  {name: 'NaN passes', first: [NaN, 1], second: [1, 1]},
  {name: 'infinity times zero is NaN', first: [Infinity, 1], second: [0, 1]},
  {name: 'infinity passes', first: [-Infinity, 1], second: [1, 1]},
  {name: 'opposite infinities give NaN', first: [Infinity, -Infinity], second: [1, 1]},
  {name: 'products overflow to infinity', first: [LARGE, 1], second: [2, 1]},
  {name: 'sums overflow to infinity', first: [LARGE, LARGE], second: [1, 1]},
  {name: 'an overflowed product does not return', first: [LARGE, -LARGE], second: [2, 1]},
];
const DEPTH = 4;

/** Runs on the GPU; a few milliseconds after the shader is compiled. */
export async function runSelfTest(backend: ApproxWebGPUBackend, engine: Engine): Promise<SelfTest> {
  const multiplier = getMultiplier('mitchell7');
  const found = await run(backend, engine, 'mitchell7', CASES);
  const multiply = functionalModel(multiplier);
  const passed: string[] = [];
  const failed: string[] = [];
  CASES.forEach(({name, first, second}, c) => {
    const expected = first.reduce((sum, x, k) => Math.fround(sum + multiply(x, second[k])), 0);
    if (Object.is(found[c], expected)) passed.push(name);
    else failed.push(`${name}: expected ${expected}, found ${found[c]}`);
  });
  // (1 + 2^-12)^2 - 1 keeps its last bit, 2^-24, only when the product is not rounded.
  const x = 1 + 2 ** -12;
  const [fused] = await run(backend, engine, 'fp32', [
    {name: 'fused', first: [-1, x], second: [1, x]},
  ]);
  return {passed, failed, fusesNativeProducts: fused !== 2 ** -11};
}

async function run(
  backend: ApproxWebGPUBackend,
  engine: Engine,
  multiplier: string,
  cases: readonly Case[],
): Promise<Float32Array> {
  const operand = (side: 'first' | 'second') => {
    const values = new Float32Array(cases.length * DEPTH);
    cases.forEach((test, c) => values.set(test[side], c * DEPTH));
    return backend.makeTensorInfo([cases.length, DEPTH], 'float32', values);
  };
  const contraction: Contraction = {
    op: 'self-test',
    b: [{name: 'case', size: cases.length}],
    m: [],
    n: [],
    k: [{name: 'k', size: DEPTH}],
    first: {shape: [cases.length, DEPTH], index: [at(0, 'case', 1), at(0, 'k', 1)]},
    second: {shape: [cases.length, DEPTH], index: [at(0, 'case', 1), at(0, 'k', 1)]},
    output: {shape: [cases.length], index: [at(0, 'case', 1)]},
    epilogue: {activation: 'linear'},
  };
  const first = operand('first');
  const second = operand('second');
  const output = engine.run(
    [contraction],
    [cases.length],
    {first, second},
    resolveMacUnit(multiplier),
  );
  const values = (await backend.read(output.dataId)) as Float32Array;
  for (const {dataId} of [first, second, output]) backend.disposeData(dataId);
  return values;
}
