// SPDX-License-Identifier: Apache-2.0
// @ts-check
import {expect} from 'chai';
import {readTar} from './tar.mjs';

/**
 * @param {string} name
 * @param {string} content
 * @param {{type?: string, prefix?: string}} [options]
 * @returns {Buffer}
 */
function entry(name, content, {type = '0', prefix = ''} = {}) {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000755\0', 100);
  header.write(content.length.toString(8).padStart(11, '0') + '\0', 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\0' + '00', 257);
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(sum.toString(8).padStart(6, '0') + '\0 ', 148);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body]);
}

/** @param {Buffer[]} entries */
function archive(...entries) {
  return Buffer.concat([...entries, Buffer.alloc(1024)]);
}

/** @param {Buffer} data */
function read(data) {
  return [...readTar(data)].map(({name, mode, content}) => [name, mode, content.toString()]);
}

describe('readTar', () => {
  it('reads files with their modes, over block boundaries and with a name prefix', () => {
    const long = 'x'.repeat(1000);
    const data = archive(
      entry('a.txt', 'first'),
      entry('folder/', '', {type: '5'}),
      entry('b', long, {prefix: 'folder'}),
      entry('empty', ''),
    );
    expect(read(data)).to.deep.equal([
      ['a.txt', 0o755, 'first'],
      ['folder/b', 0o755, long],
      ['empty', 0o755, ''],
    ]);
  });

  it('ends quietly without the final zero blocks', () => {
    expect(read(entry('a', 'b'))).to.have.length(1);
  });

  it('says that a file is cut off, that it is no archive, and that a path leads outside', () => {
    const whole = entry('a', 'y'.repeat(600));
    expect(() => read(whole.subarray(0, 700))).to.throw('a is cut off');
    expect(() => read(Buffer.alloc(512, 'z'))).to.throw('checksum at offset 0');
    expect(() => read(archive(entry('../a', 'b')))).to.throw('refusing the path ../a');
    expect(() => read(archive(entry('/etc/a', 'b')))).to.throw('refusing the path');
  });
});
