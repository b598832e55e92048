// SPDX-License-Identifier: Apache-2.0
import type {BenchmarkResults} from './results.js';
export async function writeCharts(
  _folder: string,
  _name: string,
  _run: BenchmarkResults,
): Promise<string[]> {
  return [];
}
