// SPDX-License-Identifier: Apache-2.0
/**
 * The main example, `npm start`: LeNet-5 learns the UCI digits with several multipliers, from the
 * same seed and the same batches, and the results are compared.
 */
import {mkdir, writeFile} from 'node:fs/promises';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {ApproxError, setEngine} from '@tfjs-approx/backend-approx';
import {LutFormatError, MultiplierError} from '@tfjs-approx/arithmetic';
import {renderPng} from '@tfjs-approx/lut-builder/node';
import {curves} from './train-digits/curves.js';
import {resolveMultiplier} from './train-digits/multipliers.js';
import {OptionError, type Options, USAGE, parseOptions} from './train-digits/options.js';
import {trainInParallel} from './train-digits/parallel.js';
import {showProgress} from './train-digits/progress.js';
import {type Machine, TABLE_NOTES, table} from './train-digits/report.js';
import {LEARNING_RATE, type Run, loadData, train} from './train-digits/training.js';

const EXPLAINED = [OptionError, ApproxError, MultiplierError, LutFormatError];

async function main(options: Options): Promise<void> {
  // Before anything starts, so that the last name is not found to be wrong after minutes.
  const multipliers = await Promise.all(options.multipliers.map(resolveMultiplier));
  await mkdir(options.out, {recursive: true});

  // Errors are ours to report: tfjs would log them with their stacks.
  tf.enableProdMode();
  const asked = options.engine ?? tf.env().getString('APPROX_ENGINE');
  const {engine, device} = await setEngine(asked as Parameters<typeof setEngine>[0]);
  const atATime = engine === 'cpu' ? Math.min(multipliers.length, availableParallelism()) : 1;

  const data = await loadData(options);
  const subtitle =
    `${data.train.size.toLocaleString('en')} training and ${data.test.size} test images, ` +
    `batches of ${options.batchSize}, Adam with learning rate ${LEARNING_RATE}, seed ${options.seed}`;
  console.log(`LeNet-5 on the ${data.name}: ${subtitle}, ${options.epochs} epochs`);
  const together = atATime > 1 ? `, ${atATime} runs at a time` : '';
  console.log(`Engine ${engine} on ${device}${together}\n`);

  const labels = multipliers.map(({label}) => label);
  const observers = showProgress(process.stdout, labels, options.epochs);
  let runs: Run[] = [];
  if (atATime > 1) {
    const threads = Math.max(1, Math.floor(availableParallelism() / atATime));
    const jobs = options.multipliers.map(nameOrPath => ({nameOrPath, settings: options, threads}));
    runs = await trainInParallel(jobs, atATime, observers);
  } else {
    for (const [i, {label, multiplier}] of multipliers.entries()) {
      runs.push(await train(label, multiplier, data, options, observers[i]));
    }
  }

  console.log(`\n${table(runs, {engine, device})}\n\n${TABLE_NOTES}\n`);
  await writeResults(options, runs, {engine, device, runsAtATime: atATime}, subtitle);
}

async function writeResults(
  options: Options,
  runs: readonly Run[],
  machine: Machine & {runsAtATime: number},
  subtitle: string,
): Promise<void> {
  const path = (extension: string) => join(options.out, `train-digits.${extension}`);
  const {epochs, batchSize, seed, images} = options;
  const results = {
    example: 'train-digits',
    settings: {epochs, batchSize, seed, images, optimizer: 'adam', learningRate: LEARNING_RATE},
    machine: {...machine, node: process.versions.node, tfjs: tf.version_core},
    runs,
  };
  const title = 'LeNet-5 on the UCI digits, trained with different multipliers';
  const svg = curves(runs, title, subtitle);
  await writeFile(path('json'), `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(path('svg'), svg);
  const written = [path('svg'), path('json')];
  try {
    await writeFile(path('png'), await renderPng(svg));
    written.unshift(path('png'));
  } catch (error) {
    console.warn(`No PNG, the curves are in the SVG only: ${(error as Error).message}`);
  }
  console.log(`Written: ${written.join(', ')}`);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(USAGE);
  else await main(options);
} catch (error) {
  // Errors that explain themselves need no stack.
  if (EXPLAINED.some(kind => error instanceof kind)) {
    console.error(`${(error as Error).message}\n\nAll options: npm start -- --help`);
    process.exitCode = 2;
  } else {
    console.error(error);
    process.exitCode = 1;
  }
}
