// SPDX-License-Identifier: Apache-2.0
import {fileURLToPath} from 'node:url';
import {expect} from 'chai';
import {build} from 'esbuild';

describe('the models package in a browser', () => {
  it('bundles without anything of Node', async () => {
    const {outputFiles, warnings} = await build({
      entryPoints: [fileURLToPath(new URL('./index.js', import.meta.url))],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      external: ['@tensorflow/tfjs'],
    });
    expect(warnings).to.deep.equal([]);
    const imports = outputFiles[0].text.match(/^import .*$/gm) ?? [];
    expect(imports.length).to.be.greaterThan(0);
    for (const line of imports) expect(line).to.match(/from "@tensorflow\/tfjs";$/);
  });
});
