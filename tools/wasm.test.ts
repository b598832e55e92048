// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';
import {basename} from 'node:path';
import {expect} from 'chai';
import {generated} from './wasm.ts';

describe('WebAssembly modules', () => {
  for (const {file, text} of generated) {
    it(`${basename(file)} is what its C files compile to (else: npm run wasm)`, async () => {
      const isSame = readFileSync(file, 'utf8') === (await text());
      expect(isSame, file).to.equal(true);
    });
  }
});
