// SPDX-License-Identifier: Apache-2.0
/**
 * Packages that are installed only where they are needed. They are large, so they are loaded in
 * workers; what is wrong with one is told to the caller's thread.
 */
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {MultiplierError} from '@tfjs-approx/arithmetic';

/** `missing` if the package is not installed; `failure` if it cannot be loaded. */
export type Unavailable = {readonly missing: true} | {readonly failure: string};

const MISSING = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'];

/** From beside this package, or from the folder a global `lut-builder` is run in. */
export async function loadPackage<Package>(name: string): Promise<Package> {
  try {
    return (await import(name)) as Package;
  } catch (error) {
    if (!isMissing(error)) throw error;
    const here = createRequire(join(process.cwd(), 'package.json'));
    return (await import(pathToFileURL(here.resolve(name)).href)) as Package;
  }
}

export function unavailable(error: unknown): Unavailable {
  return isMissing(error) ? {missing: true} : {failure: String(error)};
}

/** Whether a worker has no package to answer with; another one may find it. */
export function isUnavailable(answer: object): answer is Unavailable {
  return 'missing' in answer || 'failure' in answer;
}

/** @param missing What is said if the package is not installed. */
export function unavailableError(
  name: string,
  answer: Unavailable,
  missing: {readonly op: string; readonly found: string; readonly expected: string},
): MultiplierError {
  if ('failure' in answer) {
    return new MultiplierError(`loading ${name}`, {
      found: answer.failure,
      expected: 'a package that works',
      remedy: `Another version may: \`npm install --save-dev ${name}@latest\`.`,
    });
  }
  const {op, found, expected} = missing;
  return new MultiplierError(op, {
    found,
    expected,
    remedy: `Run \`npm install --save-dev ${name}\`.`,
  });
}

function isMissing(error: unknown): boolean {
  return MISSING.includes((error as {code?: string}).code ?? '');
}
