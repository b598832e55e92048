// SPDX-License-Identifier: Apache-2.0
/** Runs the code of README and the page on own multipliers as it stands there, from a folder with nothing else in it. */
import {execFile} from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {expect} from 'chai';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const {resolve: resolvePath} = createRequire(import.meta.url);
const folderOf = (name: string) => dirname(resolvePath(`${name}/package.json`));

/** Code blocks of a language, in order. */
function blocksOf(markdown: string, language: string): string[] {
  return [...markdown.matchAll(/^```(\w+)\n([^]*?)^```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , code]) => code);
}

export function describeReadme(engine: 'cpu' | 'webgpu'): void {
  describe(`README's code on the ${engine} engine`, function () {
    this.timeout(280_000);
    const pages = ['README.md', 'docs/own-multiplier.md'].map(page =>
      readFileSync(join(ROOT, page), 'utf8'),
    );
    const [usage, ownTable, ...others] = pages.flatMap(page => blocksOf(page, 'js'));
    const shell = pages.flatMap(page => blocksOf(page, 'sh').join('').split('\n'));
    let folder: string;

    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'approx-readme-'));
      const names = ['@tensorflow/tfjs', '@tfjs-approx/backend-approx', '@tfjs-approx/lut-builder'];
      for (const name of names) {
        const link = join(folder, 'node_modules', name);
        mkdirSync(dirname(link), {recursive: true});
        symlinkSync(folderOf(name), link, 'junction');
      }
      cpSync(join(ROOT, 'examples/multipliers'), join(folder, 'examples/multipliers'), {
        recursive: true,
      });
    });
    after(() => rmSync(folder, {recursive: true, force: true}));

    /** Rejects unless the process ends by itself with exit code 0. */
    function run(args: readonly string[], env: Record<string, string> = {}) {
      const options = {cwd: folder, env: {...process.env, ...env}, timeout: 270_000};
      return promisify(execFile)(process.execPath, [...args], options);
    }

    it('has two blocks of JavaScript', () => {
      expect(usage).to.include("tf.setBackend('approx')");
      expect(ownTable).to.include('readLut');
      expect(others).to.deep.equal([]);
    });

    it('trains and prints the coverage', async () => {
      writeFileSync(join(folder, 'usage.mjs'), usage);
      const {stdout} = await run(['usage.mjs']);
      for (const pass of ['forward', 'inputGradient', 'weightGradient']) {
        expect(stdout).to.match(new RegExp(`MatMul +${pass} +mitchell7 +6 +576`));
      }
      expect(stdout).to.include(`engine: ${engine} on `);
    });

    it('trains a script that does not mention approx', async () => {
      const line = shell.find(text => text.includes('--import'))!;
      const [settings, command] = line.split(' node ');
      const env = Object.fromEntries(settings.split(' ').map(setting => setting.split('=')));
      const script = usage
        .split('\n')
        .filter(text => !/approx|setMultiplier|coverage/.test(text))
        .join('\n');
      writeFileSync(join(folder, 'script.mjs'), script);
      const {stdout, stderr} = await run(command.split(' '), env as Record<string, string>);
      expect(stdout).to.not.include('mitchell7');
      expect(stderr).to.match(/MatMul +weightGradient +mitchell7 +6 +576/);
      expect(stderr).to.include(`engine: ${engine} on `);
    });

    it('trains with a multiplier of the reader', async () => {
      const line = shell.find(text => text.includes('truncated_array.c '))!;
      const [, , ...args] = line.split('  ')[0].trim().split(' ');
      await run([join(folderOf('@tfjs-approx/lut-builder'), 'bin/lut-builder.mjs'), ...args]);
      writeFileSync(
        join(folder, 'own.mjs'),
        usage
          .replace(/^setMultiplier.*$/m, '')
          .replace(/^await tf\.setBackend.*$/m, found => `${found}\n${ownTable}`),
      );
      const {stdout} = await run(['own.mjs']);
      expect(stdout).to.match(/MatMul +weightGradient +truncated_array +6 +576/);
      expect(stdout).to.include(`engine: ${engine} on `);
    });
  });
}
