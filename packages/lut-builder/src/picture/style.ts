// SPDX-License-Identifier: Apache-2.0
/**
 * What the pictures share: fonts, colours, and pieces of SVG. Ink is `currentColor`, so that a
 * picture inside a page is light or dark with it.
 */

/** The bundled font; Verdana has nearly the same widths, for viewers without it. */
export const FONT = "'DejaVu Sans', Verdana, sans-serif";
export const INK = 'currentColor';

/**
 * M. Okabe and K. Ito, Color Universal Design, 2008: told apart with every kind of colour
 * blindness. Ink stands for their black, and a grey for their yellow, too pale for lines on white.
 */
const SERIES = [INK, '#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7f7f7f'];
/** A second sign beside colour, for grey prints and lines that lie on each other. */
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'wye', 'times'] as const;

export const seriesColour = (i: number) => SERIES[i % SERIES.length];
// Shifted by one at each round, so that colour and symbol together repeat late.
export const seriesSymbol = (i: number) =>
  SYMBOLS[(i + Math.floor(i / SERIES.length)) % SYMBOLS.length];

/**
 * From below the exact product (purple) over white to above it (green): five colours of PRGn by
 * C. Brewer, which are told apart with every kind of colour blindness.
 */
const DIVERGING = [
  [0x76, 0x2a, 0x83],
  [0xc2, 0xa5, 0xcf],
  [0xff, 0xff, 0xff],
  [0xa6, 0xdb, 0xa0],
  [0x1b, 0x78, 0x37],
];

/** An odd number, so that zero has a colour of its own: white. */
const LEVELS = 255;
const MIDDLE = (LEVELS - 1) / 2;

export const DIVERGING_PALETTE: ReadonlyArray<readonly number[]> = Array.from(
  {length: LEVELS},
  (_, level) => {
    const place = (level / (LEVELS - 1)) * (DIVERGING.length - 1);
    const below = Math.min(Math.floor(place), DIVERGING.length - 2);
    return DIVERGING[below].map((from, c) =>
      Math.round(from + (place - below) * (DIVERGING[below + 1][c] - from)),
    );
  },
);

/** Index into the palette of an error between -extent and extent; only 0 itself may be white. */
export function divergingLevel(error: number, extent: number): number {
  if (error === 0) return MIDDLE;
  const steps = Math.max(1, Math.round((Math.abs(error) / extent) * MIDDLE));
  return MIDDLE + Math.sign(error) * Math.min(steps, MIDDLE);
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
}

/** Positions an <svg> element inside another one. */
export function place(svg: string, x: number, y: number): string {
  return svg.replace('<svg ', `<svg x="${x}" y="${y}" `);
}

interface TextStyle {
  readonly size: number;
  readonly bold?: boolean;
}

/** Widths of DejaVu Sans in parts of the size, each the largest of its class or close to it. */
const WIDTHS: ReadonlyArray<readonly [RegExp, number]> = [
  [/[mwMW%@]/, 0.96],
  [/[A-Z&+=<>~]/, 0.74],
  [/[ijlI.,:;'| ]/, 0.33],
  [/[frt_()/[\]-]/, 0.43],
  [/[!-~]/, 0.62],
];
/** Of letters that the font may not have. */
const OTHER_WIDTH = 1;
const BOLD = 1.13;

export function textWidth(text: string, {size, bold = false}: TextStyle): number {
  const width = (c: string) => WIDTHS.find(([letters]) => letters.test(c))?.[1] ?? OTHER_WIDTH;
  return [...text].reduce((sum, c) => sum + width(c), 0) * size * (bold ? BOLD : 1);
}

/** The text, without its middle where it is too wide: names tend to differ at either end. */
export function fitText(text: string, width: number, style: TextStyle): string {
  if (textWidth(text, style) <= width) return text;
  const letters = [...text];
  for (let kept = letters.length - 1; kept > 0; kept--) {
    const head = letters.slice(0, Math.ceil(kept / 2)).join('');
    const tail = letters.slice(letters.length - Math.floor(kept / 2)).join('');
    if (textWidth(`${head}…${tail}`, style) <= width) return `${head}…${tail}`;
  }
  return '…';
}

/** Three digits at most, with the true minus sign of typeset text. */
export function plain(value: number): string {
  return String(Number(value.toPrecision(3))).replace('-', '−');
}
