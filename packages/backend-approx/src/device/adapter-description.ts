// SPDX-License-Identifier: Apache-2.0
/** What an adapter says of itself, and whether it is a GPU at all. */

/** Copied from the adapter, which need not outlive the device. */
export interface AdapterDescription {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter: boolean;
}

/** An adapter that computes on the CPU: far slower than the `cpu` engine. */
export function isSoftwareAdapter({
  isFallbackAdapter,
  description,
  architecture,
  device,
}: Omit<AdapterDescription, 'vendor'>): boolean {
  return (
    isFallbackAdapter ||
    /swiftshader|llvmpipe|lavapipe/i.test(`${description} ${architecture} ${device}`)
  );
}
