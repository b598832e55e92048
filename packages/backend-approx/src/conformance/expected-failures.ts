// SPDX-License-Identifier: Apache-2.0
// Specs of tfjs-core that are known to fail, each with the reason. A listed spec is still run: when it
// passes, that is reported as a failure, so that the list cannot go stale.

export interface ExpectedFailure {
  /** Matched against the full name of the spec. */
  spec: RegExp;
  /** Engine on which it fails; absent: on all. */
  engine?: 'webgpu' | 'cpu';
  /** Test adapter on which it fails (`swiftshader`, `lavapipe`, `hardware`); absent: on all. */
  adapter?: string;
  /** Why it fails, with the upstream issue where there is one. */
  reason: string;
}

/** Filled in when the whole suite becomes a test; no multiply-accumulate spec belongs here. */
export const EXPECTED_FAILURES: readonly ExpectedFailure[] = [];
