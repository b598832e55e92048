// SPDX-License-Identifier: Apache-2.0
export type * from './multiplier.js';
export * from './lut/lut.js';
