// SPDX-License-Identifier: Apache-2.0
// @ts-check
import {existsSync} from 'node:fs';
import {expect} from 'chai';
import {kindOf} from './adapters.mjs';
import {swiftShaderEnvironment, swiftShaderUnavailable} from './swiftshader.mjs';

describe('adapters', () => {
  it('are told apart by what Dawn says about them', () => {
    const kind = (/** @type {Partial<import('./adapters.mjs').AdapterInfo>} */ info) =>
      kindOf({
        vendor: '',
        architecture: '',
        device: '',
        description: '',
        isFallbackAdapter: false,
        ...info,
      });
    expect(kind({vendor: 'google', architecture: 'swiftshader', isFallbackAdapter: true})).to.equal(
      'swiftshader',
    );
    expect(
      kind({vendor: 'mesa', description: 'llvmpipe: Mesa 25', isFallbackAdapter: true}),
    ).to.equal('lavapipe');
    expect(kind({vendor: 'nvidia', architecture: 'hopper'})).to.equal('hardware');
    expect(kind({description: 'Null backend'})).to.equal(undefined);
    expect(kind({})).to.equal(undefined);
    expect(kind({vendor: 'microsoft', isFallbackAdapter: true})).to.equal(undefined);
  });

  it('include SwiftShader on linux-x64, and elsewhere it is said why not', () => {
    if (swiftShaderUnavailable() === undefined) {
      const {VK_ICD_FILENAMES: manifest = ''} = swiftShaderEnvironment();
      expect(existsSync(manifest)).to.equal(true);
    } else {
      expect(() => swiftShaderEnvironment()).to.throw('No SwiftShader: ');
    }
  });
});
