// SPDX-License-Identifier: Apache-2.0
/** What clang says of a model: errors and warnings, each with the notes below it. */
import {withShortPaths} from '../sources.js';
import {MODEL_EXPORT_FILE} from './model-export.js';
import {withSourceTypes} from './own-types.js';

type Severity = 'error' | 'warning';

/** Without the other kind, its notes, and the counts at the end. */
export function diagnosticsOf(severity: Severity, text: string): string {
  let kind: Severity = 'error';
  const lines = withSourceTypes(withShortPaths(text))
    .split('\n')
    .filter(line => {
      if (line.trim() === '' || /^\d+ (?:errors?|warnings?)\b.*generated/.test(line)) return false;
      if (/\bwarning: /.test(line)) kind = 'warning';
      // A line without a place is of the linker, which only says what is wrong.
      else if (!/\bnote: /.test(line)) kind = 'error';
      return kind === severity && !(kind === 'warning' && line.includes(MODEL_EXPORT_FILE));
    });
  return lines.join('\n');
}
