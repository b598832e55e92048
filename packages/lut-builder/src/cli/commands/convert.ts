// SPDX-License-Identifier: Apache-2.0
/** `lut-builder convert`: a table file in another layout. */
import type {Report} from '../command-output.js';
import {tableIn} from '../source.js';
import {
  type Layout,
  type ReadOptions,
  assertTarget,
  writeTable,
  writtenText,
} from '../table-file.js';

export async function convert(
  from: string,
  to: string,
  {layout, ...options}: ReadOptions & {layout?: Layout},
): Promise<Report> {
  assertTarget(to, layout);
  const written = await writeTable(to, await tableIn(from, options), layout);
  return {json: written, text: writtenText(written)};
}
