// SPDX-License-Identifier: Apache-2.0
// @ts-check
// `npm run bench`: benchmarks/src/bench.ts, with --adapter NAME on one of the adapters that the tests use.

import {runOnAdapter} from './run-on-adapter.mjs';

runOnAdapter('bench');
