// SPDX-License-Identifier: Apache-2.0
// Counts what jasmine reports, prints failures as they come and sends every spec to the test runner.

import {reportEvent} from '#src/testing/results.js';
import {expectedFailure} from './expected-failures.js';
import type {Expectation, SpecResult, SuiteResult} from './jasmine.js';

export class Tally {
  passed = 0;
  failed = 0;
  #skipped = 0;
  #known = 0;
  readonly #byDescribe = new Map<string, number>();
  readonly #started = performance.now();
  readonly #backend: string;
  readonly #engine: 'webgpu' | 'cpu';

  constructor(backend: string, engine: 'webgpu' | 'cpu') {
    this.#backend = backend;
    this.#engine = engine;
  }

  spec(result: SpecResult): void {
    if (result.status === 'excluded') {
      return;
    }
    const title = result.fullName;
    const known = expectedFailure(title, this.#engine);
    if (result.status === 'pending') {
      this.#skipped++;
      const reason = result.pendingReason || 'disabled in tfjs-core (xit)';
      reportEvent({type: 'skip', title, reason});
    } else if (result.status === 'failed' && known !== undefined) {
      this.#known++;
      reportEvent({type: 'skip', title, reason: `known to fail: ${known.reason}`});
    } else if (result.status === 'failed') {
      this.#fail(title, result.failedExpectations);
    } else if (known !== undefined) {
      const message = `Passes, but is listed in expected-failures.ts (${known.reason}): remove it there`;
      this.#fail(title, [{message, stack: ''}]);
    } else {
      this.passed++;
      const describe = title.slice(0, Math.max(0, title.indexOf(` ${this.#backend} {`)));
      this.#byDescribe.set(describe, (this.#byDescribe.get(describe) ?? 0) + 1);
      reportEvent({type: 'pass', title});
    }
  }

  /** A spec that is left out of the run on purpose. */
  notRun(title: string, reason: string): void {
    this.#known++;
    reportEvent({type: 'skip', title, reason: `not run: ${reason}`});
  }

  /** Failures in beforeAll and afterAll belong to no spec. */
  suite(result: SuiteResult): void {
    if (result.failedExpectations.length > 0) {
      this.#fail(`${result.fullName} (beforeAll or afterAll)`, result.failedExpectations);
    }
  }

  #fail(title: string, expectations: readonly Expectation[]): void {
    this.failed++;
    const message = expectations.map(e => e.message).join('\n');
    // The stack of a failed expectation begins with its message and with frames of jasmine.
    const stack = (expectations[0]?.stack ?? '')
      .split('\n')
      .filter(line => /^\s+at /.test(line) && !/[\\/]jasmine-core[\\/]/.test(line))
      .slice(0, 8)
      .join('\n');
    console.log(`  FAILED ${title}\n    ${message.split('\n').slice(0, 4).join('\n    ')}`);
    reportEvent({type: 'fail', title, message, stack});
  }

  print(): void {
    for (const [describe, count] of this.#byDescribe) {
      console.log(`  ${String(count).padStart(5)} passed  ${describe}`);
    }
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(1);
    const known = this.#known > 0 ? `, ${this.#known} known to fail` : '';
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : '';
    console.log(
      `  tfjs-core specs on ${this.#backend} (${this.#engine}): ${this.passed} passed, ${this.failed} failed` +
        `${known}${skipped} in ${seconds} s`,
    );
  }
}
