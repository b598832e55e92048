// SPDX-License-Identifier: Apache-2.0
/** What the page and its training worker say to each other. Plain data only. */
import type {DeviceInfo} from '@tfjs-approx/backend-approx';

export interface Settings {
  multiplier: string;
  epochs: number;
  batch: number;
  /** Training images: the first so many. */
  images: number;
  /** Test images: the first so many. */
  test: number;
  seed: number;
}

/** The two runs. They differ in the multiplier only. */
export type Series = 'fp32' | 'approximate';
export const SERIES: readonly Series[] = ['fp32', 'approximate'];

/** Cross-entropy in nats and the share of images recognised, 0 .. 1. */
export interface Figures {
  loss: number;
  accuracy: number;
}

/** One batch, before its update. */
export interface Step extends Record<Series, Figures> {
  /** From 1, over all epochs. */
  step: number;
  epoch: number;
}

/** After an epoch: the test set. */
export interface Epoch extends Record<Series, Figures> {
  epoch: number;
  /** The last step of the epoch. */
  step: number;
}

export type ToWorker =
  | {type: 'start'; settings: Settings}
  | {type: 'pause'}
  | {type: 'resume'}
  | {type: 'stop'}
  | {type: 'fingerprint'};

export type FromWorker =
  | {type: 'ready'; device: DeviceInfo}
  | {type: 'step'; step: Step; steps: number}
  | {type: 'epoch'; epoch: Epoch}
  | {type: 'paused'}
  | {type: 'end'; finished: boolean; seconds: number; coverage: string}
  | {type: 'fingerprint'; value: string}
  | {type: 'error'; message: string};
