// SPDX-License-Identifier: Apache-2.0
/**
 * The `lut-builder` command. stdout holds the result and nothing else; an error is one line on
 * stderr (a JSON object with --json). Exit codes: 0, 1 for a failure, 2 for a wrong command line.
 */
import {Console} from 'node:console';
import {CommanderError} from 'commander';
import {errorJson, exitCodeOf, messageOf} from './failure.js';
import {createProgram} from './program.js';
import {type Report, paint} from './command-output.js';

// `lut-builder list | head -1` closes the pipe early, which is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
const arguments_ = process.argv.slice(2);
// What a user's model logs is no part of the result. The completion library prints by console.log.
if (arguments_[0] !== 'complete') globalThis.console = new Console(process.stderr, process.stderr);

try {
  await createProgram(print).parseAsync(arguments_, {from: 'user'});
} catch (error) {
  process.exitCode = exitCodeOf(error);
  // Help and the version were asked for, or help was printed as no command was given.
  const isHelp = error instanceof CommanderError && error.code.startsWith('commander.help');
  if (process.exitCode !== 0 && !isHelp) printError(error);
}

function print({json, text}: Report, asJson: boolean): void {
  process.stdout.write(`${asJson ? JSON.stringify(json, null, 2) : text}\n`);
}

function printError(error: unknown): void {
  if (arguments_.includes('--json')) {
    process.stderr.write(`${JSON.stringify(errorJson(error))}\n`);
  } else {
    const prefix = paint('red', 'lut-builder:', process.stderr);
    process.stderr.write(`${prefix} ${messageOf(error)}\n`);
  }
  if (arguments_.includes('--verbose') && error instanceof Error) {
    process.stderr.write(`${error.stack}\n`);
  }
}
