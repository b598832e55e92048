// SPDX-License-Identifier: Apache-2.0
/** `lut-builder build`: a table file from a published multiplier or from source files. */
import type {Report} from '../command-output.js';
import {type BuildOptions, buildTable} from '../source.js';
import {type Layout, assertTarget, writeTable, writtenText} from '../table-file.js';

export async function build(
  sources: readonly string[],
  {output, layout, ...options}: BuildOptions & {output: string; layout?: Layout},
): Promise<Report> {
  // Before a model is tabulated, which may take a while.
  assertTarget(output, layout);
  const written = await writeTable(output, await buildTable(sources, options), layout);
  return {json: written, text: writtenText(written)};
}
