// SPDX-License-Identifier: Apache-2.0
/** Which function of a module is the model. */
import {MultiplierError} from '@tfjs-approx/arithmetic';
import type {CFunction} from './dwarf.js';
import type {Task} from './sandbox.js';
import {EXPECTED_SIGNATURE, formOf, signatureText} from './signature.js';

const SAY_WHICH = 'Say which one by the option functionName (--function <name>).';
const MAX_LISTED = 10;

/**
 * The function that was named, or the only one of the first file that can be a multiplier.
 *
 * @param exported Symbols of functions that are not static.
 * @throws {MultiplierError} if there is no such function or more than one, or its signature is
 *     none of a multiplier.
 */
export function chooseFunction(
  functions: readonly CFunction[],
  exported: ReadonlySet<string>,
  {functionName, hasAddress, file, units}: Omit<Task, 'wasm' | 'lut' | 'memory'>,
): CFunction {
  const ofModel = functions.filter(
    ({name, unit}) => units.includes(unit) && !/^(?:std::|__|lut_builder_)/.test(name),
  );
  const open = ofModel.filter(({symbol}) => exported.has(symbol));
  if (functionName === undefined) {
    const ofUnit = open.filter(candidate => candidate.unit === units[0]);
    const usable = ofUnit.filter(candidate => formOf(candidate) !== undefined);
    if (usable.length === 1) return usable[0];
    const among = usable.length === 0 ? ofUnit : usable;
    throw notOne(file, among, `one function with ${EXPECTED_SIGNATURE}`);
  }
  const model = hasAddress
    ? addressed(ofModel, functionName)
    : onlyOne(open.filter(({name}) => name === functionName));
  if (model === undefined) throw notOne(file, open, `one function named ${functionName}`);
  if (formOf(model) !== undefined) return model;
  throw new MultiplierError(`C model "${functionName}" of "${file}"`, {
    found: `the signature ${signatureText(model)}`,
    expected: EXPECTED_SIGNATURE,
  });
}

/** The first file comes first. The compiler may spell a template otherwise. */
function addressed(functions: readonly CFunction[], name: string): CFunction | undefined {
  const plain = (text: string) => text.replace(/^::|\s/g, '');
  const base = (text: string) => plain(text).replace(/<.*$/, '');
  const exact = functions.find(candidate => plain(candidate.name) === plain(name));
  if (exact !== undefined || !name.includes('<')) return exact;
  return functions.find(candidate => base(candidate.name) === base(name));
}

function onlyOne<T>(values: readonly T[]): T | undefined {
  return values.length === 1 ? values[0] : undefined;
}

function notOne(file: string, among: readonly CFunction[], expected: string): MultiplierError {
  const texts = among.slice(0, MAX_LISTED).map(signatureText);
  const more = among.length > MAX_LISTED ? ` and ${among.length - MAX_LISTED} more` : '';
  return new MultiplierError(`C model of "${file}"`, {
    found: among.length === 0 ? 'no function that is not static' : `${texts.join('; ')}${more}`,
    expected,
    remedy: among.length === 0 ? undefined : SAY_WHICH,
  });
}
