// SPDX-License-Identifier: Apache-2.0
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect} from 'chai';
import {Header} from 'tar';
import {unpackTar} from './unpack.ts';

interface Entry {
  path: string;
  content?: string;
  type?: 'File' | 'SymbolicLink';
  linkpath?: string;
}

function archive(...entries: Entry[]): Buffer {
  const blocks = entries.flatMap(({path, content = '', type = 'File', linkpath}) => {
    const header = new Header({path, type, linkpath, size: content.length, mode: 0o755});
    header.encode();
    const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    body.write(content);
    return [header.block!, body];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

describe('unpackTar', () => {
  const root = mkdtempSync(join(tmpdir(), 'tfjs-approx-tar-'));
  const folder = join(root, 'inside');
  beforeEach(() => mkdirSync(folder));
  afterEach(() => rmSync(folder, {recursive: true}));
  after(() => rmSync(root, {recursive: true}));

  it('writes files with their modes, over block boundaries', () => {
    const long = 'x'.repeat(1000);
    unpackTar(archive({path: 'a', content: 'first'}, {path: 'b/c', content: long}), folder);
    expect(readFileSync(join(folder, 'a'), 'utf8')).to.equal('first');
    expect(readFileSync(join(folder, 'b', 'c'), 'utf8')).to.equal(long);
    expect(statSync(join(folder, 'a')).mode & 0o700).to.equal(0o700);
  });

  it('leaves out links, through which later files could be written elsewhere', () => {
    unpackTar(
      archive({path: 'link', type: 'SymbolicLink', linkpath: '..'}, {path: 'a', content: 'b'}),
      folder,
    );
    expect(readdirSync(folder)).to.deep.equal(['a']);
  });

  it('refuses a path that leads out of the folder', () => {
    const outside = join(root, 'outside');
    for (const path of ['../outside', 'a/../../outside', outside]) {
      expect(() => unpackTar(archive({path, content: 'x'}), folder), path).to.throw(/path/);
      expect(existsSync(outside), path).to.equal(false);
    }
  });

  it('refuses what is damaged or cut off', () => {
    const whole = archive({path: 'a', content: 'y'.repeat(600)});
    expect(() => unpackTar(whole.subarray(0, 700), folder)).to.throw(/[Tt]runcated/);
    expect(() => unpackTar(Buffer.alloc(1024, 'z'), folder)).to.throw(/checksum|invalid/i);
  });
});
