// SPDX-License-Identifier: Apache-2.0
/** How a failed command ends: one line on stderr, and an exit code that says whose mistake it is. */
import {getSystemErrorMap} from 'node:util';
import {CommanderError} from 'commander';

/** The command line cannot be carried out as it is. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const EXIT_FAILURE = 1;
export const EXIT_USAGE = 2;

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  return error instanceof UsageError ? EXIT_USAGE : EXIT_FAILURE;
}

/** On stderr, as errors are, with a line for each. */
export function printWarning(text: string, asJson = false): void {
  for (const line of text.split('\n')) {
    process.stderr.write(`${asJson ? JSON.stringify({warning: line}) : line}\n`);
  }
}

/** What went wrong, in one line. */
export function messageOf(error: unknown): string {
  const text = isSystemError(error)
    ? systemMessage(error)
    : error instanceof Error
      ? error.message
      : String(error);
  return text
    .replace(/^error: /i, '')
    .replace(/^Error in /, '')
    .replace(/\s*\n\s*/g, ' ');
}

/** The same for programs that read it: the facts of the library's errors, and their type. */
export function errorJson(error: unknown): {error: Record<string, unknown>} {
  const facts = error instanceof Error ? {...error} : {};
  const type =
    error instanceof CommanderError
      ? 'UsageError'
      : error instanceof Error
        ? error.name
        : typeof error;
  return {error: {...facts, type, name: undefined, message: messageOf(error)}};
}

interface SystemError extends Error {
  readonly errno: number;
  readonly code: string;
  readonly path?: string;
  readonly dest?: string;
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && typeof (error as Partial<SystemError>).errno === 'number';
}

/** `cannot read "x": no such file or directory`, not the name of a temporary file or a syscall. */
function systemMessage({errno, code, path, dest, message}: SystemError): string {
  const target = dest ?? path?.replace(/\.[0-9a-f-]{36}\.tmp$/, '');
  if (target === undefined) return message;
  const verb = target === path ? 'read' : 'write';
  return `cannot ${verb} "${target}": ${getSystemErrorMap().get(errno)?.[1] ?? code}`;
}
