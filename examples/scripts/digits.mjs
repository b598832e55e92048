// SPDX-License-Identifier: Apache-2.0
// 200 handwritten digits of 8x8 pixels: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI
// Machine Learning Repository, 1998, https://doi.org/10.24432/C50P49, CC BY 4.0; the first 20 of each digit.

import {readFileSync} from 'node:fs';

/** @returns {{pixels: number[], label: number}[]} in the order of the file; pixels 0 .. 1. */
export function readDigits() {
  const [, ...lines] = readFileSync(new URL('data/digits.csv', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return lines.map(line => {
    const [label, ...pixels] = line.split(',').map(Number);
    return {label, pixels: pixels.map(value => value / 16)};
  });
}
