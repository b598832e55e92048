// SPDX-License-Identifier: Apache-2.0
import {setEngine} from '@tfjs-approx/backend-approx';
import {expect} from 'chai';
import {fingerprint} from './fingerprint.js';
import {EXPECTED_FINGERPRINT} from './fingerprint-value.js';

describe('the fingerprint of the bits', () => {
  for (const engine of ['cpu', 'reference'] as const) {
    it(`is the known one on the ${engine} engine`, async () => {
      await setEngine(engine);
      expect(await fingerprint()).equal(EXPECTED_FINGERPRINT);
    });
  }
});
