// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect} from 'chai';
import {list} from 'tar';
import {pack} from './archive.ts';

describe('pack', () => {
  const root = mkdtempSync(join(tmpdir(), 'tfjs-approx-archive-'));
  after(() => rmSync(root, {recursive: true}));
  const time = new Date(1_700_000_000_000);
  const long = `pack/${'x'.repeat(120)}`;

  function packed(name: string, touched: number): string {
    const folder = join(root, name);
    mkdirSync(join(folder, 'pack'), {recursive: true});
    for (const [path, content, mode] of [
      ['pack/run.sh', 'echo\n', 0o755],
      ['pack/empty', '', 0o644],
      [long, 'y'.repeat(600), 0o644],
    ] as const) {
      writeFileSync(join(folder, path), content);
      chmodSync(join(folder, path), mode);
      utimesSync(join(folder, path), touched, touched);
    }
    const archive = join(root, `${name}.tar.gz`);
    pack(folder, ['pack/run.sh', 'pack/empty', long], archive, time);
    return archive;
  }

  it('keeps names, modes and contents, in the order given', () => {
    const entries: [string, number, number][] = [];
    list({
      file: packed('a', 1),
      sync: true,
      onReadEntry: ({path, mode, size, mtime}) => {
        entries.push([path, mode ?? 0, size]);
        expect(mtime).to.deep.equal(time);
      },
    });
    expect(entries).to.deep.equal([
      ['pack/run.sh', 0o755, 5],
      ['pack/empty', 0o644, 0],
      [long, 0o644, 600],
    ]);
  });

  it('writes the same bytes from files of another time and place', () => {
    const [one, other] = [packed('b', 1), packed('c', 1e9)].map(file => readFileSync(file));
    expect(one.equals(other)).to.equal(true);
  });
});
