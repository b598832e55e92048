// SPDX-License-Identifier: Apache-2.0
/**
 * Files that are named since a source makes up what it includes or reads, by a macro or a parameter.
 * Only Yosys knows such a name, so that it finds the files by their names alone.
 */
import {readFile, stat} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {MultiplierError} from '@tfjs-approx/arithmetic';
import {compilerPath} from '../sources.js';
import {hasMadeUpNames, withoutMark} from './includes.js';
import {isVerilog} from './synthesis.js';

/**
 * @param files Of `collectSources`, the named ones among them.
 * @returns Those that are no sources, by their names without folders; none where none is made up.
 * @throws {MultiplierError} if another of these names, or one beside a source, is another file.
 */
export async function filesByName(
  paths: readonly string[],
  files: ReadonlyMap<string, Uint8Array>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  if (![...files.values()].some(hasMadeUpNames)) return found;
  const contentOf = (path: string) => files.get(compilerPath(path))!;
  const sources = paths.filter(path => isVerilog(path) && hasMadeUpNames(contentOf(path)));
  const others = paths.filter(path => !isVerilog(path));
  for (const [k, path] of others.entries()) {
    const name = basename(path);
    const namesakes = [
      ...others.slice(0, k).filter(other => basename(other) === name),
      ...sources.map(source => join(dirname(source), name)),
    ];
    for (const namesake of namesakes) {
      if (await isAnotherFile(namesake, path)) throw ambiguous(name, path, namesake);
    }
    found.set(name, withoutMark(contentOf(path)));
  }
  return found;
}

/** Copies are the same. */
async function isAnotherFile(path: string, known: string): Promise<boolean> {
  if (resolve(path) === resolve(known)) return false;
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isFile()) return false;
  if (stats.size !== (await stat(known)).size) return true;
  return !(await readFile(path)).equals(await readFile(known));
}

function ambiguous(name: string, path: string, namesake: string): MultiplierError {
  return new MultiplierError(`files named "${name}"`, {
    found: `"${path}" and "${namesake}", which differ`,
    expected: 'one, as a macro or parameter of a source makes up the name of what it reads',
    remedy: 'Rename or remove one of them, or write the name as a literal into the source.',
  });
}
