// SPDX-License-Identifier: Apache-2.0
import {readFile} from 'node:fs/promises';
import {expect} from 'chai';
import {featuresTable} from './features-text.js';

const FEATURES = new URL('../../../../FEATURES.md', import.meta.url);

describe('FEATURES.md', () => {
  let table: string;
  before(async () => {
    table = await featuresTable();
  });

  it('is what training steps show; `npm run features` writes it anew', async () => {
    expect(await readFile(FEATURES, 'utf8')).to.equal(table);
  });

  it('every layer is approximate in every pass, but for rank-2 Dot and Embedding', () => {
    const rows = table
      .split('\n')
      .filter(line => line.startsWith('| ') && !/^\| (layer|-)/.test(line));
    expect(rows.length).to.be.at.least(21);
    for (const row of rows) {
      const [title, ...passes] = row
        .split('|')
        .map(text => text.trim())
        .slice(1, 5);
      if (title === 'Embedding') expect(passes).to.deep.equal(['none', 'none', 'none']);
      else if (title === 'Dot, rank 2') expect(passes[0]).to.match(/^exact: /);
      else if (title === 'Dot, rank 3')
        expect(new Set(passes)).to.deep.equal(new Set(['approximate']));
      else expect(new Set(passes), title).to.deep.equal(new Set(['approximate']));
    }
  });
});
