// SPDX-License-Identifier: Apache-2.0
/**
 * A mantissa LUT from a JavaScript or TypeScript module that exports a functional model,
 * `(a, b) => number`. The module is trusted code: it is imported and runs in this process.
 */
import {access} from 'node:fs/promises';
import {basename, extname, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {
  buildLut,
  type FunctionalModel,
  type LutOptions,
  type MantissaLut,
  MultiplierError,
} from '@tfjs-approx/arithmetic';
import {
  checkOptions,
  LUT_OPTION_CHECKS,
  type OptionChecks,
  text,
} from '@tfjs-approx/arithmetic/internal';
import {extensionOf} from '../file-extension.js';
import {type PlausibilityOptions, assertPlausible, maxMredProblem} from './plausibility.js';

export const MODULE_EXTENSIONS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'] as const;

export interface ModuleOptions extends Partial<LutOptions>, PlausibilityOptions {
  readonly mantissaBits: number;
  /** The export to tabulate; `default` unless given. */
  readonly functionName?: string;
}

const CHECKS: OptionChecks<ModuleOptions> = {
  ...LUT_OPTION_CHECKS,
  functionName: text,
  maxMred: maxMredProblem,
};

/**
 * @param options.name Of the table; that of the file, without its extension, unless given.
 * @throws {MultiplierError} if the module cannot be loaded or exports no such function, or if the
 *     function throws, returns something else than a number, or its products are not near the exact
 *     ones.
 * @throws {RepresentabilityError} if no mantissa LUT can stand for the model.
 */
export async function lutFromModule(path: string, options: ModuleOptions): Promise<MantissaLut> {
  checkOptions('lutFromModule', options, CHECKS);
  const {functionName = 'default', maxMred, ...lutOptions} = options;
  const what = functionName === 'default' ? 'default export' : functionName;
  const exported = await load(path);
  const model = exported[functionName];
  if (typeof model !== 'function') throw noFunction(path, exported, functionName);
  const lut = buildLut(checked(model as FunctionalModel, path), {
    ...lutOptions,
    name: lutOptions.name ?? basename(path, extname(path)),
    provenance: lutOptions.provenance ?? `functional model: ${what} of ${basename(path)}`,
  });
  assertPlausible(lut, {op: `model of "${path}"`, maxMred});
  return lut;
}

async function load(path: string): Promise<Record<string, unknown>> {
  await access(path);
  let namespace: Record<string, unknown>;
  try {
    namespace = (await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>;
  } catch (error) {
    const isUnknown = (error as {code?: string}).code === 'ERR_UNKNOWN_FILE_EXTENSION';
    const extension = extname(path);
    if (isUnknown && extension !== extensionOf(path)) {
      throw new MultiplierError(
        `module "${path}"`,
        {
          found: `the extension ${extension}`,
          expected: `${extensionOf(path)}, as Node imports modules by it`,
          remedy: 'Rename the file.',
        },
        {cause: error},
      );
    }
    const isTypeScript = isUnknown;
    throw new MultiplierError(
      `module "${path}"`,
      {
        found: isTypeScript ? 'TypeScript, which this Node does not run' : `${String(error)}`,
        expected: 'a module that can be imported',
        remedy: isTypeScript ? 'Compile it first, or use Node 22.18 or later.' : undefined,
      },
      {cause: error},
    );
  }
  // A CommonJS module is the default export of its namespace; what it exports is one level down.
  const inner = namespace['default'];
  return typeof inner === 'object' && inner !== null ? {...namespace, ...inner} : namespace;
}

function noFunction(
  path: string,
  exported: Record<string, unknown>,
  name: string,
): MultiplierError {
  const functions = Object.keys(exported).filter(key => typeof exported[key] === 'function');
  return new MultiplierError(`module "${path}"`, {
    found: functions.length === 0 ? 'no function' : `the functions ${functions.join(', ')}`,
    expected: name === 'default' ? 'a function as default export' : `a function named ${name}`,
    remedy:
      functions.length === 0
        ? undefined
        : 'Say which one by the option functionName (--function <name>).',
  });
}

/** The model, with a clear error where it does not answer with a number. */
function checked(model: FunctionalModel, path: string): FunctionalModel {
  const fail = (a: number, b: number, found: string, cause?: unknown): never => {
    throw new MultiplierError(
      `model of "${path}" at (${a}, ${b})`,
      {found, expected: 'a number'},
      cause === undefined ? undefined : {cause},
    );
  };
  return (a, b) => {
    let result: unknown;
    try {
      result = model(a, b);
    } catch (error) {
      fail(a, b, String(error), error);
    }
    return typeof result === 'number' ? result : fail(a, b, `a value of type ${typeof result}`);
  };
}
