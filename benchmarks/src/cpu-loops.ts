// SPDX-License-Identifier: Apache-2.0
/**
 * The cpu engine's loops: products a second of each evaluation form on one thread, relative to a plain
 * float32 loop in WebAssembly measured in turns with them; what a second thread gains; and LeNet-5's
 * step beside the exact stock cpu backend's. (Convolutions: npm run bench -- --engine cpu.)
 *
 * usage: node benchmarks/dist/cpu-loops.js [--rounds N] [--only loops|threads|lenet5]
 */
import {parseArgs} from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {deviceInfo, setEngine, setMultiplier} from '@tfjs-approx/backend-approx';
import {PLAIN_GEMM_BASE64} from './cpu-loops/plain-gemm-module.js';
import {randomValues} from './random.js';
import {trainingStep} from './steps.js';

const SIZE = 512;
const MULTIPLIERS = ['fp32', 'bf16', 'truncated7', 'mitchell7', 'mbm7', 'mbm7:lut', 'mbm11:lut'];
/** Threads start while the caller is not computing. */
const START_MS = 500;

const WARM_UPS = 2;

type Run = () => void;

/** Medians of milliseconds, each contender in its turn once per round. */
function measure(contenders: Record<string, Run>, rounds: number): Record<string, number[]> {
  const times: Record<string, number[]> = {};
  for (let round = -WARM_UPS; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const start = performance.now();
      run();
      if (round >= 0) (times[name] ??= []).push(performance.now() - start);
    }
  }
  return times;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function ratio(of: number[], to: number[]): string {
  return median(of.map((ms, round) => ms / to[round])).toFixed(2);
}

async function useThreads(threads: number): Promise<void> {
  tf.env().set('APPROX_THREADS', threads);
  await setEngine('cpu');
  const a = tf.ones([SIZE, SIZE]);
  tf.matMul(a, a).dispose();
  a.dispose();
  await new Promise(resolve => setTimeout(resolve, START_MS));
}

function plainGemm(first: Float32Array, second: Float32Array): Run {
  const pages = Math.ceil((4 * 4 * SIZE * SIZE) / 65536) + 2;
  const memory = new WebAssembly.Memory({initial: pages});
  const module = new WebAssembly.Module(Buffer.from(PLAIN_GEMM_BASE64, 'base64'));
  const {exports} = new WebAssembly.Instance(module, {env: {memory}});
  const gemm = exports['gemm'] as (a: number, b: number, c: number, size: number) => void;
  const [a, b, c] = [1, 2, 3].map(i => i * 4 * SIZE * SIZE) as [number, number, number];
  new Float32Array(memory.buffer, a).set(first);
  new Float32Array(memory.buffer, b).set(second);
  return () => gemm(a, b, c, SIZE);
}

function products(multipliers: readonly string[]): Record<string, Run> {
  const a = tf.tensor2d(randomValues(SIZE * SIZE, 1), [SIZE, SIZE]);
  const b = tf.tensor2d(randomValues(SIZE * SIZE, 2), [SIZE, SIZE]);
  return Object.fromEntries(
    multipliers.map(name => [
      name,
      () => {
        setMultiplier(name);
        tf.matMul(a, b).dispose();
      },
    ]),
  );
}

async function loops(rounds: number): Promise<void> {
  await useThreads(1);
  const plain = plainGemm(randomValues(SIZE * SIZE, 1), randomValues(SIZE * SIZE, 2));
  const times = measure({'plain fp32 loop': plain, ...products(MULTIPLIERS)}, rounds);
  console.log(`\nGEMM ${SIZE}, one thread        GMAC/s  relative to the plain loop`);
  for (const [name, of] of Object.entries(times)) {
    const speed = (SIZE ** 3 / median(of) / 1e6).toFixed(2).padStart(8);
    console.log(`${name.padEnd(28)}${speed}  ${ratio(times['plain fp32 loop'], of)}`);
  }
}

/** Switching threads costs their start, so the two numbers take turns in long series. */
async function threads(rounds: number): Promise<void> {
  const one: Record<string, number[]> = {};
  const two: Record<string, number[]> = {};
  for (let turn = 0; turn < 3; turn++) {
    for (const [count, times] of [
      [1, one],
      [2, two],
    ] as const) {
      await useThreads(count);
      for (const [name, of] of Object.entries(measure(products(MULTIPLIERS), rounds))) {
        (times[name] ??= []).push(median(of));
      }
    }
  }
  console.log(`\nGEMM ${SIZE}                    2 threads, times 1 thread`);
  for (const name of MULTIPLIERS) console.log(`${name.padEnd(28)}${ratio(one[name], two[name])}`);
}

async function lenet5(rounds: number): Promise<void> {
  const step = trainingStep('lenet5', 64);
  const contenders: Record<string, number> = {};
  for (const count of [1, 2]) {
    for (const multiplier of ['fp32', 'mbm7', 'mbm7:lut']) {
      await useThreads(count);
      setMultiplier(multiplier);
      contenders[`${multiplier}, ${count} thread${count > 1 ? 's' : ''}`] = time(step, rounds);
    }
  }
  await tf.setBackend('cpu');
  const stock = time(step, 3);
  console.log(`\n${step.name}          ms  stock cpu takes times`);
  console.log(`${'stock cpu, exact'.padEnd(24)}${stock.toFixed(1).padStart(9)}`);
  for (const [name, ms] of Object.entries(contenders)) {
    console.log(`${name.padEnd(24)}${ms.toFixed(1).padStart(9)}  ${(stock / ms).toFixed(0)}`);
  }
}

function time(benchmark: ReturnType<typeof trainingStep>, rounds: number): number {
  const workload = benchmark.prepare();
  const run = () => {
    const result = workload.run();
    result.dataSync();
    result.dispose();
  };
  const {step} = measure({step: run}, rounds);
  workload.dispose();
  return median(step);
}

const {values} = parseArgs({
  options: {rounds: {type: 'string', default: '9'}, only: {type: 'string'}},
});
const parts: Record<string, (rounds: number) => Promise<void>> = {loops, threads, lenet5};
await setEngine('cpu');
console.log(deviceInfo().device);
for (const [name, part] of Object.entries(parts)) {
  if (!values.only || values.only === name) await part(Number(values.rounds));
}
