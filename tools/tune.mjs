// SPDX-License-Identifier: Apache-2.0
// @ts-check
// `npm run tune`: benchmarks/src/tune.ts, with --adapter NAME on one of the adapters that the tests use.

import {runOnAdapter} from './run-on-adapter.mjs';

runOnAdapter('tune');
