// SPDX-License-Identifier: Apache-2.0
/** Who is measured: stock backends, and `approx` with each multiplier on one of its engines. */
import {createRequire} from 'node:module';
import {dirname, join, sep} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as wasm from '@tensorflow/tfjs-backend-wasm';
import {setMultiplier} from '@tfjs-approx/backend-approx';
import {getMultiplier} from '@tfjs-approx/arithmetic';

export interface Contender {
  /** For people and in files: `stock webgpu`, `mbm7`. */
  readonly name: string;
  readonly backend: string;
  /** Only on approx. */
  readonly multiplier?: string;
  /** How approx computes a product with it. */
  readonly evaluation?: string;
  /** Multiply-accumulates per second with which it is expected to start, to tell what takes too long. */
  readonly expected: (kind: string) => number;
}

/** mbm7 from its table comes last: `:lut` forces the table where a closed form is faster. */
export const MULTIPLIERS: readonly string[] = ['fp32', 'bf16', 'mitchell7', 'mbm7', 'mbm7:lut'];

const unlimited = () => Infinity;
/** Stock cpu loops over weight gradients very slowly. */
const stockCpuSpeed = (kind: string) => (/gemm|forward|dX/.test(kind) ? 3e8 : 5e7);
const EXPECTED: Record<string, Contender['expected']> = {
  cpu: stockCpuSpeed,
  wasm: () => 3e9,
  tensorflow: () => 3e9,
};

/** The first one is the stock backend on the same device: the others are compared with it. */
export function contendersFor(
  stock: string,
  multipliers: readonly string[],
  others: readonly string[] = [],
): Contender[] {
  const backends = [stock, ...others.filter(backend => backend !== stock)];
  // What approx does on a processor, in JavaScript or WebAssembly, takes about this long at worst.
  const expected = stock === 'cpu' ? () => 2e8 : unlimited;
  return [
    ...backends.map(backend => ({
      name: backend === 'tensorflow' ? 'tfjs-node' : `stock ${backend}`,
      backend,
      expected: EXPECTED[backend] ?? unlimited,
    })),
    ...multipliers.map(name => {
      const {evaluation} = getMultiplier(name);
      return {name, backend: 'approx', multiplier: name, evaluation, expected};
    }),
  ];
}

/** Makes a contender the current backend. */
export async function select({name, backend, multiplier}: Contender): Promise<void> {
  if (multiplier !== undefined) setMultiplier(multiplier);
  if (!(await tf.setBackend(backend))) {
    throw new Error(`Error in benchmark: the backend of ${name} (${backend}) does not start.`);
  }
}

export interface OtherBackends {
  /** Names of tfjs backends that start here. */
  readonly names: string[];
  /** What there is to say about each, and why others are missing. */
  readonly notes: string[];
}

/**
 * Stock backends besides the one that shares a device with approx.
 *
 * @param wasmFolder with the binaries of stock wasm; those of its package unless given.
 */
export async function otherBackends(wasmFolder = packagedWasm()): Promise<OtherBackends> {
  const names = ['cpu'];
  const notes: string[] = [];
  const current = tf.getBackend();
  try {
    wasm.setWasmPaths(wasmFolder + sep);
    if (!(await tf.setBackend('wasm'))) throw new Error('it does not start here');
    const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) ? 'SIMD' : 'no SIMD';
    const threads = wasm.getThreadsCount();
    names.push('wasm');
    notes.push(`stock wasm: ${simd}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`);
  } catch (error) {
    notes.push(`stock wasm: ${(error as Error).message.split('\n')[0]}`);
  }
  const node = await importTfjsNode();
  if (node !== null) names.push('tensorflow');
  notes.push(`tfjs-node: ${node ?? 'not installed'}`);
  await tf.setBackend(current);
  return {names, notes};
}

function packagedWasm(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist');
}

/** @returns the package that registered the backend `tensorflow`, or null. */
async function importTfjsNode(): Promise<string | null> {
  for (const name of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']) {
    try {
      await import(name);
      if (tf.engine().registryFactory['tensorflow']) return name;
    } catch {
      // Not installed, or without a binary for this system.
    }
  }
  return null;
}
