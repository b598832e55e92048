// SPDX-License-Identifier: Apache-2.0
/**
 * The training worker: the backend lives here, so that the page stays responsive.
 *
 * tfjs reads its flags (`?tfjsflags=APPROX_ENGINE:cpu`) from the worker's own address, to which the
 * page hands them on.
 */
import * as tf from '@tensorflow/tfjs';
import {coverage, resetCoverage, setEngine, type DeviceInfo} from '@tfjs-approx/backend-approx';
import {loadDigits} from '@tfjs-approx/models';
import {fingerprint} from './fingerprint.js';
import type {FromWorker, Settings, ToWorker} from './protocol.js';
import {trainBoth} from './training.js';

const tell = (message: FromWorker) => self.postMessage(message);

let stopped = false;
/** Set while the run is paused: ends the pause. */
let resume: (() => void) | null = null;
let pausing = false;

async function mayContinue(): Promise<boolean> {
  // A turn of the event loop, so that messages are seen: on the CPU engine a step never waits.
  await new Promise(resolve => setTimeout(resolve));
  if (pausing && !stopped) {
    tell({type: 'paused'});
    await new Promise<void>(resolve => (resume = resolve));
    resume = null;
  }
  return !stopped;
}

async function train(settings: Settings): Promise<void> {
  stopped = pausing = false;
  resetCoverage();
  const start = performance.now();
  const finished = await trainBoth(await loadDigits(), settings, {
    mayContinue,
    onStep: (step, steps) => tell({type: 'step', step, steps}),
    onEpoch: epoch => tell({type: 'epoch', epoch}),
  });
  const seconds = (performance.now() - start) / 1000;
  tell({type: 'end', finished, seconds, coverage: coverage().toString()});
}

async function obey(message: ToWorker): Promise<void> {
  switch (message.type) {
    case 'start':
      return train(message.settings);
    case 'pause':
      pausing = true;
      return;
    case 'resume':
      pausing = false;
      return resume?.();
    case 'stop':
      stopped = true;
      return resume?.();
    case 'fingerprint':
      return tell({type: 'fingerprint', value: await fingerprint()});
  }
}

/** Whatever goes wrong is shown in the page. */
function attempt(work: () => Promise<void>): void {
  work().catch((error: unknown) => {
    console.error(error);
    tell({type: 'error', message: error instanceof Error ? error.message : String(error)});
  });
}

self.addEventListener('message', ({data}: MessageEvent<ToWorker>) => attempt(() => obey(data)));
attempt(async () => {
  // Rather than tf.setBackend('approx'): this one throws the reason when there is no adapter.
  const requested = tf.env().getString('APPROX_ENGINE') as Parameters<typeof setEngine>[0];
  const device: DeviceInfo = await setEngine(requested);
  tell({type: 'ready', device});
});
