// SPDX-License-Identifier: Apache-2.0
// Reports from a test child to the runner (tools/test.ts): one JSON object per line of the file
// that APPROX_TEST_RESULTS names. Written synchronously, so that a crash loses nothing.

import {appendFileSync} from 'node:fs';

/** What a test child can tell the runner; tools/run-suite.ts reads it. */
export type TestEvent =
  | {type: 'start'; title: string}
  | {type: 'pass'; title: string}
  | {type: 'fail'; title: string; message: string; stack: string}
  | {type: 'skip'; title: string; reason: string}
  | {type: 'adapter'; name: string; description: string}
  | {type: 'end'};

/** Sends one event to the runner; without a runner (plain `mocha file`) it goes nowhere. */
export function reportEvent(event: TestEvent): void {
  const file = process.env['APPROX_TEST_RESULTS'];
  if (file) {
    appendFileSync(file, JSON.stringify(event) + '\n');
  }
}
