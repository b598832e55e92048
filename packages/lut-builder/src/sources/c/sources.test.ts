// SPDX-License-Identifier: Apache-2.0
/** Which files of the disk a C source can make the tool read. */
import {execFileSync} from 'node:child_process';
import {mkdir, mkdtemp, realpath, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';
import {expect} from 'chai';
import {MultiplierError} from '@tfjs-approx/arithmetic';
import {rejection} from '../../testing/rejection.js';
import {collectSources, compilerPath} from '../sources.js';
import {lutFromC} from './lut-from-c.js';
import {C_INCLUDES} from './includes.js';

describe('collectSources', function () {
  this.timeout(20_000);
  let folder = '';
  const at = (name: string) => join(folder, name);

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'lut-builder-sources-')));
    await mkdir(at('model/parts'), {recursive: true});
    await mkdir(at('other'));
    await writeFile(at('other/secret.h'), '#define SECRET 1\n');
  });
  afterEach(() => rm(folder, {recursive: true}));

  /** The files collected, by their paths from the folder. */
  async function collected(
    text: string,
    {includeFolders = [] as string[], name = 'model/a.c', seconds = 30} = {},
  ): Promise<Record<string, string>> {
    await writeFile(at(name), text);
    const {files} = await collectSources([at(name)], includeFolders.map(at), seconds, C_INCLUDES);
    return Object.fromEntries(
      [...files].map(([path, content]) => [
        path.replace(`${compilerPath(folder)}/`, ''),
        Buffer.from(content).toString(),
      ]),
    );
  }

  async function refusal(...args: Parameters<typeof collected>): Promise<MultiplierError> {
    const error = await rejection(collected(...args));
    expect(error, String(error)).instanceOf(MultiplierError);
    expect((error as MultiplierError).op).equal(`source "${at(args[1]?.name ?? 'model/a.c')}"`);
    return error as MultiplierError;
  }

  it('takes files below the folder of a source, also through ..', async () => {
    await writeFile(at('model/types.h'), '');
    await writeFile(at('model/parts/b.h'), '#include "../types.h"\n');
    const files = await collected('#include "parts/b.h"\n#include "parts/../../model/types.h"\n');
    expect(Object.keys(files)).members(['model/a.c', 'model/parts/b.h', 'model/types.h']);
    const types = compilerPath(at('model/types.h'));
    expect(files['model/parts/b.h']).equal(`#include "${types}"\n`);
    expect(files['model/a.c']).equal(`#include "parts/b.h"\n#include "${types}"\n`);
  });

  it('takes files of another folder if it is an include folder', async () => {
    const text = '#include "../other/secret.h"\n';
    const {found, remedy} = await refusal(text);
    expect(found)
      .contain('"../other/secret.h"')
      .contain(`"${at('other/secret.h')}"`);
    expect(remedy).contain('-I <folder>');
    expect(await collected(text, {includeFolders: ['other']})).keys('model/a.c', 'other/secret.h');
    expect(await collected('#include <secret.h>', {includeFolders: ['other']})).keys(
      'model/a.c',
      'other/secret.h',
    );
  });

  it('a folder whose name only begins alike is another', async () => {
    await mkdir(at('model2'));
    await writeFile(at('model2/x.h'), '');
    expect((await refusal('#include "../model2/x.h"')).found).contain('"../model2/x.h"');
    await mkdir(at('model/..more'));
    await writeFile(at('model/..more/x.h'), '');
    expect(await collected('#include "..more/x.h"')).keys('model/a.c', 'model/..more/x.h');
  });

  for (const directive of ['#include', '#include_next', '#import', '#embed', '  #  include']) {
    it(`${directive} of a file elsewhere is refused by its name`, async () => {
      const {found} = await refusal(`${directive} "../other/secret.h"`);
      expect(found).contain('"../other/secret.h"');
    });
  }

  it('__has_include and headers of headers are looked at as well', async () => {
    const asked = await refusal('#if __has_include("../other/secret.h")\n#endif');
    expect(asked.found).contain('"../other/secret.h"');
    await writeFile(at('model/parts/b.h'), '#include "../../other/secret.h"\n');
    const error = await rejection(collected('#include "parts/b.h"'));
    expect(error).instanceOf(MultiplierError);
    expect(error.message).contain(`source "${at('model/parts/b.h')}"`);
  });

  describe('on a disk with links and devices', function () {
    before(function () {
      if (process.platform === 'win32') this.skip();
    });

    /** The path from the folder of the source to one of the disk. */
    const up = (path: string) => relative(at('model'), path);

    it('devices through parent folders are refused by name', async () => {
      for (const path of ['/dev/zero', '/dev/urandom', '/etc/passwd']) {
        const {found} = await refusal(`#embed "${up(path)}"`);
        expect(found).equal(`an include of "${up(path)}", which is "${path}"`);
      }
    });

    it('files of /proc are refused by name: their size says nothing', async function () {
      if (process.platform !== 'linux') this.skip();
      for (const path of ['/proc/cpuinfo', `/proc/${process.pid}/pagemap`]) {
        const {found} = await refusal(`#include "${up(path)}"`);
        expect(found).equal(`an include of "${up(path)}", which is "${path}"`);
      }
    });

    it('links that lead out of the folder are refused by name', async () => {
      await symlink('/dev/zero', at('model/zero.h'));
      await symlink(at('other/secret.h'), at('model/link.h'));
      await symlink(at('other'), at('model/linked'));
      for (const [name, real] of [
        ['zero.h', '/dev/zero'],
        ['link.h', at('other/secret.h')],
        ['linked/secret.h', at('other/secret.h')],
      ]) {
        const {found} = await refusal(`#include "${name}"`);
        expect(found).equal(`an include of "${name}", which is "${real}"`);
      }
    });

    it('links within the folder, and a folder that is a link, are followed', async () => {
      await writeFile(at('model/types.h'), '');
      await symlink('../types.h', at('model/parts/types.h'));
      await symlink(at('model'), at('alias'));
      const text = '#include "parts/types.h"';
      expect(await collected(text)).keys('model/a.c', 'model/parts/types.h');
      expect(await collected(text, {name: 'alias/a.c'})).keys('alias/a.c', 'alias/parts/types.h');
    });

    it('a pipe in the folder is not opened', async () => {
      execFileSync('mkfifo', [at('model/pipe.h')]);
      const error = await rejection(collected('#include "pipe.h"'));
      expect(error).instanceOf(MultiplierError);
      expect(error.message).contain('pipe.h": found a device or pipe, expected a regular file');
    });

    it('absolute paths are refused by name, also of files beside the source', async () => {
      await writeFile(at('model/types.h'), '');
      for (const path of ['/dev/zero', '/etc/passwd', at('model/types.h')]) {
        for (const text of [`#include "${path}"`, `#include <${path}>`, `#embed "${path}"`]) {
          const {found, remedy} = await refusal(text);
          expect(found).equal(`an include of "${path}" by its absolute path`);
          expect(remedy).contain('-I <folder>');
        }
      }
    });

    it('counts the bytes that it reads, not those that a file says it has', async function () {
      if (process.platform !== 'linux') this.skip();
      // Of size 0, and without end for this purpose.
      const error = await rejection(collectSources(['/proc/self/pagemap'], [], 30, C_INCLUDES));
      expect(error).instanceOf(MultiplierError);
      expect(error.message).contain('found more than 2000 files and 64 MiB');
    });
  });

  it('the assembler’s directives that read files are refused', async () => {
    for (const text of [
      '__asm__(".incbin \\"/etc/passwd\\"");',
      '__asm__(R"(.include "/etc/passwd")");',
    ]) {
      expect((await refusal(text)).found).match(/^the assembler's \.inc(bin|lude), which reads/);
    }
    expect(await collected('int f(struct s x) { return x.include + g(".incbin"); }')).keys(
      'model/a.c',
    );
  });

  it('ends at the time limit', async () => {
    const error = await rejection(collected('int a;', {seconds: 0}));
    expect(error).instanceOf(MultiplierError);
    expect(error.message).contain('no end within 0 s').contain('--time-limit');
  });

  it('takes any number of includes of one file, and odd lines', async () => {
    await writeFile(at('model/types.h'), '');
    const many = '#include "types.h"\n'.repeat(200_000);
    expect(await collected(many)).keys('model/a.c', 'model/types.h');
    expect(await collected('__has_include(<'.repeat(100_000))).keys('model/a.c');
  });

  it('what is refused makes no table', async () => {
    const text = `
      static const unsigned char secret[] = {
      #embed "../other/secret.h"
      };
      unsigned mul(unsigned a, unsigned b) { return secret[0]; }`;
    await writeFile(at('model/a.c'), text);
    const error = await rejection(lutFromC(at('model/a.c'), {mantissaBits: 3}));
    expect(error).instanceOf(MultiplierError);
    expect(error.message).contain('"../other/secret.h"');
  });
});
