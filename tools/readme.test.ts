// SPDX-License-Identifier: Apache-2.0
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'chai';

const folder = import.meta.dirname;

describe('tools/README.md', () => {
  const tools = readdirSync(folder)
    .filter(name => /\.(ts|mjs|sh)$/.test(name) && !name.includes('.test.'))
    .sort();

  it('has a line for each file', () => {
    const text = readFileSync(join(folder, 'README.md'), 'utf8');
    const listed = [...text.matchAll(/^\| \[(.*?)\]\(\1\)/gm)].map(([, name]) => name);
    expect(listed.sort()).to.deep.equal(tools);
  });

  it('need not say more: each file begins with what it is for', () => {
    for (const name of tools) {
      const lines = readFileSync(join(folder, name), 'utf8').split('\n');
      const first = lines.find(line => !/^#!|SPDX|@ts-check/.test(line));
      expect(first, name).to.match(/^(\/\/|#) \S/);
    }
  });
});
