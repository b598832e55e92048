// SPDX-License-Identifier: Apache-2.0
// As much of a canvas as the script needs; in Node a user would take the one of an npm package.

export class Canvas {
  #data;

  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.#data = new Uint8ClampedArray(4 * width * height);
  }

  getContext() {
    return this;
  }

  /** Colours are [red, green, blue], 0 .. 255. */
  fillStyle = [0, 0, 0];

  fillRect(x, y, width, height) {
    this.#fill((px, py) => px >= x && px < x + width && py >= y && py < y + height);
  }

  fillDisc(x, y, radius) {
    this.#fill((px, py) => (px - x) ** 2 + (py - y) ** 2 < radius ** 2);
  }

  getImageData(x, y, width, height) {
    const data = new Uint8ClampedArray(4 * width * height);
    for (let row = 0; row < height; row++) {
      const start = 4 * ((y + row) * this.width + x);
      data.set(this.#data.subarray(start, start + 4 * width), 4 * row * width);
    }
    return {data, width, height};
  }

  /** @param covers whether the middle of a pixel lies inside the shape. */
  #fill(covers) {
    for (let i = 0; i < this.width * this.height; i++) {
      if (!covers((i % this.width) + 0.5, Math.floor(i / this.width) + 0.5)) continue;
      this.#data.set([...this.fillStyle, 255], 4 * i);
    }
  }
}
