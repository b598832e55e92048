// SPDX-License-Identifier: Apache-2.0
/** SVG to PNG with resvg and the bundled font: the same pixels on a machine without any fonts. */
import {fileURLToPath} from 'node:url';
import {PictureError} from '../errors.js';

const FONTS = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map(file =>
  fileURLToPath(new URL(`../../fonts/${file}`, import.meta.url)),
);

/**
 * @param scale pixels per SVG unit.
 * @throws {PictureError} if resvg has no binary for this platform, or it is not installed.
 */
export async function renderPng(svg: string, scale = 2): Promise<Uint8Array> {
  // Imported late: without its binary only PNGs are lost, and no other use waits for it.
  const {Resvg} = await import('@resvg/resvg-js').catch(error => {
    throw new PictureError(
      'renderPng',
      {
        found: `no resvg for ${process.platform}-${process.arch}`,
        expected: 'a binary of @resvg/resvg-js, an optional package for each platform',
        remedy: 'Use the SVG, or install with optional packages.',
      },
      {cause: error},
    );
  });
  const resvg = new Resvg(svg, {
    fitTo: {mode: 'zoom', value: scale},
    font: {
      fontFiles: FONTS,
      loadSystemFonts: false,
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    },
  });
  return resvg.render().asPng();
}
