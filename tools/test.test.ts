// SPDX-License-Identifier: Apache-2.0
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {expect} from 'chai';

const script = join(import.meta.dirname, 'test.ts');

function run(...args: string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', script, ...args], {encoding: 'utf8'});
}

describe('the command line of npm test', () => {
  it('explains every option', () => {
    const {status, stdout, stderr} = run('--help');
    expect([status, stderr]).to.deep.equal([0, '']);
    const options = ['only', 'adapter', 'grep', 'file', 'all', 'backend', 'no-build', 'jobs'];
    for (const option of options) expect(stdout).to.match(new RegExp(`^  --${option} `, 'm'));
  });

  it('refuses unknown options and values in a line, without a stack', () => {
    const refuses = (args: string[], message: RegExp) => {
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
