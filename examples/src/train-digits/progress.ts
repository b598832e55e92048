// SPDX-License-Identifier: Apache-2.0
/**
 * Progress of a run: on a terminal one line that is redrawn, anywhere else one line per epoch, so
 * that a log stays readable.
 */
import type {WriteStream} from 'node:tty';
import {percent, seconds} from './report.js';
import type {Epoch, Observer} from './training.js';

const NARROWEST_BAR = 8;
const WIDEST_BAR = 24;
/** Redrawing more often than this would slow the run down without being seen. */
const REDRAW_MS = 100;

/** @param labelWidth so that the lines of all runs are aligned. */
export function progress(
  out: Pick<WriteStream, 'write' | 'isTTY' | 'columns'>,
  label: string,
  labelWidth: number,
  epochs: number,
): Observer {
  const name = label.padEnd(labelWidth);
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  const epochOf = (epoch: number) => `${String(epoch).padStart(String(epochs).length)}/${epochs}`;
  let drawn = -Infinity;
  let last: Epoch | undefined;

  const bar = (done: number, figures: string[]) => {
    const columns = (out.columns || 80) - 1;
    const text = [`${String(Math.floor(100 * done)).padStart(3)} %`, ...figures].join('  ');
    const room = columns - name.length - text.length - 4;
    const width = Math.min(Math.max(room, NARROWEST_BAR), WIDEST_BAR);
    const full = Math.floor(done * width);
    const line = `${name}  ${'█'.repeat(full)}${'░'.repeat(width - full)}  ${text}`;
    out.write(`\r${line.slice(0, columns)}\x1b[K`);
  };

  if (out.isTTY) bar(0, [`epoch ${epochOf(1)}`]);
  return {
    onBatch(epoch, batch, batches, loss) {
      if (!out.isTTY || performance.now() - drawn < REDRAW_MS) return;
      drawn = performance.now();
      const done = (epoch - 1 + batch / batches) / epochs;
      // The last batch of an epoch is followed by the test, so the bar never waits at 100 %.
      bar(Math.min(done, 0.999), [
        `epoch ${epochOf(epoch)}`,
        `loss ${loss.toFixed(3)}`,
        ...(last ? [`test ${percent(last.testAccuracy)}`] : []),
        `${remaining((elapsed() * (1 - done)) / done)} left`,
      ]);
    },
    onEpoch(epoch) {
      last = epoch;
      const figures = [
        `epoch ${epochOf(epoch.epoch)}`,
        `loss ${epoch.trainLoss.toFixed(3)}`,
        `train ${percent(epoch.trainAccuracy)}`,
        `test ${percent(epoch.testAccuracy)}`,
        seconds(elapsed()),
      ];
      if (!out.isTTY) {
        out.write(`${[name, ...figures].join('  ')}\n`);
      } else if (epoch.epoch === epochs) {
        bar(1, figures.slice(1));
        out.write('\n');
      }
    },
  };
}

/** Whole seconds: an estimate has no tenths. */
function remaining(value: number): string {
  return value < 99 ? `${Math.ceil(value)} s` : seconds(value);
}
