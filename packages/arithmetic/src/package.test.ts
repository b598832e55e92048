// SPDX-License-Identifier: Apache-2.0
/** The package as others see it. */
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {expect} from 'chai';

const PUBLIC_NAMES = [
  'getMultiplier',
  'listMultipliers',
  'registerMultiplier',
  'resolveMultiplier',
  'lutMultiplier',
  'buildLut',
  'lutFromSignificandProduct',
  'encodeLut',
  'decodeLut',
  'encodeApproxTrain',
  'decodeApproxTrain',
  'multiply',
  'roundOperand',
  'significandProducts',
  'MultiplierError',
  'LutFormatError',
  'RepresentabilityError',
];

describe('@tfjs-approx/arithmetic', () => {
  it('can be imported', async () => {
    const name = '@tfjs-approx/arithmetic';
    expect(await import(name)).to.include.keys(PUBLIC_NAMES);
  });

  it('can be required, and is then the same package', async () => {
    const require = createRequire(import.meta.url);
    const name = '@tfjs-approx/arithmetic';
    const required = require(name);
    expect(required).to.include.keys(PUBLIC_NAMES);
    expect(required.getMultiplier).equal((await import(name)).getMultiplier);
    expect(required.multiply(required.getMultiplier('mitchell7'), 1.5, 1.5)).equal(2);
  });

  it('imports nothing but its own files, so that it runs in browsers', () => {
    const seen = new Set<string>();
    const visit = (url: URL) => {
      if (seen.has(url.href)) return;
      seen.add(url.href);
      const source = readFileSync(url, 'utf8');
      for (const [, specifier] of source.matchAll(/(?:from|import)\s*\(?['"]([^'"]+)['"]/g)) {
        expect(specifier, url.pathname).match(/^\.\.?\//);
        visit(new URL(specifier, url));
      }
    };
    visit(new URL('index.js', import.meta.url));
    expect(seen.size).greaterThan(10);
  });
});
