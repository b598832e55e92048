// SPDX-License-Identifier: Apache-2.0
/**
 * `node --import @tfjs-approx/backend-approx/register script.mjs` makes `approx` the backend of a
 * script that does not mention it. Node runs this module to its end before the script starts, so
 * the script's first op finds a backend that is ready, be the op synchronous or not.
 *
 * APPROX_MULTIPLIER may also be the path of a table.
 *
 * A script that sets another backend itself gets that one, and one line on stderr says so; tfjs-node,
 * which sets its own when it is imported, does not. With APPROX_COVERAGE=1 the coverage table is printed to stderr when the process ends.
 */
import {realpathSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {extname, resolve} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {
  decodeLut,
  LutFormatError,
  MultiplierError,
  type MantissaLut,
} from '@tfjs-approx/arithmetic';
import {ApproxError, ConfigurationError} from './errors.js';
import {keepRequireHooks} from './require-hooks.js';
import {callerOfSetBackend} from './set-backend-caller.js';

const INSTALL = 'Consider: npm install @tensorflow/tfjs@4.22.0';

try {
  await register();
} catch (error) {
  const message = reasonOf(error);
  if (message === null) throw error;
  console.error(`approx cannot start: ${message}`);
  process.exit(1);
}

async function register(): Promise<void> {
  const {path, tfjs} = await loadTfjs();
  const {engine, Tensor, version_core: version} = await import('@tensorflow/tfjs-core');
  if (tfjs.version_core !== version) {
    throw new ConfigurationError(
      `this script uses TensorFlow.js ${tfjs.version_core} (${path}), and approx needs ` +
        `${version}. ${INSTALL}`,
    );
  }
  if (tfjs.Tensor !== Tensor) {
    console.warn(
      `approx: the script uses another copy of TensorFlow.js (${path}) than approx. Products are ` +
        `approximate all the same, but not known by layer. Consider: npm dedupe`,
    );
  }
  const {coverage, getMultipliers, setEngine} = await import('./index.js');
  const {requestedEngine} = await import('./flags.js');
  await readOwnTable();
  // A misspelt multiplier is better found now than in the middle of the script.
  getMultipliers();
  const {log} = console;
  // stdout is the script's.
  console.log = console.error;
  await setEngine(requestedEngine());
  console.log = log;
  reportOtherBackends(engine());
  keepRequireHooks(process.argv[1]);
  if (!['', '0', 'false'].includes(process.env.APPROX_COVERAGE ?? '')) {
    process.on('exit', () => console.error(`approx: coverage\n${coverage().toString()}`));
  }
}

/** Where the multiplier is a file, it becomes the one of all passes. */
async function readOwnTable(): Promise<void> {
  const path = process.env.APPROX_MULTIPLIER ?? '';
  if (extname(path) === '') return;
  const {setMultiplier} = await import('./index.js');
  try {
    setMultiplier(await readTable(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new ConfigurationError(
      `APPROX_MULTIPLIER is '${path}', and there is no such file. Expected a table or a name such as mbm7.`,
    );
  }
}

/** Tables of other kinds need lut-builder, which the script may have beside it. */
async function readTable(path: string): Promise<MantissaLut> {
  const extension = extname(path).toLowerCase();
  if (extension === '.safetensors') return decodeLut(await readFile(path), {file: path});
  for (const start of [realPath(process.argv[1] ?? '.'), fileURLToPath(import.meta.url)]) {
    let builder;
    try {
      builder = createRequire(start).resolve('@tfjs-approx/lut-builder/node');
    } catch {
      continue;
    }
    const {readLut} = (await import(pathToFileURL(builder).href)) as TableReader;
    return readLut(path);
  }
  throw new ConfigurationError(
    `APPROX_MULTIPLIER is '${path}'. Expected a .safetensors table or a name such as mbm7. Tables of ` +
      `other kinds are read where @tfjs-approx/lut-builder is installed, and converted by ` +
      `npx -p @tfjs-approx/lut-builder lut-builder convert '${path}' -o table.safetensors.`,
  );
}

/** What is used of lut-builder, on which this package does not depend. */
interface TableReader {
  readLut(path: string): Promise<MantissaLut>;
}

/** Each copy of tfjs-core has its own class of tensors. */
interface Tfjs {
  readonly version_core: string;
  readonly Tensor: unknown;
}

/**
 * Loads the TensorFlow.js that the script is going to load, as that registers the gradients which
 * approx wraps when it starts. Found from where the script lies, else from this package.
 *
 * @returns where it was found, and what is looked at.
 */
async function loadTfjs(): Promise<{path: string; tfjs: Tfjs}> {
  const starts = [realPath(process.argv[1] ?? '.'), fileURLToPath(import.meta.url)];
  // A script without the union package can run forward passes on tfjs-core alone.
  for (const name of ['@tensorflow/tfjs', '@tensorflow/tfjs-core']) {
    for (const start of starts) {
      let path;
      try {
        path = createRequire(start).resolve(name);
      } catch {
        continue;
      }
      return {path, tfjs: (await import(pathToFileURL(path).href)) as Tfjs};
    }
  }
  throw new ConfigurationError(`'@tensorflow/tfjs' was not found from ${starts[0]}. ${INSTALL}`);
}

/** What to say of an error that needs no stack trace; null for any other. */
function reasonOf(error: unknown): string | null {
  const ours = [ApproxError, MultiplierError, LutFormatError];
  if (ours.some(kind => error instanceof kind)) return (error as Error).message;
  const {code, message} = error as NodeJS.ErrnoException;
  const isMissingTfjs = code === 'ERR_MODULE_NOT_FOUND' && message.includes("'@tensorflow/tfjs");
  return isMissingTfjs ? `${message}. ${INSTALL}` : null;
}

/** Node resolves what a script imports from where it really lies. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** These choose their own backend while they are imported, which the script did not ask for. */
const CHOOSE_WHEN_IMPORTED = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'];

function reportOtherBackends(tfEngine: {
  backendName: string;
  setBackend(name: string): Promise<boolean>;
}): void {
  const setBackend = tfEngine.setBackend.bind(tfEngine);
  tfEngine.setBackend = name => {
    if (name === 'approx' || tfEngine.backendName !== 'approx') return setBackend(name);
    const caller = callerOfSetBackend();
    if (caller !== null && CHOOSE_WHEN_IMPORTED.includes(caller)) {
      console.warn(
        `approx: ${caller} asked for its own backend '${name}' when it was imported, and approx stays. ` +
          `A script that wants '${name}' calls tf.setBackend('${name}') itself.`,
      );
      return Promise.resolve(true);
    }
    console.warn(
      `approx: ${caller ?? 'the script'} chose the backend '${name}'. Products on it are exact and not ` +
        `in coverage(); without that tf.setBackend('${name}') they would be approximate.`,
    );
    return setBackend(name);
  };
}
