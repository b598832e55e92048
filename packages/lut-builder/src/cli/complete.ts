// SPDX-License-Identifier: Apache-2.0
/** Tab completion: multiplier names and files, beside what commander knows itself. */
import {readdirSync} from 'node:fs';
import tab from '@bomb.sh/tab/commander';
import type {Command} from 'commander';
import {hasExtension} from '../file-extension.js';
import {TABLE_EXTENSIONS, WRITTEN_EXTENSIONS} from '../node.js';
import {listMultipliers} from '@tfjs-approx/arithmetic';
import {SOURCE_EXTENSIONS} from './source.js';

type Complete = (value: string, description: string) => void;

/** Adds `complete <shell>`, and the request that the script it prints makes at each tab. */
export function addCompletion(program: Command): void {
  const {commands} = tab(program);
  program.commands
    .find(command => command.name() === 'complete')!
    .description('Print the tab completion script of a shell')
    .helpOption('-h, --help', 'Show this help')
    .addHelpText(
      'after',
      `
Where to put it:
  bash  lut-builder complete bash >> ~/.bashrc    (with the package bash-completion)
  zsh   lut-builder complete zsh >> ~/.zshrc
  fish  lut-builder complete fish > ~/.config/fish/completions/lut-builder.fish
  PowerShell  lut-builder complete powershell >> $PROFILE`,
    );
  const complete = (command: string, argument: string, handler: (complete: Complete) => void) => {
    commands.get(command)!.arguments.get(argument)!.handler = handler;
  };
  complete('build', 'source', add => {
    addNames(add);
    addFiles(add, SOURCE_EXTENSIONS);
  });
  commands.get('build')!.options.get('output')!.handler = add => addFiles(add, WRITTEN_EXTENSIONS);
  commands.get('build')!.options.get('include')!.handler = add => addFiles(add, []);
  complete('inspect', 'file', add => addFiles(add, TABLE_EXTENSIONS));
  complete('convert', 'in', add => addFiles(add, TABLE_EXTENSIONS));
  complete('convert', 'out', add => addFiles(add, WRITTEN_EXTENSIONS));
  for (const command of ['metrics', 'report']) {
    complete(command, 'multiplier', add => {
      addNames(add);
      addFiles(add, TABLE_EXTENSIONS);
    });
  }
  for (const [option, extension] of [
    ['output', '.html'],
    ['svg', '.svg'],
    ['png', '.png'],
    ['operands', '.json'],
  ] as const) {
    commands.get('report')!.options.get(option)!.handler = add => addFiles(add, [extension]);
  }
}

function addNames(add: Complete): void {
  for (const {name, description} of listMultipliers()) add(name, description);
}

/**
 * Files with one of the extensions, in the folder that was typed so far. A folder that is the only
 * match is entered, as shells would put a space behind it.
 */
function addFiles(add: Complete, extensions: readonly string[]): void {
  // Shells pass the word under the cursor last, empty if there is none.
  let word = process.argv.at(-1)!;
  for (;;) {
    const folder = word.slice(0, word.lastIndexOf('/') + 1);
    const found = entriesOf(folder)
      .filter(({name}) => !name.startsWith('.') && `${folder}${name}`.startsWith(word))
      .filter(entry => entry.isDirectory() || hasExtension(entry.name, extensions));
    if (found.length === 1 && found[0].isDirectory()) {
      word = `${folder}${found[0].name}/`;
      continue;
    }
    for (const entry of found) add(`${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`, '');
    return;
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder === '' ? '.' : folder, {withFileTypes: true});
  } catch {
    return [];
  }
}
