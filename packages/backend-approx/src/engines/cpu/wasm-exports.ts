// SPDX-License-Identifier: Apache-2.0
export interface WasmExports {
  readonly __stack_pointer: WebAssembly.Global;
  jobSize(): number;
  workspaceSize(form: number, rowTile: number, laneTile: number, mantissaBits: number): number;
  /** Both return the exponents seen: the smallest of a non-zero value, and 256 times the largest. */
  roundFractions(at: number, count: number, dropped: number, nearestEven: number): number;
  roundValues(
    at: number,
    count: number,
    dropped: number,
    nearestEven: number,
    smallestNormal: number,
    smallestSubnormal: number,
    limit: number,
    saturates: number,
  ): number;
  work(job: number, left: number, workspace: number): void;
}
