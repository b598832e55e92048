// SPDX-License-Identifier: Apache-2.0
/**
 * The entry of the single-file builds (tools/bundle.mjs): the backend and the multipliers under
 * one name, as a page without a bundler has one address for both.
 */
export * from './index.js';
export * from '@tfjs-approx/arithmetic';
