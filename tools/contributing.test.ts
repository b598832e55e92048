// SPDX-License-Identifier: Apache-2.0
// Follows the recipes of CONTRIBUTING.md as a new contributor would, in a copy of the packages: writes the files,
// adds the lines of the diffs, compiles, and runs what each recipe ends with.

import {execFile} from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {expect} from 'chai';

const root = join(import.meta.dirname, '..');
const PACKAGES = ['arithmetic', 'backend-approx'];

interface Block {
  readonly language: string;
  readonly code: string;
}

interface Recipe {
  readonly title: string;
  readonly blocks: readonly Block[];
}

function recipes(): Recipe[] {
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const [, ...sections] = text.split(/^### /m);
  return sections.map(section => ({
    title: section.split('\n')[0]!,
    blocks: [...section.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language, code]) => ({
      language: language!,
      code: code!,
    })),
  }));
}

/** Adds and removes lines after the ones that the diff shows before them. */
function applied(source: string, diff: readonly string[]): string {
  const lines = source.split('\n');
  let at = 0;
  for (const line of diff) {
    const text = line.slice(1);
    if (line.startsWith('+')) {
      lines.splice(at++, 0, text);
      continue;
    }
    const found = lines.indexOf(text, at);
    expect(found, `the line "${text}"`).to.be.at.least(0);
    if (line.startsWith('-')) {
      lines.splice(found, 1);
      at = found;
    } else {
      at = found + 1;
    }
  }
  return lines.join('\n');
}

describe('recipes of CONTRIBUTING.md', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-approx-contributing-'));
  const found = recipes();
  const run = (args: readonly string[]) =>
    promisify(execFile)(process.execPath, [...args], {cwd: folder});

  before(async () => {
    cpSync(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'));
    for (const name of PACKAGES) {
      const from = join(root, 'packages', name);
      const skipped = new Set(['node_modules', 'dist-test', 'test']);
      const filter = (path: string) => path === from || !skipped.has(basename(path));
      cpSync(from, join(folder, 'packages', name), {recursive: true, filter});
      // Versions of its own.
      const own = join(from, 'node_modules');
      if (existsSync(own)) {
        symlinkSync(own, join(folder, 'packages', name, 'node_modules'), 'junction');
      }
    }
    // All that is installed, but the packages of the copy.
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, '@tfjs-approx'), {recursive: true});
    for (const name of readdirSync(join(root, 'node_modules'))) {
      if (name === '@tfjs-approx' || name.startsWith('.')) continue;
      symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
    }
    for (const name of PACKAGES) {
      const target = join(folder, 'packages', name);
      symlinkSync(target, join(modules, '@tfjs-approx', name), 'junction');
    }
    for (const {language, code} of found.flatMap(({blocks}) => blocks)) {
      if (language === 'ts') {
        const [first, ...rest] = code.split('\n');
        const path = join(folder, first!.replace('// ', ''));
        mkdirSync(dirname(path), {recursive: true});
        writeFileSync(path, rest.join('\n'));
      } else if (language === 'diff') {
        const [file, ...diff] = code.trimEnd().split('\n');
        const path = join(folder, file!);
        writeFileSync(path, applied(readFileSync(path, 'utf8'), diff));
      }
    }
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const compiled = run([tsc, '-b', ...PACKAGES.map(name => `packages/${name}`)]);
    const output = await compiled.then(
      ({stdout}) => stdout,
      ({stdout}: {stdout: string}) => stdout,
    );
    expect(output).to.equal('');
  });
  after(() => rmSync(folder, {recursive: true, force: true}));

  it('are five', () => {
    expect(found.map(({title}) => title)).to.have.lengthOf(5);
    for (const {title, blocks} of found) {
      const languages = blocks.map(({language}) => language);
      expect(languages, title).to.deep.equal(['ts', 'diff', 'js']);
    }
  });

  for (const {title, blocks} of found) {
    it(`${title}: touches two files, and works`, async () => {
      const script = join(folder, `${title.replace(/\W+/g, '-')}.mjs`);
      writeFileSync(script, blocks.find(({language}) => language === 'js')!.code);
      await run([script]);
    });
  }
});
