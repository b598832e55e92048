// SPDX-License-Identifier: Apache-2.0
// @ts-check
// What `npm test` prints at its very end: failures and skipped tests again, one line per suite, the adapters
// that were used, and a closing line "N passed, N failed".

/**
 * @typedef {import('./run-suite.mjs').Outcome} Outcome
 * @typedef {import('./adapters.mjs').Search} Search
 */

/** How much of a failure is repeated. */
const MESSAGE_LINES = 12;
const STACK_LINES = 5;

/**
 * @param {readonly Outcome[]} outcomes
 * @param {Search} adapters
 * @param {number} seconds
 * @returns {{text: string, ok: boolean}} The last line of the text stands alone.
 */
export function summarize(outcomes, adapters, seconds) {
  const failures = outcomes.flatMap(({name, failures}) => failures.map(f => ({suite: name, ...f})));
  const skipped = outcomes.flatMap(({name, skipped}) => skipped.map(s => ({suite: name, ...s})));
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const lines = [];
  if (failures.length > 0) {
    lines.push('', rule('failures'));
    failures.forEach(({suite, title, message, stack}, index) => {
      lines.push(`${index + 1}) [${suite}] ${title}`);
      lines.push(...indent(message, MESSAGE_LINES), ...indent(stack, STACK_LINES));
    });
  }
  if (skipped.length > 0) {
    lines.push('', rule('skipped'));
    for (const {suite, title, reason} of skipped) {
      lines.push(`- [${suite}] ${title}: ${reason}`);
    }
  }
  lines.push('', rule('summary'));
  lines.push(...outcomes.map(suiteLine));
  lines.push(...adapterLines(outcomes, adapters));
  lines.push(`time  ${duration(seconds)}`);
  lines.push(closingLine(passed, failures.length, skipped.length));
  return {text: lines.join('\n'), ok: failures.length === 0 && passed > 0};
}

/**
 * @param {number} passed
 * @param {number} failed
 * @param {number} skipped
 */
export function closingLine(passed, failed, skipped) {
  return `${passed} passed, ${failed} failed` + (skipped > 0 ? `, ${skipped} skipped` : '');
}

/** @param {Outcome} outcome */
function suiteLine({name, passed, failures, skipped, seconds}) {
  const count = closingLine(passed, failures.length, skipped.length);
  return `${name.padEnd(46)} ${count}  (${duration(seconds)})`;
}

/**
 * Adapters as the tests themselves saw them, not as the search before the tests did.
 * @param {readonly Outcome[]} outcomes
 * @param {Search} search
 * @returns {string[]}
 */
function adapterLines(outcomes, search) {
  const used = new Map(
    outcomes.flatMap(({adapters}) => adapters.map(a => [a.name, a.description])),
  );
  return [
    ...[...used].map(([name, description]) => `adapter used: ${name}: ${description}`),
    ...search.broken.map(({name, reason}) => `adapter broken: ${name}: ${reason}`),
    ...search.absent.map(({name, reason}) => `adapter not present: ${name}: ${reason}`),
  ];
}

/** @param {string} title */
function rule(title) {
  return `── ${title} `.padEnd(100, '─');
}

/**
 * @param {string} text
 * @param {number} limit
 * @returns {string[]}
 */
function indent(text, limit) {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const shown = lines.slice(0, limit).map(line => `     ${line.trimEnd()}`);
  return lines.length > limit ? [...shown, `     ... ${lines.length - limit} more lines`] : shown;
}

/** @param {number} seconds */
function duration(seconds) {
  return seconds < 100
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
