// SPDX-License-Identifier: Apache-2.0
/** `lut-builder list`: the multipliers there are. */
import {listMultipliers} from '../../registry.js';
import {UsageError} from '../failure.js';
import {type Report, table} from '../report.js';

/** @param filter Only names that contain it. */
export function list(filter = ''): Report {
  const multipliers = listMultipliers().filter(({name}) => name.includes(filter.toLowerCase()));
  if (multipliers.length === 0) {
    throw new UsageError(
      `no multiplier has "${filter}" in its name; \`lut-builder list\` shows all`,
    );
  }
  const rows = multipliers.map(({name, mantissaBits, evaluation, description}) => [
    name,
    String(mantissaBits),
    evaluation,
    description,
  ]);
  return {
    json: multipliers,
    text: table(
      [
        {title: 'NAME'},
        {title: 'BITS', align: 'right'},
        {title: 'FORM'},
        {title: 'DESCRIPTION', style: 'dim'},
      ],
      rows,
    ),
  };
}
