// SPDX-License-Identifier: Apache-2.0
/**
 * How a function that was named is found in the module: a line behind the source exports its
 * address. So it may be static, inline, in a namespace or made from a template.
 */
import {MultiplierError} from '@tfjs-approx/arithmetic';
import type {Sources} from '../sources.js';
import type {Language} from './compiler.js';

export const MODEL_EXPORT = 'lut_builder_model';
/** The name by which the compiler speaks of that line. */
export const MODEL_EXPORT_FILE = '<lut-builder>';

/** The same sources, with the address of a function of the first unit exported. */
export function withModelExport(
  sources: Sources,
  functionName: string,
  language: Language,
): Sources {
  const unit = sources.units[0];
  const linkage = language === 'c++' ? 'extern "C" ' : '';
  const line =
    `\n\n#line 1 "${MODEL_EXPORT_FILE}"\n` +
    `${linkage}__attribute__((export_name("${MODEL_EXPORT}"))) void *${MODEL_EXPORT}(void);\n` +
    `void *${MODEL_EXPORT}(void) { return (void *)&${functionName}; }\n`;
  const content = Buffer.concat([sources.files.get(unit)!, Buffer.from(line)]);
  return {...sources, files: new Map([...sources.files, [unit, content]])};
}

/** @throws {MultiplierError} if the text is no name of a function. */
export function assertFunctionName(name: string, language: Language): void {
  const identifier = '[A-Za-z_]\\w*';
  const pattern =
    language === 'c'
      ? `^${identifier}$`
      : `^(?:::)?${identifier}(?:::${identifier})*(?:<[\\w:, <>]*>)?$`;
  if (new RegExp(pattern).test(name)) return;
  throw new MultiplierError('lutFromC', {
    found: `functionName = "${name}"`,
    expected: language === 'c' ? 'a name as `mul`' : 'a name as `mul`, `space::mul` or `mul<8>`',
  });
}
