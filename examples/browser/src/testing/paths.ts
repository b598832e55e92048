// SPDX-License-Identifier: Apache-2.0
/** Where things are, seen from the compiled tests. */
import {fileURLToPath} from 'node:url';

const from = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** This example: vite.config.js is there. */
export const EXAMPLE = from('../..');
export const PAGE = from('../page');
export const COMPILED = from('..');
export const BUNDLES = from('../../../../packages/backend-approx/dist');
export const BUNDLE_SCRIPT = from('../../../../tools/bundle.mjs');
