// SPDX-License-Identifier: Apache-2.0
// @ts-check
import {spawnSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {expect} from 'chai';

const script = fileURLToPath(new URL('test.mjs', import.meta.url));

/** @param {string[]} args */
function run(...args) {
  return spawnSync(process.execPath, [script, ...args], {encoding: 'utf8'});
}

describe('the command line of npm test', () => {
  it('explains every option', () => {
    const {status, stdout, stderr} = run('--help');
    expect([status, stderr]).to.deep.equal([0, '']);
    const options = ['only', 'adapter', 'grep', 'file', 'all', 'backend', 'no-build', 'jobs'];
    for (const option of options) expect(stdout).to.match(new RegExp(`^  --${option} `, 'm'));
  });

  it('refuses unknown options and values in a line, without a stack', () => {
    const refuses = (/** @type {string[]} */ args, /** @type {RegExp} */ message) => {
      const {status, stdout, stderr} = run(...args);
      expect([status, stdout], args.join(' ')).to.deep.equal([2, '']);
      expect(stderr).to.match(message);
      expect(stderr)
        .to.match(/All options: npm test -- --help/)
        .and.not.match(/\n +at /);
    };
    refuses(['--fiel', 'x'], /^test: Unknown option '--fiel'/);
    refuses(['--only', 'gpu'], /^test: --only gpu: expected one of unit, webgpu, core, browser/);
  });
});
