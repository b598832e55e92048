// SPDX-License-Identifier: Apache-2.0
/**
 * Keras-style models and data sets for experiments with approximate multipliers.
 *
 * Plain TensorFlow.js: nothing here knows a backend. Works in Node and in browsers; loaders that
 * read files are in `@tfjs-approx/models/node`.
 */
export * from './batches.js';
export * from './data-error.js';
export * from './dataset.js';
export {type DigitsOptions, type RawDigits, loadDigits, rawDigits} from './digits.js';
export * from './idx.js';
export * from './lenet300100.js';
export * from './lenet5.js';
export * from './mobilenet-v1.js';
export * from './preact-resnet18.js';
export * from './resnet18.js';
export * from './row-lstm.js';
