// SPDX-License-Identifier: Apache-2.0
/** Bilinear resizing without a backend, so that a data set has the same bits everywhere. */

/**
 * Resizes grey images bilinearly with half-pixel centres and clamped borders: what
 * `tf.image.resizeBilinear(..., alignCorners = false, halfPixelCenters = true)` computes, but in
 * double precision and rounded once.
 *
 * @param images [count, height, width] in row-major order.
 * @returns [count, outHeight, outWidth] in row-major order.
 */
export function resizeBilinear(
  images: ArrayLike<number>,
  count: number,
  [height, width]: readonly [number, number],
  [outHeight, outWidth]: readonly [number, number],
): Float32Array {
  const rows = taps(height, outHeight);
  const columns = taps(width, outWidth);
  const out = new Float32Array(count * outHeight * outWidth);
  let o = 0;
  for (let image = 0; image < count; image++) {
    const base = image * height * width;
    for (const y of rows) {
      for (const x of columns) {
        const at = (row: number, column: number) => images[base + row * width + column];
        const top = at(y.low, x.low) * (1 - x.weight) + at(y.low, x.high) * x.weight;
        const bottom = at(y.high, x.low) * (1 - x.weight) + at(y.high, x.high) * x.weight;
        out[o++] = top * (1 - y.weight) + bottom * y.weight;
      }
    }
  }
  return out;
}

/** For each output position the two neighbours along one axis and the weight of the higher one. */
function taps(size: number, outSize: number): {low: number; high: number; weight: number}[] {
  return Array.from({length: outSize}, (_, i) => {
    const position = Math.min(Math.max(((i + 0.5) * size) / outSize - 0.5, 0), size - 1);
    const low = Math.floor(position);
    return {low, high: Math.min(low + 1, size - 1), weight: position - low};
  });
}
