// SPDX-License-Identifier: Apache-2.0
// Mocha root hooks of the webgpu tests (.mocharc.cjs loads them): no test of any package
// runs before the engine and the adapter have been checked.

import {ready, setBackend} from '@tensorflow/tfjs-core';
import {expectAdapter} from './expect-adapter.js';

export const mochaHooks = {
  async beforeAll(): Promise<void> {
    if (!(await setBackend('approx'))) {
      throw new Error("tf.setBackend('approx') failed; see the messages above");
    }
    await ready();
    expectAdapter();
  },
};
