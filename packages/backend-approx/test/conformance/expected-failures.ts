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
  /** Waits for something that never comes, up to the time limit: it is not run. */
  hangs?: boolean;
  /** Why it fails, with the upstream issue where there is one. */
  reason: string;
}

/** On webgpu only: on the cpu engine the whole suite passes. No multiply-accumulate spec belongs here. */
export const EXPECTED_FAILURES: readonly ExpectedFailure[] = [
  {
    spec: /^exp approx .* int32$/,
    engine: 'webgpu',
    reason: 'the stock shader computes exp in float32, the spec expects more digits',
  },
  {
    spec: /^sparseSegmentMean approx .* throw error if (indices [<>]|segment id)/,
    engine: 'webgpu',
    reason: 'the stock kernel does not look at indices that are on the GPU',
  },
  {
    spec: /^sparseSegmentSum approx .* (indices|segments) invalid \d/,
    engine: 'webgpu',
    reason: 'the stock kernel does not look at indices that are on the GPU',
  },
  {
    spec: /^tan approx .* numbers exceed float32 precision$/,
    engine: 'webgpu',
    reason: 'the stock shader computes tan in float32, the spec expects more digits',
  },
  {
    spec: /^(acosh|asinh|atanh|log|sigmoid|softmax) approx .*[pP]ropagates NaNs$/,
    engine: 'webgpu',
    adapter: 'swiftshader',
    reason: "SwiftShader's log and exp give numbers for NaN; the stock backend fails here too",
  },
  {
    spec: /^(cos approx .* gradients?: Scalar|cos approx .* gradient with clones|tan approx .* gradients: Tensor2D)$/,
    engine: 'webgpu',
    adapter: 'swiftshader',
    reason: "SwiftShader's sin and cos keep fewer digits; the stock backend fails here too",
  },
  {
    spec: /^tensor\.data approx .* (\.data\(\) postpones disposal|calling \.data\(\) twice works)/,
    engine: 'webgpu',
    hangs: true,
    reason: 'expects reads to wait for its mock; fails and hangs on the stock backend too',
  },
];

/** The entry for a spec on an engine and on the adapter of this process, if there is one. */
export function expectedFailure(
  title: string,
  engine: 'webgpu' | 'cpu',
): ExpectedFailure | undefined {
  const adapter = process.env['APPROX_TEST_ADAPTER'];
  return EXPECTED_FAILURES.find(
    known =>
      known.spec.test(title) &&
      (known.engine === undefined || known.engine === engine) &&
      (known.adapter === undefined || (engine === 'webgpu' && known.adapter === adapter)),
  );
}
