// SPDX-License-Identifier: Apache-2.0
/** Draws an error map: purple below the exact product, green above, the panel's colour at zero. */
import * as Plot from '@observablehq/plot';
import {PLOT_STYLE} from './charts.js';
import type {ErrorMap} from './error-map.js';

/**
 * The ends of ColorBrewer's PRGn (C. Brewer), which are told apart with every kind of colour
 * blindness; their middle is the background, so that strength of colour is size of error.
 */
const PALETTES = {
  light: ['#762a83', '#c2a5cf', '#ffffff', '#a6dba0', '#1b7837'],
  dark: ['#d9a6e5', '#8a4a98', '#161b22', '#2f7d46', '#9be8a8'],
} as const;

export function heatMap(map: ErrorMap, width: number, dark: boolean): Element[] {
  const {size, errors, multiplier} = map;
  const largest = errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0);
  // An exact table is one flat colour; its scale still needs an extent.
  const extent = largest > 0 ? largest : 1;
  const color: Plot.ScaleOptions = {
    type: 'linear',
    domain: [-extent, extent],
    interpolate: palette(PALETTES[dark ? 'dark' : 'light']),
    label: 'Relative error of the product (%)',
  };
  const side = Math.min(width, 430);
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const axis = {ticks, tickFormat: String, fontSize: 12, labelArrow: 'none'} as const;
  const plot = Plot.plot({
    width: side,
    height: side,
    marginLeft: 52,
    marginRight: 14,
    marginTop: 12,
    marginBottom: 48,
    style: PLOT_STYLE,
    ariaLabel: `Relative error of ${multiplier}`,
    ariaDescription: describe(map),
    x: {domain: [0, 1], label: null},
    y: {domain: [0, 1], label: null},
    color,
    marks: [
      Plot.raster(errors, {
        width: size,
        height: size,
        x1: 0,
        y1: 0,
        x2: 1,
        y2: 1,
        imageRendering: 'pixelated',
      }),
      Plot.frame({stroke: 'var(--line)'}),
      Plot.axisX({
        ...axis,
        label: 'Fraction of the second operand',
        labelAnchor: 'center',
        labelOffset: 40,
      }),
      Plot.axisY({
        ...axis,
        label: 'Fraction of the first operand',
        labelAnchor: 'center',
        labelOffset: 48,
      }),
    ],
  });
  const legend = Plot.legend({
    color,
    width: Math.min(side, 320),
    height: 50,
    marginLeft: 20,
    marginRight: 20,
    ticks: 5,
    style: PLOT_STYLE,
    className: 'heat-legend',
  });
  return [legend, plot];
}

/** The metrics in one line. */
export function describe({metrics, pairsPerCell, mantissaBits}: ErrorMap): string {
  const {mean, meanAbsolute, min, max} = metrics;
  const percent = (value: number) =>
    `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(2)}\u00a0%`;
  const cells = pairsPerCell > 1 ? ` Each cell is the mean of ${pairsPerCell ** 2} pairs.` : '';
  return max === 0 && min === 0
    ? `Products of ${mantissaBits}-bit fractions are exact: only operands are rounded.${cells}`
    : `Mean ${percent(mean)}, mean absolute ${Math.abs(meanAbsolute).toFixed(2)}\u00a0%, ` +
        `from ${percent(min)} to ${percent(max)}.${cells}`;
}

/** Piecewise linear between equally spaced colours. */
function palette(colours: readonly string[]): (t: number) => string {
  const channels = colours.map(colour =>
    [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16)),
  );
  return t => {
    const position = Math.min(Math.max(t, 0), 1) * (channels.length - 1);
    const i = Math.min(Math.floor(position), channels.length - 2);
    const mixed = channels[i].map((from, c) =>
      Math.round(from + (position - i) * (channels[i + 1][c] - from)),
    );
    return `rgb(${mixed.join(', ')})`;
  };
}
