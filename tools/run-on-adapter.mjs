// SPDX-License-Identifier: Apache-2.0
// @ts-check
// Builds what is missing and runs a program of benchmarks/, with --adapter NAME on one of the adapters that
// the tests use: drivers are chosen by the environment with which a process starts.

import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {ADAPTER_NAMES, findAdapters} from './adapters.mjs';
import {buildMissing, installMissing, PreparationError, root} from './prepare.mjs';

/**
 * @param {string} name Of the program in benchmarks/dist, and in messages.
 */
export function runOnAdapter(name) {
  try {
    const [adapter, args] = takeAdapter(process.argv.slice(2));
    installMissing(console.log);
    buildMissing(['benchmarks'], console.log);
    const environment = adapter === undefined ? {} : environmentOf(adapter);
    const script = join(root, 'benchmarks', 'dist', `${name}.js`);
    const child = spawn(process.execPath, [script, ...args], {
      stdio: 'inherit',
      env: {...process.env, ...environment},
    });
    // Ctrl-C reaches the child too; wait for it instead of leaving it behind.
    process.on('SIGINT', () => {});
    child.on('exit', (code, signal) => {
      process.exitCode = code ?? 1;
      if (signal) {
        console.error(`${name} was ended by ${signal}`);
      }
    });
  } catch (error) {
    console.error(error instanceof PreparationError ? error.message : error);
    process.exitCode = 1;
  }
}

/**
 * @param {string[]} args
 * @returns {[adapter: string | undefined, others: string[]]}
 */
function takeAdapter(args) {
  const at = args.findIndex(arg => /^--adapter(=|$)/.test(arg));
  if (at < 0) {
    return [undefined, args];
  }
  const joined = args[at]?.split('=')[1];
  const length = joined === undefined ? 2 : 1;
  return [joined ?? args[at + 1] ?? '', args.toSpliced(at, length)];
}

/**
 * @param {string} name
 * @returns {Record<string, string>}
 */
function environmentOf(name) {
  const wanted = ADAPTER_NAMES.filter(known => known === name);
  const {found, absent, broken} = findAdapters(wanted);
  const [adapter] = found;
  if (adapter === undefined) {
    const reason = [...absent, ...broken][0]?.reason ?? `not one of ${ADAPTER_NAMES.join(', ')}`;
    throw new PreparationError(`--adapter ${name}: ${reason}`);
  }
  return adapter.environment;
}
