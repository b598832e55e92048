// SPDX-License-Identifier: Apache-2.0
// `node --import tsx tools/on-adapter.ts SCRIPT [--adapter NAME] [OPTIONS...]`: runs a script on one of the adapters
// that the tests use, as drivers are chosen by the environment with which a process starts. Without --adapter, in
// this environment. Without SCRIPT it tells which adapters there are.

import {spawn} from 'node:child_process';
import {ADAPTER_NAMES, findAdapters} from './adapters.ts';

const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  console.log(JSON.stringify(findAdapters(), null, 2));
} else {
  const environment = takeEnvironment(args);
  const child = spawn(process.execPath, [script, ...args], {
    stdio: 'inherit',
    env: {...process.env, ...environment},
  });
  // Ctrl-C reaches the child too; wait for it instead of leaving it behind.
  process.on('SIGINT', () => {});
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 1;
    if (signal) {
      console.error(`${script} was ended by ${signal}`);
    }
  });
}

/** Removes --adapter from the arguments, as the script does not know it. */
function takeEnvironment(args: string[]): Record<string, string> {
  const at = args.findIndex(arg => /^--adapter(=|$)/.test(arg));
  if (at < 0) {
    return {};
  }
  const [option, next = ''] = args.splice(at, args[at] === '--adapter' ? 2 : 1);
  const name = option.split('=')[1] ?? next;
  const {found, absent, broken} = findAdapters(ADAPTER_NAMES.filter(known => known === name));
  if (found[0] === undefined) {
    const reason = [...absent, ...broken][0]?.reason ?? `not one of ${ADAPTER_NAMES.join(', ')}`;
    console.error(`--adapter ${name}: ${reason}`);
    process.exit(1);
  }
  return found[0].environment;
}
