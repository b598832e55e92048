// SPDX-License-Identifier: Apache-2.0
// @ts-check
import {readFileSync} from 'node:fs';
import {expect} from 'chai';
import {generatedFile, generatedText} from './wasm.mjs';

describe('the WebAssembly module of the cpu engine', () => {
  it('is what its C files compile to (else: npm run wasm)', async () => {
    const isSame = readFileSync(generatedFile, 'utf8') === (await generatedText());
    expect(isSame, generatedFile).to.equal(true);
  });
});
