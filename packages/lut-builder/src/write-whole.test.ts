// SPDX-License-Identifier: Apache-2.0
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect} from 'chai';
import {FileError} from './errors.js';
import {readWhole} from './read-whole.js';
import {rejection} from './testing/rejection.js';
import {writeWhole} from './write-whole.js';

const isWindows = process.platform === 'win32';

describe('files', () => {
  let folder = '';
  const at = (name: string) => join(folder, name);
  const bytes = Buffer.from('new');
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lut-builder-'));
  });
  afterEach(() => rm(folder, {recursive: true}));

  it('of the name of a link to a folder are not written, and the link stays', async () => {
    await mkdir(at('inner'));
    await symlink(at('inner'), at('link'));
    const error = await rejection(writeWhole([{path: at('link'), bytes}]));
    expect(error).instanceOf(FileError);
    expect(error.message).equal(
      `cannot write "${at('link')}": found a directory, expected a regular file, or none yet.`,
    );
    expect((await lstat(at('link'))).isSymbolicLink()).equal(true);
    expect(await readdir(folder)).have.members(['inner', 'link']);
  });

  it('are written where a link leads, and the link stays', async () => {
    await writeFile(at('file'), 'old');
    await symlink(at('file'), at('link'));
    await writeWhole([{path: at('link'), bytes}]);
    expect(await readFile(at('file'), 'utf8')).equal('new');
    expect((await lstat(at('link'))).isSymbolicLink()).equal(true);
  });

  it('leave nothing behind where a signal ends the process', async function () {
    if (isWindows) this.skip();
    const url = new URL('./before-exit.js', import.meta.url).href;
    const script = `import {beforeExit} from '${url}'; import {writeFileSync, rmSync} from 'node:fs';
      writeFileSync('x.tmp', ''); beforeExit(() => rmSync('x.tmp')); setInterval(() => {}, 1000);
      console.log('ready');`;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {cwd: folder});
      await once(child.stdout, 'data');
      child.kill(signal);
      const [code, by] = (await once(child, 'exit')) as [number | null, string | null];
      expect({code, by}).deep.equal({code: null, by: signal});
      expect(await readdir(folder)).deep.equal([]);
    }
  });

  it('are named where the disk takes no more of them', async function () {
    if (isWindows) this.skip();
    const url = new URL('./write-whole.js', import.meta.url).href;
    const script = `import {writeWhole} from '${url}';
      await writeWhole([{path: 'big', bytes: Buffer.alloc(2 ** 20)}]).catch(e => console.log(e.code, e.path));`;
    const limited = 'ulimit -f 8; exec "$0" --input-type=module -e "$1"';
    const args = ['-c', limited, process.execPath, script];
    const said = execFileSync('/bin/sh', args, {cwd: folder, encoding: 'utf8'});
    expect(said).match(/^EFBIG big\.[0-9a-f-]+\.tmp$/m);
    expect(await readdir(folder)).deep.equal([]);
  });

  it('are read to a limit, and only where they are files', async function () {
    await writeFile(at('file'), Buffer.alloc(100, 1));
    expect(await readWhole(at('file'), 100)).deep.equal(Buffer.alloc(100, 1));
    const long = await rejection(readWhole(at('file'), 99));
    expect(long.message).contain('more than 99 bytes');
    expect((await rejection(readWhole(folder))).message).match(/^cannot read ".*found a directory/);
    if (isWindows) this.skip();
    await symlink('/dev/zero', at('endless'));
    execFileSync('mkfifo', [at('pipe')]);
    for (const name of ['endless', 'pipe']) {
      const error = await rejection(readWhole(at(name)));
      expect(error).instanceOf(FileError).property('found').equal('a device or pipe');
    }
  });
});
