// SPDX-License-Identifier: Apache-2.0
/**
 * Progress of all runs: on a terminal one bar per run, redrawn in place; anywhere else one line per
 * run and epoch, so that a log stays readable.
 */
import type {WriteStream} from 'node:tty';
import {percent, seconds} from './report.js';
import type {Epoch, Observer} from './training.js';

const NARROWEST_BAR = 8;
const WIDEST_BAR = 24;
/** Redrawing more often than this would cost time and not be seen. */
const REDRAW_MS = 100;

/** How far a run is. */
interface State {
  label: string;
  /** performance.now() at its start; undefined while it waits. */
  start?: number;
  /** 0 .. 1 */
  done: number;
  /** From 1. */
  epoch: number;
  loss?: number;
  last?: Epoch;
  /** Set when it has ended. */
  seconds?: number;
}

/** @returns one observer per label. */
export function showProgress(
  out: Pick<WriteStream, 'write' | 'isTTY' | 'columns' | 'rows'>,
  labels: readonly string[],
  epochs: number,
): Observer[] {
  const labelWidth = Math.max(...labels.map(label => label.length));
  const states = labels.map<State>(label => ({
    label: label.padEnd(labelWidth),
    done: 0,
    epoch: 1,
  }));
  // Lines that have scrolled out of sight cannot be redrawn.
  const bars = out.isTTY && labels.length < (out.rows || 24);
  let drawn = -Infinity;

  const draw = () => {
    const up = drawn > -Infinity ? `\x1b[${states.length}A` : '';
    const columns = (out.columns || 80) - 1;
    out.write(up + states.map(state => `\r${line(state, epochs, columns)}\x1b[K\n`).join(''));
    drawn = performance.now();
  };

  return states.map(state => ({
    onStart() {
      state.start = performance.now();
      if (bars) draw();
    },
    onBatch(epoch, batch, batches, loss) {
      // The last batch of an epoch is followed by the test, so the bar never waits at 100 %.
      const done = Math.min((epoch - 1 + batch / batches) / epochs, 0.999);
      Object.assign(state, {done, epoch, loss});
      if (bars && performance.now() - drawn > REDRAW_MS) draw();
    },
    onEpoch(epoch) {
      state.last = epoch;
      if (epoch.epoch === epochs) Object.assign(state, {done: 1, seconds: elapsed(state)});
      if (bars) draw();
      else
        out.write(`${[state.label, ...epochFigures(epoch, epochs, elapsed(state))].join('  ')}\n`);
    },
  }));
}

function elapsed({start}: State): number {
  return start === undefined ? 0 : (performance.now() - start) / 1000;
}

function epochFigures(last: Epoch, epochs: number, time: number): string[] {
  return [
    epochOf(last.epoch, epochs),
    `loss ${last.trainLoss.toFixed(3)}`,
    `train ${percent(last.trainAccuracy)}`,
    `test ${percent(last.testAccuracy)}`,
    seconds(time),
  ];
}

function epochOf(epoch: number, epochs: number): string {
  return `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`;
}

/** A run's line: name, bar, figures; cut to the columns, since a wrapped line cannot be redrawn. */
function line(state: State, epochs: number, columns: number): string {
  const {label, done} = state;
  const text = [`${String(Math.floor(100 * done)).padStart(3)} %`, ...figures(state, epochs)].join(
    '  ',
  );
  const room = columns - label.length - text.length - 4;
  const width = Math.min(Math.max(room, NARROWEST_BAR), WIDEST_BAR);
  const full = Math.floor(done * width);
  return `${label}  ${'█'.repeat(full)}${'░'.repeat(width - full)}  ${text}`.slice(0, columns);
}

function figures(state: State, epochs: number): string[] {
  const {start, done, epoch, loss, last} = state;
  if (start === undefined) return ['waiting'];
  if (state.seconds !== undefined) return epochFigures(last!, epochs, state.seconds).slice(1);
  if (loss === undefined) return [epochOf(epoch, epochs)];
  return [
    epochOf(epoch, epochs),
    `loss ${loss.toFixed(3)}`,
    ...(last ? [`test ${percent(last.testAccuracy)}`] : []),
    `${remaining((elapsed(state) * (1 - done)) / done)} left`,
  ];
}

/** Whole seconds: an estimate has no tenths. */
function remaining(value: number): string {
  return value < 99 ? `${Math.ceil(value)} s` : seconds(value);
}
