// SPDX-License-Identifier: Apache-2.0
/** `lut-builder report`: the errors of several multipliers as a page and as a picture. */
import {PictureError} from '../../errors.js';
import {readWhole} from '../../read-whole.js';
import {parseRecordedOperands} from '../../report/parse-recorded-operands.js';
import {type ErrorReport, createReport, reportJson} from '../../report/error-report.js';
import {type FileContents, writeWhole} from '../../write-whole.js';
import {UsageError} from '../failure.js';
import {type Report, grouped} from '../command-output.js';
import {multipliersOrTables} from '../source.js';
import type {ReadOptions} from '../table-file.js';

export interface ReportOptions extends ReadOptions {
  /** HTML. */
  readonly output?: string;
  readonly svg?: string;
  readonly png?: string;
  /** A file of recorded operands. */
  readonly operands?: string;
  readonly json?: boolean;
}

export async function report(
  namesOrFiles: readonly string[],
  options: ReportOptions,
): Promise<Report> {
  // Before anything is measured, which may take a while.
  assertTarget(options);
  const twice = namesOrFiles.find((source, i) => namesOrFiles.indexOf(source) !== i);
  if (twice !== undefined) throw new UsageError(`"${twice}" is given twice`);
  const sources = await multipliersOrTables(namesOrFiles, options);
  const {operands: operandsFile} = options;
  const operands =
    operandsFile === undefined
      ? undefined
      : parseRecordedOperands((await readWhole(operandsFile)).toString(), operandsFile);
  const measured = createReport(sources, operands);

  const files = await render(measured, options);
  await writeWhole(files);
  const written = files.map(({path, bytes}) => `Wrote ${path}: ${grouped(bytes.length)} bytes`);
  return {json: reportJson(measured), text: written.join('\n')};
}

/** All that is asked for, before any of it is written. Charts are imported late: `--json` has none. */
async function render(measured: ErrorReport, {output, svg, png}: ReportOptions) {
  const files: FileContents[] = [];
  if (output !== undefined) {
    const {reportHtml} = await import('../../report/html.js');
    files.push({path: output, bytes: Buffer.from(reportHtml(measured))});
  }
  if (svg !== undefined || png !== undefined) {
    const {recordedRows} = await import('../../report/tables.js');
    const {comparison} = await import('../../picture/comparison.js');
    const picture = comparison(measured.multipliers, measured.title, recordedRows(measured));
    if (svg !== undefined) files.push({path: svg, bytes: Buffer.from(picture)});
    if (png !== undefined) {
      const {renderPng} = await import('../../picture/render-png.js');
      const bytes = await renderPng(picture).catch(error => {
        if (!(error instanceof PictureError)) throw error;
        throw new PictureError(`--png "${png}"`, {...error, remedy: 'Use --svg.'}, {cause: error});
      });
      files.push({path: png, bytes});
    }
  }
  return files;
}

/** @throws {UsageError} if nothing is asked for. */
function assertTarget({output, svg, png, json}: ReportOptions): void {
  if ([output, svg, png].some(path => path !== undefined) || json) return;
  throw new UsageError('give a file to write: -o <file.html>, --svg, --png, or --json to print');
}
