// SPDX-License-Identifier: Apache-2.0
/** Loaders that read files, for Node only. */
export {type MnistOptions, loadFashionMnist, loadMnist} from './mnist.js';
