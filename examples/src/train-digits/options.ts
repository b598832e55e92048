// SPDX-License-Identifier: Apache-2.0
/** The command line of train-digits: what can be chosen, what is meant by default, what is refused. */
import {parseArgs} from 'node:util';

export const ENGINES = ['auto', 'webgpu', 'cpu'] as const;

export interface Options {
  /** Multiplier names or paths of table files, in the order in which they train. */
  multipliers: string[];
  epochs: number;
  batchSize: number;
  seed: number;
  /** Training images; all 1,437 unless told. */
  images: number;
  /** undefined: what APPROX_ENGINE says, else `auto`. */
  engine: (typeof ENGINES)[number] | undefined;
  /** Folder for results. */
  out: string;
  help: boolean;
}

/** A wrong argument, in words for the person at the terminal. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

export const DEFAULT_MULTIPLIERS = ['fp32', 'bf16', 'mbm7', 'mitchell7'];
const ALL_IMAGES = 1437;

export const USAGE = `\
Trains LeNet-5 on the UCI digits once per multiplier, from the same initial weights and with the same
batches, and writes a table, a picture of the curves (PNG and SVG) and all figures (JSON).

usage: npm start -- [options]
       node examples/dist/train-digits.js [options]

  --multiplier NAME[,NAME...]  multipliers to train with; a name, or the path of a mantissa LUT
                               (.safetensors, .bin, .npy or .csv) [${DEFAULT_MULTIPLIERS.join(',')}]
  --epochs N                   passes over the training images                              [5]
  --batch-size N               images per step                                             [32]
  --seed N                     seed of initial weights and batches                          [1]
  --images N                   train on the first N images only, for a quick try         [${ALL_IMAGES}]
  --engine auto|webgpu|cpu     what computes; auto takes a GPU if there is one           [auto]
  --out DIR                    folder for the results                                 [results]
  --help                       show this text`;

/**
 * @param args the arguments after the script's name.
 * @throws {OptionError} that says what is wrong with which option.
 */
export function parseOptions(args: string[]): Options {
  const values = parse(args);
  const engine = values.engine;
  if (engine !== undefined && !isEngine(engine)) {
    throw new OptionError(`--engine must be one of ${ENGINES.join(', ')}, but got '${engine}'.`);
  }
  const multipliers = (values.multiplier ?? DEFAULT_MULTIPLIERS)
    .flatMap(list => list.split(','))
    .map(name => name.trim());
  if (multipliers.some(name => name === '')) {
    throw new OptionError('--multiplier needs names or paths, separated by commas.');
  }
  const repeated = multipliers.find((name, i) => multipliers.indexOf(name) !== i);
  if (repeated) throw new OptionError(`--multiplier has '${repeated}' twice.`);
  if (values.out === '') throw new OptionError('--out needs the name of a folder.');
  return {
    multipliers,
    epochs: integer('--epochs', values.epochs, 1, 1000) ?? 5,
    batchSize: integer('--batch-size', values['batch-size'], 1, ALL_IMAGES) ?? 32,
    seed: integer('--seed', values.seed, 0, 2 ** 31 - 1) ?? 1,
    images: integer('--images', values.images, 1, ALL_IMAGES) ?? ALL_IMAGES,
    engine,
    out: values.out ?? 'results',
    help: values.help ?? false,
  };
}

const OPTIONS = {
  multiplier: {type: 'string', multiple: true},
  epochs: {type: 'string'},
  'batch-size': {type: 'string'},
  seed: {type: 'string'},
  images: {type: 'string'},
  engine: {type: 'string'},
  out: {type: 'string'},
  help: {type: 'boolean', short: 'h'},
} as const;

function parse(args: string[]) {
  try {
    return parseArgs({args, options: OPTIONS}).values;
  } catch (error) {
    throw new OptionError(`${(error as Error).message}${suggestion((error as Error).message)}`);
  }
}

/** An option that was cut short or lengthened: `--epoch`, `--multipliers`. */
function suggestion(message: string): string {
  const given = /^Unknown option '--([^']+)'/.exec(message)?.[1];
  const meant = Object.keys(OPTIONS).find(
    option => given && (option.startsWith(given) || given.startsWith(option)),
  );
  return meant === undefined ? '' : `. Did you mean --${meant}?`;
}

function isEngine(name: string): name is (typeof ENGINES)[number] {
  return (ENGINES as readonly string[]).includes(name);
}

function integer(option: string, text: string | undefined, low: number, high: number) {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= low && value <= high)) {
    throw new OptionError(
      `${option} must be an integer from ${low} to ${high}, but got '${text}'.`,
    );
  }
  return value;
}
