// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';

const script = (name: string) => new URL(`../../tools/${name}`, import.meta.url).href;

describe('npm start', () => {
  it('runs on Node 20.19+, 22.13+ and 24+, and says so on others', async () => {
    const {nodeVersionProblem} = (await import(script('node-version.mjs'))) as {
      nodeVersionProblem: (version: string) => string | undefined;
    };
    for (const version of ['20.19.0', '20.20.2', '22.13.0', '24.0.0', '25.1.0']) {
      expect(nodeVersionProblem(version), version).to.equal(undefined);
    }
    for (const version of ['12.22.0', '18.20.4', '20.18.3', '21.7.0', '22.12.0', '23.11.0']) {
      expect(nodeVersionProblem(version), version).to.match(
        new RegExp(`This is Node ${version}, but .* 20\\.19 .* 22\\.13 .* 24 [^]*nodejs\\.org`),
      );
    }
  });

  it('finds nothing to install where everything is installed', async () => {
    const {missingPackages} = (await import(script('install.mjs'))) as {
      missingPackages: () => string[];
    };
    expect(missingPackages()).to.deep.equal([]);
  });
});
