// SPDX-License-Identifier: Apache-2.0
/**
 * The cpu engine's loops: products a second of each evaluation form on one thread, relative to a plain
 * float32 loop in WebAssembly measured in turns with them; what a second thread gains; and training
 * steps and convolutions beside the exact stock cpu backend.
 *
 * usage: node benchmarks/dist/cpu-loops.js [--rounds N] [--only loops|threads|lenet5|resnet18]
 */
import {parseArgs} from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {deviceInfo, setEngine, setMultiplier} from '@tfjs-approx/backend-approx';
import {PLAIN_GEMM_BASE64} from './cpu-loops/plain-gemm-module.js';
import {trainingStep} from './steps.js';
import {randomValues} from './random.js';

const SIZE = 512;
const MULTIPLIERS = ['fp32', 'bf16', 'truncated7', 'mitchell7', 'mbm7', 'mbm7:lut', 'mbm11:lut'];
/** Threads start while the caller is not computing. */
const START_MS = 500;

type Run = () => void;

/** Medians of milliseconds, each contender in its turn once per round. */
function measure(
  contenders: Record<string, Run>,
  rounds: number,
  warmUps = 2,
): Record<string, number[]> {
  const times: Record<string, number[]> = {};
  for (let round = -warmUps; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const start = performance.now();
      run();
      if (round >= 0) (times[name] ??= []).push(performance.now() - start);
    }
  }
  return times;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function ratio(of: number[], to: number[]): string {
  return median(of.map((ms, round) => ms / to[round]!)).toFixed(2);
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
    console.log(`${name.padEnd(28)}${speed}  ${ratio(times['plain fp32 loop']!, of)}`);
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
  for (const name of MULTIPLIERS) console.log(`${name.padEnd(28)}${ratio(one[name]!, two[name]!)}`);
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
    const result = workload.run() as tf.Tensor;
    result.dataSync();
    result.dispose();
  };
  const {step} = measure({step: run}, rounds);
  workload.dispose();
  return median(step!);
}

/** The 3 x 3 convolutions of ResNet-18 on 32 x 32 pictures, batch 2: height, channels in and out, stride. */
const BATCH = 2;
const RESNET18 = [
  [32, 64, 64, 1],
  [32, 64, 128, 2],
  [16, 128, 128, 1],
  [8, 256, 256, 1],
  [4, 512, 512, 1],
] as const;

/** The stock backend is measured once: its dW takes many seconds. */
async function resnet18(rounds: number): Promise<void> {
  console.log(
    '\nResNet-18, 3 x 3 convolutions, batch 2: stock cpu takes times (mbm7, default threads)',
  );
  for (const [height, inC, outC, stride] of RESNET18) {
    const inputShape = [BATCH, height, height, inC] as [number, number, number, number];
    const output = height / stride;
    const run = (measured: 'forward' | 'dX' | 'dW', rounds: number, warmUps: number) => {
      const x = tf.tensor4d(randomValues(BATCH * height * height * inC, 1), inputShape);
      const filter = tf.tensor4d(randomValues(9 * inC * outC, 2), [3, 3, inC, outC]);
      const dy = tf.tensor4d(randomValues(BATCH * output * output * outC, 3), [
        BATCH,
        output,
        output,
        outC,
      ]);
      const conv = (a: tf.Tensor, w: tf.Tensor) =>
        tf.conv2d(a as tf.Tensor4D, w as tf.Tensor4D, stride, 'same');
      const of: Record<typeof measured, Run> = {
        forward: () => conv(x, filter).dispose(),
        dX: () => tf.dispose(tf.grad(a => conv(a, filter))(x, dy)),
        dW: () => tf.dispose(tf.grad(w => conv(x, w))(filter, dy)),
      };
      // A gradient holds a forward pass, which is taken off.
      const times = measure({forward: of.forward, both: of[measured]}, rounds, warmUps);
      tf.dispose([x, filter, dy]);
      return measured === 'forward'
        ? median(times['forward']!)
        : median(times['both']!) - median(times['forward']!);
    };
    const ratios = [];
    for (const measured of ['forward', 'dX', 'dW'] as const) {
      await setEngine('cpu');
      setMultiplier('mbm7');
      const own = run(measured, rounds, 3);
      await tf.setBackend('cpu');
      ratios.push(`${measured} ${(run(measured, 1, 0) / own).toFixed(1)}`);
    }
    console.log(
      `${height} x ${height}, ${inC} to ${outC}, stride ${stride}`.padEnd(28),
      ratios.join('  '),
    );
  }
}

const {values} = parseArgs({
  options: {rounds: {type: 'string', default: '9'}, only: {type: 'string'}},
});
const parts: Record<string, (rounds: number) => Promise<void>> = {loops, threads, lenet5, resnet18};
await setEngine('cpu');
console.log(deviceInfo().device);
for (const [name, part] of Object.entries(parts)) {
  if (!values.only || values.only === name) await part(Number(values.rounds));
}
