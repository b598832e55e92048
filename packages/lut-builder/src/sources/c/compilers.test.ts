// SPDX-License-Identifier: Apache-2.0
/** Which compiler is used, and what is said where there is none. */
import {execFile} from 'node:child_process';
import {mkdir, mkdtemp, readFile, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {expect} from 'chai';
import {readLut} from '../../node.js';
import {getMultiplier} from '@tfjs-approx/arithmetic';

const BIN = fileURLToPath(new URL('../../../bin/lut-builder.mjs', import.meta.url));
const EXAMPLE = fileURLToPath(
  new URL('../../../../../examples/multipliers/mitchell8.c', import.meta.url),
);

describe('compilers of C models', function () {
  this.timeout(60_000);
  let folder = '';
  const at = (name: string) => join(folder, name);

  /** The command, with the programs of one folder only, and without @yowasp/clang if so said. */
  function build(path: string, args: readonly string[], isPackaged: boolean) {
    const hide = ['--import', pathToFileURL(at('hide.mjs')).href];
    const all = [...(isPackaged ? [] : hide), BIN, 'build', ...args];
    const env = {...process.env, PATH: path, LOG: at('log')};
    return new Promise<{code: number; stderr: string}>(resolve => {
      execFile(process.execPath, all, {cwd: folder, env}, (error, _stdout, stderr) => {
        resolve({code: error ? Number(error.code) : 0, stderr});
      });
    });
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lut-builder-compilers-'));
    await mkdir(at('none'));
    await mkdir(at('able'));
    await mkdir(at('unable'));
    await writeFile(
      at('hooks.mjs'),
      `export function resolve(specifier, context, next) {
        if (specifier !== '@yowasp/clang') return next(specifier, context);
        throw Object.assign(new Error('hidden'), {code: 'ERR_MODULE_NOT_FOUND'});
      }`,
    );
    await writeFile(
      at('hide.mjs'),
      `import {register} from 'node:module'; register('./hooks.mjs', import.meta.url);`,
    );
    // A clang of the system that can, made from the packaged one.
    await writeFile(
      at('able/clang.mjs'),
      `import {appendFileSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
      import {commands} from ${JSON.stringify(import.meta.resolve('@yowasp/clang'))};
      const args = process.argv.slice(2);
      appendFileSync(process.env.LOG, 'clang ' + args.join(' ') + '\\n');
      const tree = folder => Object.fromEntries(readdirSync(folder, {withFileTypes: true}).map(entry => {
        const path = folder + '/' + entry.name;
        return [entry.name, entry.isDirectory() ? tree(path) : readFileSync(path)];
      }));
      const here = process.cwd();
      try {
        // Not where the folder is: the package clears its /tmp.
        const made = await commands.clang(
          args.map(arg => arg.replaceAll(here, '/here')),
          {here: tree(here)},
          {
            stdout: null,
            stderr: bytes =>
              bytes && process.stderr.write(Buffer.from(bytes).toString().replaceAll('/here', here)),
            decodeASCII: false,
            fetchProgress: () => {},
          },
        );
        const output = args[args.indexOf('-o') + 1];
        const names = output.slice(here.length + 1).split('/');
        writeFileSync(output, names.reduce((node, name) => node[name], made.here));
      } catch {
        process.exitCode = 1;
      }`,
    );
    const script = (text: string) => `#!/bin/sh\n${text}\n`;
    // Node reserves more addresses than a compiler may have.
    const clang = `ulimit -S -v unlimited; exec ${JSON.stringify(process.execPath)} ${JSON.stringify(at('able/clang.mjs'))} "$@"`;
    await writeFile(at('able/clang'), script(clang), {mode: 0o755});
    await writeFile(
      at('unable/clang'),
      script(`echo "clang unable" >> "$LOG"; echo "error: no such target" >&2; exit 1`),
      {mode: 0o755},
    );
  });
  beforeEach(() => writeFile(at('log'), ''));
  after(() => rm(folder, {recursive: true}));

  const good = [EXAMPLE, '--function', 'mitchell8', '-o', 'out.safetensors'];

  it('none: the error names the command that installs one, and nothing is written', async () => {
    const {code, stderr} = await build(at('none'), good, false);
    expect(stderr).contain('npm install --save-dev @yowasp/clang');
    expect(code).equal(1);
    expect(await readdir(folder)).not.contain('out.safetensors');
  });

  it('@yowasp/clang where the system has none', async () => {
    expect(await build(at('none'), good, true)).deep.equal({code: 0, stderr: ''});
    const {entries} = await readLut(at('out.safetensors'));
    expect(entries).deep.equal(getMultiplier('mitchell7').lut().entries);
  });

  describe('of the system', function () {
    before(function () {
      if (process.platform === 'win32') this.skip();
    });

    it('are used if they can make WebAssembly', async () => {
      expect(await build(at('able'), good, false)).deep.equal({code: 0, stderr: ''});
      const {entries} = await readLut(at('out.safetensors'));
      expect(entries).deep.equal(getMultiplier('mitchell7').lut().entries);
      expect(await readFile(at('log'), 'utf8')).contain('mitchell8.c');
    });

    it('say what is wrong by the paths of the user', async () => {
      await writeFile(at('bad.c'), '#include <stdint.h>\nuint8_t f(');
      const {code, stderr} = await build(at('able'), ['bad.c', '-o', 'out.safetensors'], false);
      expect(code).equal(1);
      expect(stderr).match(/^lut-builder: compiling "bad.c": found bad.c:2:11: error: /);
    });

    it('are passed over if they cannot', async () => {
      expect(await build(at('unable'), good, true)).deep.equal({code: 0, stderr: ''});
      expect(await readFile(at('log'), 'utf8')).equal('clang unable\n'.repeat(2));
    });
  });
});
