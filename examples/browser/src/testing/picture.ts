// SPDX-License-Identifier: Apache-2.0
/** What a screenshot shows: counts pixels of a colour, and looks at labels. Decoded by the browser. */
import type {Page} from 'playwright-core';

export interface Label {
  text: string;
  fontSize: number;
  /** Contrast with the panel behind it, by WCAG 2. */
  contrast: number;
  /** Pixels inside the label's box that are closer to its colour than to the background. */
  inked: number;
  box: {left: number; top: number; right: number; bottom: number};
}

/** Pixels of the screenshot that show the colour of a CSS variable, by name of the variable. */
export async function pixelsOf(
  page: Page,
  selector: string,
  variables: readonly string[],
): Promise<Record<string, number>> {
  const png = await page.locator(selector).screenshot();
  return page.evaluate(
    async ({png, variables}) => {
      const bytes = Uint8Array.from(atob(png), c => c.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], {type: 'image/png'}));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      const {data} = context.getImageData(0, 0, bitmap.width, bitmap.height);
      const style = getComputedStyle(document.documentElement);
      const counts = variables.map(variable => {
        const hex = style.getPropertyValue(variable).trim();
        const [r, g, b] = [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
        let count = 0;
        for (let p = 0; p < data.length; p += 4) {
          const distance = Math.hypot(data[p] - r, data[p + 1] - g, data[p + 2] - b);
          if (distance < 12) count++;
        }
        return [variable, count] as const;
      });
      return Object.fromEntries(counts);
    },
    {png: png.toString('base64'), variables},
  );
}

/** All text of the drawings inside an element. */
export async function labelsOf(page: Page, selector: string): Promise<Label[]> {
  const target = page.locator(selector);
  const png = await target.screenshot();
  return target.evaluate(async (element, png) => {
    const bytes = Uint8Array.from(atob(png), c => c.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], {type: 'image/png'}));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const origin = element.getBoundingClientRect();
    const channels = (colour: string) =>
      colour
        .match(/[\d.]+/g)!
        .slice(0, 3)
        .map(Number);
    const luminance = (colour: string) => {
      const [r, g, b] = channels(colour).map(c =>
        c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const panel = getComputedStyle(element.closest('figure')!).backgroundColor;
    const distance = (data: Uint8ClampedArray, p: number, to: number[]) =>
      Math.hypot(data[p] - to[0], data[p + 1] - to[1], data[p + 2] - to[2]);
    return [...element.querySelectorAll('svg text')]
      .filter(text => text.textContent.trim() !== '')
      .map(text => {
        const {color, fill, fontSize} = getComputedStyle(text);
        const ink = fill.startsWith('rgb') ? fill : color;
        const {left, top, right, bottom} = text.getBoundingClientRect();
        const [dark, light] = [luminance(ink), luminance(panel)].sort((a, b) => a - b);
        const width = Math.max(1, Math.ceil(right - left));
        const height = Math.max(1, Math.ceil(bottom - top));
        const {data} = context.getImageData(left - origin.left, top - origin.top, width, height);
        let inked = 0;
        for (let p = 0; p < data.length; p += 4) {
          if (distance(data, p, channels(ink)) < distance(data, p, channels(panel))) inked++;
        }
        return {
          text: text.textContent.trim(),
          fontSize: parseFloat(fontSize),
          contrast: (light + 0.05) / (dark + 0.05),
          inked,
          box: {left, top, right, bottom},
        };
      });
  }, png.toString('base64'));
}

/** The pairs of labels that cover each other. */
export function overlaps(labels: readonly Label[]): string[] {
  return labels.flatMap((a, i) =>
    labels
      .slice(i + 1)
      .filter(
        b =>
          a.box.left < b.box.right &&
          b.box.left < a.box.right &&
          a.box.top < b.box.bottom &&
          b.box.top < a.box.bottom,
      )
      .map(b => `${a.text} / ${b.text}`),
  );
}
