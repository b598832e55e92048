// SPDX-License-Identifier: Apache-2.0
/**
 * Scripts that a require hook compiles (@babel/register, babel-node, ts-node). With `--import`, Node
 * loads the script as an ES module, past every require hook; without, it asks the hook first. This
 * restores that for the script itself. What it requires is CommonJS then, and meets the hook too.
 */
import {Module} from 'node:module';
import * as nodeModule from 'node:module';
import {extname, join, resolve} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';

type Loader = (module: unknown, filename: string) => void;

/** Parts of Node's CommonJS loader that require hooks replace, and that run a script. */
interface CommonJsLoader {
  readonly _extensions: Readonly<Record<string, Loader | undefined>>;
  _load(path: string, parent: null, isMain: boolean): unknown;
  _findPath(path: string, folders: null, isMain: boolean): string | false;
  runMain(main?: string): void;
}

interface LoadHooks {
  load(url: string, context: object, next: (url: string, context: object) => unknown): unknown;
}

/** In Node 22.15 and later. */
interface SynchronousHooks {
  registerHooks?(hooks: LoadHooks): void;
}

const loader = Module as unknown as CommonJsLoader;
const HERE = fileURLToPath(import.meta.url);

/**
 * @param main the script's path, absent where there is none.
 */
export function keepRequireHooks(main: string | undefined): void {
  // babel-node and ts-node are scripts that install their hook and then run the one they are given.
  const {runMain} = loader;
  loader.runMain = (script = process.argv[1]) => {
    const path = script === undefined ? false : find(script);
    if (path && isHooked(path)) loader._load(path, null, true);
    else runMain(script);
  };
  // Hooks of `--require` are there already.
  const path = main === undefined ? false : find(main);
  if (path && isHooked(path)) loadAsCommonJs(pathToFileURL(path).href);
}

function find(script: string): string | false {
  return loader._findPath(resolve(script), null, true);
}

/** Whether something else than Node compiles files of this kind. */
function isHooked(path: string): boolean {
  const extension = extname(path);
  // No hook sees a module that is said to be one.
  if (extension === '.mjs' || extension === '.mts') return false;
  const load = loader._extensions[extension];
  return load !== undefined && !isNodesOwn(load, extension);
}

/** What runs when a file that is not there is loaded: only Node, or a hook before it. */
function isNodesOwn(load: Loader, extension: string): boolean {
  const {prepareStackTrace, stackTraceLimit} = Error;
  Error.prepareStackTrace = (_, sites) => sites.map(site => site.getFileName() ?? '');
  Error.stackTraceLimit = 50;
  try {
    const missing = join(HERE, `none${extension}`);
    load(new Module(missing), missing);
    return false;
  } catch (error) {
    const files = (error as {stack?: unknown}).stack;
    if (!Array.isArray(files)) return false;
    const own = (files as string[]).findIndex(file => file === import.meta.url || file === HERE);
    return (files as string[]).slice(0, own).every(file => file.startsWith('node:'));
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Node hands a CommonJS module without a source to `require`, and so to the hooks. */
function loadAsCommonJs(url: string): void {
  const {registerHooks} = nodeModule as SynchronousHooks;
  if (registerHooks) {
    registerHooks({
      load: (asked, context, next) =>
        asked === url ? {format: 'commonjs', shortCircuit: true} : next(asked, context),
    });
    return;
  }
  const hooks = `
    export async function load(asked, context, next) {
      if (asked !== ${JSON.stringify(url)}) return next(asked, context);
      return {format: 'commonjs', shortCircuit: true};
    }`;
  nodeModule.register(`data:text/javascript,${encodeURIComponent(hooks)}`);
}
