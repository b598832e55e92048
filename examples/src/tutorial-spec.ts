// SPDX-License-Identifier: Apache-2.0
/** Runs the tutorial script in a process of its own and checks what it prints and how it ends. */
import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {expect} from 'chai';

const TUTORIAL = fileURLToPath(new URL('tutorial.js', import.meta.url));

export function describeTutorial(engine: 'cpu' | 'webgpu'): void {
  describe(`a tutorial script on the ${engine} engine`, function () {
    this.timeout(600_000);

    it('fits, evaluates, predicts, saves, loads and exits by itself', async () => {
      // A process that does not end, or ends with another code than 0, rejects.
      const {stdout, stderr} = await promisify(execFile)(process.execPath, [TUTORIAL], {
        env: {...process.env, APPROX_ENGINE: engine, APPROX_MULTIPLIER: 'mbm7'},
        timeout: 590_000,
      });
      expect(stderr).to.not.match(/error|failed/i);
      const accuracy = Number(/test accuracy ([\d.]+)/.exec(stdout)![1]);
      expect(accuracy).to.be.above(0.85);
      expect(stdout).to.match(/Epoch 1: loss [\d.]+, accuracy [\d.]+, validation accuracy/);
      expect(stdout).to.match(/Saved and loaded: largest difference of a prediction 0\n/);
    });
  });
}
