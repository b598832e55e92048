// SPDX-License-Identifier: Apache-2.0
// What `npm test` prints at its very end: failures and skipped tests again, one line per suite, the adapters
// that were used, and a closing line "N passed, N failed[, N skipped]".

import type {Search} from './adapters.ts';
import type {Outcome} from './run-suite.ts';

/** How much of a failure is repeated. */
const MESSAGE_LINES = 12;
const STACK_LINES = 5;

/** @returns The last line of the text stands alone. */
export function summarize(
  outcomes: readonly Outcome[],
  {absent, broken}: Pick<Search, 'absent' | 'broken'>,
  seconds: number,
): {text: string; ok: boolean} {
  const failures = outcomes.flatMap(({name, failures}) => failures.map(f => ({suite: name, ...f})));
  const skipped = outcomes.flatMap(({name, skipped}) => skipped.map(s => ({suite: name, ...s})));
  // As the tests themselves saw them, not as the search before the tests did.
  const used = new Map(
    outcomes.flatMap(({adapters}) => adapters.map(a => [a.name, a.description])),
  );
  const lines = [
    ...section(
      'failures',
      failures.map(({suite, title, message, stack}, index) =>
        [
          `${index + 1}) [${suite}] ${title}`,
          ...indent(message, MESSAGE_LINES),
          ...indent(stack, STACK_LINES),
        ].join('\n'),
      ),
    ),
    ...section(
      'skipped',
      skipped.map(({suite, title, reason}) => `- [${suite}] ${title}: ${reason}`),
    ),
    ...section('summary', [
      ...outcomes.map(outcome => {
        return `${outcome.name.padEnd(46)} ${closingLine([outcome])}  (${duration(outcome.seconds)})`;
      }),
      ...[...used].map(([name, description]) => `adapter used: ${name}: ${description}`),
      ...broken.map(({name, reason}) => `adapter broken: ${name}: ${reason}`),
      ...absent.map(({name, reason}) => `adapter not present: ${name}: ${reason}`),
      `time  ${duration(seconds)}`,
    ]),
    closingLine(outcomes),
  ];
  const passed = outcomes.some(outcome => outcome.passed > 0);
  return {text: lines.join('\n'), ok: failures.length === 0 && passed};
}

export function closingLine(outcomes: readonly Outcome[]): string {
  const sum = (count: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + count(outcome), 0);
  const skipped = sum(outcome => outcome.skipped.length);
  return (
    `${sum(({passed}) => passed)} passed, ${sum(({failures}) => failures.length)} failed` +
    (skipped > 0 ? `, ${skipped} skipped` : '')
  );
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ['', `── ${title} `.padEnd(100, '─'), ...lines];
}

function indent(text: string, limit: number): string[] {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const shown = lines.slice(0, limit).map(line => `     ${line.trimEnd()}`);
  return lines.length > limit ? [...shown, `     ... ${lines.length - limit} more lines`] : shown;
}

function duration(seconds: number): string {
  return seconds < 100
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
