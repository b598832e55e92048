// SPDX-License-Identifier: Apache-2.0
// TensorFlow.js draws the seeds of weights, shuffles and dropout from Math.random. With one that always gives
// the same numbers, every run of a script does the same.

let state = 20;

Math.random = () => {
  // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let bits = Math.imul(state ^ (state >>> 15), 1 | state);
  bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
  return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
};
