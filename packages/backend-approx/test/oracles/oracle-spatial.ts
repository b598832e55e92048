// SPDX-License-Identifier: Apache-2.0
/** One spatial axis of a convolution: sizes, padding, and which filter taps meet which position. */

/** Output size along an axis, and the padding before it. */
export function spatialAxis(
  size: number,
  filter: number,
  stride: number,
  dilation: number,
  pad: 'same' | 'valid' | readonly [number, number],
): {out: number; before: number} {
  const reach = (filter - 1) * dilation + 1;
  if (pad === 'same') {
    const out = Math.ceil(size / stride);
    const total = Math.max(0, (out - 1) * stride + reach - size);
    return {out, before: Math.floor(total / 2)};
  }
  const [before, after] = pad === 'valid' ? [0, 0] : pad;
  return {out: Math.floor((size + before + after - reach) / stride) + 1, before};
}

/** What an input gradient needs to know of one position along one axis. */
export interface Meeting {
  /** The filter taps that meet the position at a multiple of the stride, ascending. */
  readonly taps: number[];
  /** For each tap, where in dy: this may lie outside. */
  readonly outs: number[];
  /** How many positions of the axis have the same distance to a multiple of the stride. */
  readonly alike: number;
}

/** For every position along an axis of the input. */
export function meetings(size: number, filter: number, stride: number, before: number): Meeting[] {
  const phases = Array.from({length: size}, (_, i) => (i + before) % stride);
  return phases.map((phase, i) => {
    const taps: number[] = [];
    for (let f = 0; f < filter; f++) if ((i + before - f) % stride === 0) taps.push(f);
    const outs = taps.map(f => (i + before - f) / stride);
    return {taps, outs, alike: phases.filter(other => other === phase).length};
  });
}
