// SPDX-License-Identifier: Apache-2.0
/** `lut-builder list`: the multipliers there are; families in one line each unless filtered. */
import {listFamilies, listMultipliers, type MultiplierInfo} from '@tfjs-approx/arithmetic';
import {closest} from '@tfjs-approx/arithmetic/internal';
import {UsageError} from '../failure.js';
import {type Report, paint, table} from '../command-output.js';

/** @param filter Only names that contain it. */
export function list(filter = ''): Report {
  const multipliers = listMultipliers().filter(({name}) => name.includes(filter.toLowerCase()));
  if (multipliers.length === 0) {
    const formats = listMultipliers().filter(({family}) => family === undefined);
    const names = [...listFamilies(), ...formats].map(({name}) => name);
    const near = closest(filter, names);
    throw new UsageError(
      `no multiplier has "${filter}" in its name. ` +
        `${near === undefined ? '' : `Did you mean "${near}"? `}\`lut-builder list\` shows all.`,
    );
  }
  return {json: multipliers, text: filter === '' ? overview(multipliers) : members(multipliers)};
}

function overview(multipliers: readonly MultiplierInfo[]): string {
  const families = listFamilies().map(family => {
    const {name, pattern, parameters, minMantissaBits, maxMantissaBits, description} = family;
    const member = multipliers.find(candidate => candidate.family === name)!;
    return [
      pattern,
      `${minMantissaBits}..${maxMantissaBits}`,
      member.evaluation,
      parameters.map(({symbol, range}) => `${symbol} = ${range}`).join('; '),
      description,
    ];
  });
  const others = multipliers.filter(({family}) => family === undefined);
  const rows = others.map(({name, mantissaBits, evaluation, description}) => [
    name,
    String(mantissaBits),
    evaluation,
    '',
    description,
  ]);
  return (
    table(
      [
        {title: 'NAME'},
        {title: 'BITS', align: 'right'},
        {title: 'FORM'},
        {title: 'PARAMETERS'},
        {title: 'DESCRIPTION', style: 'dim'},
      ],
      [...rows, ...families],
    ) +
    '\n' +
    paint(
      'dim',
      'After a name, :nearestEven or :truncate rounds operands, and :lut looks products up.',
    )
  );
}

function members(multipliers: readonly MultiplierInfo[]): string {
  const lines = table(
    [
      {title: 'NAME'},
      {title: 'BITS', align: 'right'},
      {title: 'FORM'},
      {title: 'DESCRIPTION', style: 'dim'},
    ],
    multipliers.map(({name, mantissaBits, evaluation, description}) => [
      name,
      String(mantissaBits),
      evaluation,
      description,
    ]),
  );
  const shown = new Set(multipliers.map(({family}) => family));
  // The others are listed whole.
  const partly = listFamilies().filter(
    ({name, parameters}) => shown.has(name) && parameters.length > 0,
  );
  if (partly.length === 0) return lines;
  const names = partly.map(
    ({pattern, minMantissaBits, maxMantissaBits}) =>
      `${pattern}, m = ${minMantissaBits}..${maxMantissaBits}`,
  );
  const note = `Other m are named in the same way: ${names.join('; ')}.`;
  return `${lines}\n${paint('dim', note)}`;
}
