// SPDX-License-Identifier: Apache-2.0
import {existsSync} from 'node:fs';
import {expect} from 'chai';
import {adapterKind} from '../packages/backend-approx/src/testing/assert-adapter.ts';
import type {AdapterInfo} from './probe-adapter.ts';
import {swiftShaderEnvironment, swiftShaderUnavailable} from './swiftshader.ts';

const UNKNOWN = {vendor: '', architecture: '', device: '', description: ''};

describe('adapters', () => {
  it('are told apart by what Dawn says about them', () => {
    const kind = (info: Partial<AdapterInfo>) =>
      adapterKind({...UNKNOWN, isFallbackAdapter: false, ...info});
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
