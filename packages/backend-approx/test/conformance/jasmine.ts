// SPDX-License-Identifier: Apache-2.0
// The part of jasmine-core 3.99 that the harness uses. @types/jasmine would redeclare mocha's globals.

import {createRequire} from 'node:module';

export interface Expectation {
  message: string;
  stack: string;
}

export interface SpecResult {
  fullName: string;
  description: string;
  status: 'passed' | 'failed' | 'pending' | 'excluded';
  failedExpectations: Expectation[];
  pendingReason: string;
}

export interface SuiteResult {
  fullName: string;
  failedExpectations: Expectation[];
}

export interface Reporter {
  specStarted(result: SpecResult): void;
  specDone(result: SpecResult): void;
  suiteDone(result: SuiteResult): void;
  jasmineDone(result: SuiteResult): void;
}

interface JasmineEnv {
  configure(options: {random: boolean; specFilter(spec: {getFullName(): string}): boolean}): void;
  addReporter(reporter: Reporter): void;
  execute(): unknown;
}

export interface Jasmine {
  DEFAULT_TIMEOUT_INTERVAL: number;
  getEnv(): JasmineEnv;
}

/** Starts jasmine and puts `describe`, `it`, `expect`, `jasmine`, ... on the global object. */
export function bootJasmine(): Jasmine {
  const core = createRequire(import.meta.url)('jasmine-core') as {boot(core: unknown): Jasmine};
  const jasmine = core.boot(core);
  (globalThis as unknown as {jasmine: Jasmine}).jasmine ??= jasmine;
  return jasmine;
}
