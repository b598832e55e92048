// SPDX-License-Identifier: Apache-2.0
/** Several multipliers in one picture, a complete SVG document: three charts, then a heat map of each. */
import type {ErrorGrid} from '../report/error-shape.js';
import {robustEnd} from '../report/robust-scale.js';
import {
  RECORDED_TITLE,
  type Row,
  type Series,
  biasPanel,
  heatMapPanel,
  histogramPanel,
  magnitudePanel,
  marker,
  rowsHeight,
  rowsPanel,
  scaleBar,
} from './panels.js';
import {FONT, INK, escapeXml, fitText, place, seriesColour, textWidth} from './style.js';

export interface Compared extends Series {
  readonly grid: ErrorGrid;
}

const PAPER = '#ffffff';
const DARK_INK = '#1f2328';
const WIDTH = 1160;
const LEFT = 24;
const TITLE = {size: 20, bold: true};
const LABEL = {size: 14};
const CHART = {width: 358, height: 330};
const MAPS_PER_ROW = 4;
const MAP = {side: 200, width: 280, height: 292};

/** @param recorded Mean errors on the operands of a run, by layer and pass, where there are any. */
export function comparison(
  compared: readonly Compared[],
  title: string,
  recorded: readonly Row[] = [],
): string {
  const legend = drawLegend(compared.map(({label}) => label));
  const charts = 84 + legend.height;
  const scale = charts + CHART.height + 22;
  const maps = scale + 74;
  const rows = Math.ceil(compared.length / MAPS_PER_ROW);
  const extent = scaleEnd(compared);
  const below = maps + rows * MAP.height + 12;
  const onRecorded =
    recorded.length === 0
      ? undefined
      : rowsPanel(
          recorded,
          compared.map(({label}) => label),
          {title: RECORDED_TITLE, width: WIDTH - 2 * LEFT},
        );
  const height = below + (onRecorded ? rowsHeight(recorded) + 12 : 0);
  const subtitle =
    'Relative error of the significand product over all pairs of operand fractions. ' +
    'Solid: mean; dashed: largest; dotted: carry.';
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="${FONT}" color="${DARK_INK}" fill="${INK}">
<title>${escapeXml(title)}</title>
<rect width="100%" height="100%" fill="${PAPER}"/>
<text x="${LEFT}" y="36" font-size="${TITLE.size}" font-weight="bold">${escapeXml(fitText(title, WIDTH - 2 * LEFT, TITLE))}</text>
<text x="${LEFT}" y="60" font-size="13" fill-opacity="0.75">${subtitle}</text>
<g transform="translate(${LEFT},88)">${legend.svg}</g>
${[magnitudePanel, biasPanel, histogramPanel]
  .map((panel, p) => place(panel(compared, CHART), LEFT + p * (CHART.width + 18), charts))
  .join('\n')}
${place(scaleBar(extent, 420), LEFT, scale)}
<text x="${LEFT + 440}" y="${scale + 40}" font-size="12" fill-opacity="0.75">${cellNote(compared)}</text>
${compared
  .map(({label, grid}, i) =>
    place(
      heatMapPanel(grid, {title: label, extent, side: MAP.side}),
      LEFT + (i % MAPS_PER_ROW) * MAP.width,
      maps + Math.floor(i / MAPS_PER_ROW) * MAP.height,
    ),
  )
  .join('\n')}
${onRecorded ? place(onRecorded, LEFT, below) : ''}
</svg>
`;
}

/**
 * The end of a scale of all cells, a number of two digits; 1 % where all are exact. A multiplier that is
 * far off does not count (`robustEnd`): its cells have the colour of the end.
 */
export function scaleEnd(compared: ReadonlyArray<{readonly grid: ErrorGrid}>): number {
  const largest = robustEnd(
    compared.map(({grid}) =>
      grid.errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0),
    ),
  );
  if (largest === 0) return 1;
  const decade = 10 ** Math.floor(Math.log10(largest));
  return decade * [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].find(end => end * decade >= largest)!;
}

/** What a cell of the heat maps stands for. */
export function cellNote(compared: ReadonlyArray<{readonly grid: ErrorGrid}>): string {
  const isReduced = compared.some(({grid}) => grid.pairsPerCell > 1);
  return isReduced
    ? 'Larger tables: each cell shows the largest error of the pairs in it, with its sign.'
    : 'Each cell is one pair of fractions. White: exact.';
}

/** One entry per multiplier, wrapped to the width; at least two side by side. */
function drawLegend(labels: readonly string[]): {svg: string; height: number} {
  const lineHeight = 24;
  let x = 0;
  let y = 0;
  const parts = labels.map((label, i) => {
    const text = fitText(label, WIDTH / 2 - LEFT - 38 - 26, LABEL);
    const needed = 38 + textWidth(text, LABEL) + 26;
    if (x > 0 && x + needed > WIDTH - 2 * LEFT) {
      x = 0;
      y += lineHeight;
    }
    const part =
      `<g transform="translate(${x.toFixed(1)},${y})">` +
      `<path d="M0,0h30" stroke="${seriesColour(i)}" stroke-width="2.25"/>${place(marker(i), 5, -10)}` +
      `<text x="38" y="4.5" font-size="${LABEL.size}" fill="${INK}">${escapeXml(text)}` +
      `${text === label ? '' : `<title>${escapeXml(label)}</title>`}</text></g>`;
    x += needed;
    return part;
  });
  return {svg: parts.join('\n'), height: y + lineHeight};
}
