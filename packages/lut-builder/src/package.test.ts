// SPDX-License-Identifier: Apache-2.0
/** The package as others see it. */
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {expect} from 'chai';

const PUBLIC_NAMES = ['areaOf', 'errorMetrics', 'fractionWeights', 'recordedMetrics'];
const NODE_NAMES = ['readLut', 'writeLut', 'renderPng', 'lutFromVerilog'];

describe('@tfjs-approx/lut-builder', () => {
  it('can be imported', async () => {
    const name = '@tfjs-approx/lut-builder';
    expect(await import(name)).to.include.keys(PUBLIC_NAMES);
    expect(await import(`${name}/node`)).to.include.keys(NODE_NAMES);
  });

  it('can be required, and is then the same package', async () => {
    const require = createRequire(import.meta.url);
    const name = '@tfjs-approx/lut-builder';
    const required = require(name);
    expect(required).to.include.keys(PUBLIC_NAMES);
    expect(required.errorMetrics).equal((await import(name)).errorMetrics);
    expect(required.errorMetrics('mitchell7').max).equal(0);
    expect(require(`${name}/node`)).to.include.keys(NODE_NAMES);
  });

  it('imports nothing but its own files and the arithmetic, so that it runs in browsers', () => {
    const seen = new Set<string>();
    const visit = (url: URL) => {
      if (seen.has(url.href)) return;
      seen.add(url.href);
      const source = readFileSync(url, 'utf8');
      for (const [, specifier] of source.matchAll(/(?:from|import)\s*\(?['"]([^'"]+)['"]/g)) {
        if (/^@tfjs-approx\/arithmetic(\/internal)?$/.test(specifier)) continue;
        expect(specifier, url.pathname).match(/^\.\.?\//);
        visit(new URL(specifier, url));
      }
    };
    visit(new URL('index.js', import.meta.url));
    expect(seen.size).greaterThan(5);
  });
});
