// SPDX-License-Identifier: Apache-2.0
/**
 * The `tfjs-approx` command. stdout holds the result and nothing else. Exit codes: 0, 1 where
 * approx cannot run or the command failed, 2 for a wrong command line.
 */
import {Console} from 'node:console';
import {readFileSync} from 'node:fs';
import {Command, CommanderError} from 'commander';
import {diagnose} from './doctor.js';
import {doctorText} from './doctor-text.js';

const {version} = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as {version: string};

const program = new Command('tfjs-approx')
  .description('Tools of the TensorFlow.js backend approx.')
  .version(version, '-V, --version', 'Print the version')
  .helpOption('-h, --help', 'Show this help')
  .helpCommand('help [command]', 'Show the help of a command')
  .exitOverride()
  .configureOutput({outputError: () => {}});

program
  .command('doctor')
  .description('Show what approx runs on here, how fast, and what to install for more')
  .helpOption('-h, --help', 'Show this help')
  .option('--json', 'Print the result as JSON')
  .option('--verbose', 'Print what tfjs logs, and the stack trace of an error')
  .action(async ({json, verbose}: {json?: boolean; verbose?: boolean}) => {
    // tfjs greets on the console, which is no part of the result.
    const quiet = new Console({stdout: process.stderr, stderr: process.stderr});
    if (!verbose) quiet.log = quiet.info = quiet.warn = quiet.error = () => {};
    globalThis.console = quiet;
    const diagnosis = await diagnose();
    const {stdout} = process;
    const colours = stdout.isTTY && stdout.hasColors();
    const text = json ? JSON.stringify(diagnosis, null, 2) : doctorText(diagnosis, {colours});
    stdout.write(`${text}\n`);
    process.exitCode = diagnosis.ok ? 0 : 1;
  });

try {
  await program.parseAsync();
} catch (error) {
  const isUsage = error instanceof CommanderError;
  process.exitCode = isUsage ? (error.exitCode === 0 ? 0 : 2) : 1;
  // Help and the version were asked for, or help was printed as no command was given.
  if (process.exitCode !== 0 && !(isUsage && error.code.startsWith('commander.help'))) {
    const message = error instanceof Error ? error.message : String(error);
    const line = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
    process.stderr.write(`tfjs-approx: ${line}\n`);
    if (process.argv.includes('--verbose')) process.stderr.write(`${(error as Error).stack}\n`);
  }
}
