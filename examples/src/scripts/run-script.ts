// SPDX-License-Identifier: Apache-2.0
/** Runs a script of examples/scripts in a process of its own, and reads what it prints. */
import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {expect} from 'chai';

const FOLDER = fileURLToPath(new URL('../../scripts/', import.meta.url));
const REGISTER = '@tfjs-approx/backend-approx/register';

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** On stock TensorFlow.js's cpu backend. */
export function runStock(script: string): Promise<Output> {
  return runNode([script], {});
}

/** On approx, by `--import .../register`. The engine is that of the environment. */
export function runApprox(script: string, multiplier: string): Promise<Output> {
  const env = {APPROX_MULTIPLIER: multiplier, APPROX_COVERAGE: '1'};
  return runNode(['--import', REGISTER, script], env);
}

/** Rejects unless the process ends by itself with exit code 0. */
function runNode(args: string[], env: Record<string, string>): Promise<Output> {
  const options = {cwd: FOLDER, env: {...process.env, ...env}, timeout: 280_000};
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      if (error) {
        reject(new Error(`${args.at(-1)} failed: ${stderr.trim().slice(-2000) || error.message}`));
      } else {
        resolve({stdout, stderr});
      }
    });
  });
}

/** `name loss 1.5` on lines of their own or between others, by name, in order. */
export function lossesOf(stdout: string): ReadonlyMap<string, readonly number[]> {
  const losses = new Map<string, number[]>();
  for (const [, name, value] of stdout.matchAll(/(?:(\w+) )?\bloss ([^,\s]+)/g)) {
    const key = name ?? '';
    losses.set(key, [...(losses.get(key) ?? []), Number(value)]);
  }
  return losses;
}

const NUMBER = /-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/g;

/**
 * Asserts that two runs print the same but for numbers with decimals, which may differ by one in the last
 * printed digit and by `bound` relative to the expected value.
 */
export function expectSameOutput(actual: string, expected: string, bound: number): void {
  // print() pads numbers to the widest.
  const textOf = (output: string) =>
    output
      .replace(NUMBER, number => (number.includes('.') ? '#' : number))
      .replace(/[ \t]+/g, ' ')
      .replace(/ (?=[\],])/g, '');
  expect(textOf(actual)).to.equal(textOf(expected));
  const actualNumbers = actual.match(NUMBER) ?? [];
  (expected.match(NUMBER) ?? []).forEach((number, i) => {
    const digits = /\.(\d+)/.exec(number)?.[1].length ?? 0;
    const tolerance = digits === 0 ? 0 : bound * Math.abs(Number(number)) + 10 ** -digits;
    const where = expected.split('\n').find(line => line.includes(number));
    expect(Number(actualNumbers[i]), where).to.be.closeTo(Number(number), tolerance * 1.0001);
  });
}

export interface CoverageRow {
  readonly layer: string;
  readonly kernel: string;
  readonly pass: string;
  readonly multiplier: string;
  readonly macs: number;
  /** Why products were exact; '' where they were approximate. */
  readonly reason: string;
}

/** The rows of the coverage table on stderr. */
export function coverageOf(stderr: string): CoverageRow[] {
  const [, table = ''] = stderr.split('approx: coverage\n');
  const [, ...rows] = table.split(/\napproximate: /)[0].split('\n');
  return rows.map(row => {
    const [layer, kernel, pass, multiplier, , macs, reason = ''] = row.split(/ {2,}/);
    return {layer, kernel, pass, multiplier, macs: Number(macs.replaceAll(',', '')), reason};
  });
}
