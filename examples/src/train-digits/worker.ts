// SPDX-License-Identifier: Apache-2.0
/** One run in a thread of its own: see parallel.ts. */
import {parentPort, workerData} from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs';
import type {Job, Message} from './parallel.js';
import {resolveMultiplier} from './multipliers.js';
import {loadData, train} from './training.js';

const {nameOrPath, settings, threads} = workerData as Job;
const tell = (message: Message) => parentPort!.postMessage(message);

tf.env().set('APPROX_ENGINE', 'cpu');
tf.env().set('APPROX_THREADS', threads);
await tf.setBackend('approx');
const {label, multiplier} = await resolveMultiplier(nameOrPath);
const run = await train(label, multiplier, await loadData(settings), settings, {
  onStart: () => tell({kind: 'start'}),
  onBatch: (...figures) => tell({kind: 'batch', figures}),
  onEpoch: epoch => tell({kind: 'epoch', epoch}),
});
tell({kind: 'end', run});
