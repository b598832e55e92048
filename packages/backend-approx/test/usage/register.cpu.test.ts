// SPDX-License-Identifier: Apache-2.0
import {copyFileSync, mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'chai';
import {makeFolder, PACKAGE, removeFolder, runNode, TFJS_SCOPE} from '#src/testing/node-scripts.js';
import {SCRIPTS} from './register-scripts.js';

describe('node --import .../register', () => {
  const folders: string[] = [];
  const make: typeof makeFolder = (links, files) => {
    const folder = makeFolder(links, files);
    folders.push(folder);
    return folder;
  };
  const links = {'@tensorflow': TFJS_SCOPE, '@tfjs-approx/backend-approx': PACKAGE};
  after(() => folders.forEach(removeFolder));

  it('with fp32 gives the weights of the stock backend', async () => {
    const folder = make(links, SCRIPTS);
    const env = {APPROX_MULTIPLIER: 'fp32'};
    const stock = await runNode(folder, 'script.mjs', {register: false});
    const approx = await runNode(folder, 'script.mjs', {env});
    const weights = ({stdout}: {stdout: string}) =>
      (JSON.parse(stdout) as {weights: number[]}).weights;
    weights(approx).forEach((weight, i) => expect(weight).to.be.closeTo(weights(stock)[i], 1e-6));
  });

  it('takes a table in place of a name', async () => {
    // The 2-bit table of a multiplier that is exact but for 1.5 * 1.5, which it says is 1.5.
    const rows = ['1,1.25,1.5,1.75', '1.25,1.5625,1.875,2.1875', '1.5,1.875,1.5,2.625'];
    const files = {...SCRIPTS, 'own.csv': [...rows, '1.75,2.1875,2.625,3.0625', ''].join('\n')};
    const env = {APPROX_MULTIPLIER: 'own.csv', APPROX_COVERAGE: '1'};
    const {stdout, stderr} = await runNode(make(links, files), 'script.mjs', {env});
    expect(JSON.parse(stdout)).to.include({backend: 'approx', product: 1.5});
    expect(stderr).to.match(/BatchMatMul +forward +own /);
  });

  it('leaves a script that chooses its own backend alone, and says so once', async () => {
    const script = `
      const tf = require('@tensorflow/tfjs');
      tf.setBackend('cpu');
      console.log(tf.getBackend(), tf.matMul([[1.5]], [[1.5]]).dataSync()[0]);
      tf.setBackend('cpu');
    `;
    const folder = make(links, {'script.cjs': script});
    const {code, stdout, stderr} = await runNode(folder, 'script.cjs');
    expect(code, stderr).to.equal(0);
    expect(stdout).to.equal('cpu 2.25\n');
    expect(stderr.match(/the script chose the backend 'cpu'/g)).to.have.lengthOf(1);
  });

  it('stays when tfjs-node chooses its backend as it is imported, and says who asked', async () => {
    const tfjsNode = `
      const tf = require('@tensorflow/tfjs');
      tf.registerBackend('tensorflow', () => tf.findBackend('cpu'), 3);
      tf.copyRegisteredKernels('cpu', 'tensorflow');
      if (!tf.setBackend('tensorflow')) throw new Error('no backend');
      module.exports = tf;
    `;
    const files = {
      'node_modules/@tensorflow/tfjs-node/package.json': '{"main": "dist/index.js"}',
      'node_modules/@tensorflow/tfjs-node/dist/index.js': tfjsNode,
      'script.cjs': `
        const tf = require('@tensorflow/tfjs-node');
        console.log(tf.getBackend(), tf.matMul([[1.5]], [[1.5]]).dataSync()[0]);
        tf.setBackend('tensorflow');
        console.log(tf.getBackend(), tf.matMul([[1.5]], [[1.5]]).dataSync()[0]);
      `,
    };
    const parts = Object.fromEntries(
      readdirSync(TFJS_SCOPE).map(part => [`@tensorflow/${part}`, join(TFJS_SCOPE, part)]),
    );
    const folder = make({...parts, '@tfjs-approx/backend-approx': PACKAGE}, files);
    const env = {APPROX_MULTIPLIER: 'mitchell7', APPROX_ENGINE: 'cpu'};
    const {code, stdout, stderr} = await runNode(folder, 'script.cjs', {env});
    expect(code, stderr).to.equal(0);
    expect(stdout).to.equal('approx 2\ntensorflow 2.25\n');
    expect(stderr.match(/approx: .*/g)).to.have.lengthOf(2);
    expect(stderr).to.match(
      /approx: @tensorflow\/tfjs-node asked for its own backend 'tensorflow'/,
    );
    expect(stderr).to.match(/approx: the script chose the backend 'tensorflow'/);
  });

  describe('with a require hook, as babel-node, @babel/register and ts-node have', () => {
    /** Compiles one import of its own language; Node would not know `.lang` or the syntax. */
    const hook = `
      const {extensions} = require;
      for (const kind of ['.js', '.lang']) {
        const former = extensions['.js'];
        extensions[kind] = (module, filename) => {
          const compile = module._compile;
          module._compile = (text, name) => compile.call(
            module,
            text.replace(/^use (\\w+) from (\\S+)$/gm, 'const $1 = require("$2");'),
            name,
          );
          former(module, filename);
        };
      }
    `;
    const body = `
use tf from @tensorflow/tfjs
use side from ./side
console.log(tf.getBackend(), tf.matMul([[side]], [[side]]).dataSync()[0], require.main === module);
`;
    const files = {
      'hook.cjs': hook,
      'side.js': 'module.exports = 1.5;',
      'script.js': body,
      'script.lang': body,
      'run.cjs': `
        require('./hook.cjs');
        process.argv.splice(1, 1);
        require('node:module').runMain();
      `,
      'plain.js': "import * as tf from '@tensorflow/tfjs'; await 0; console.log(tf.getBackend());",
    };
    const env = {APPROX_MULTIPLIER: 'mitchell7', APPROX_ENGINE: 'cpu'};

    for (const script of ['script.js', 'script.lang']) {
      it(`${script} is compiled by a hook of --require`, async () => {
        const ended = await runNode(make(links, files), script, {
          env,
          options: ['-r', './hook.cjs'],
        });
        expect(ended.stdout, ended.stderr).to.equal('approx 2 true\n');
      });

      it(`${script} is compiled by the hook of a program that runs it`, async () => {
        const ended = await runNode(make(links, files), 'run.cjs', {env, parameters: [script]});
        expect(ended.stdout, ended.stderr).to.equal('approx 2 true\n');
      });
    }

    it('leaves scripts to Node where there is none', async () => {
      const folder = make(links, {...files, 'package.json': '{"type": "module"}'});
      const ended = await runNode(folder, 'plain.js', {env});
      expect(ended.stdout, ended.stderr).to.equal('approx\n');
    });
  });

  it('keeps the advice to install tfjs-node for the stock backend', async () => {
    const script = `
      const tf = require('@tensorflow/tfjs');
      tf.matMul([[1.5]], [[1.5]]).dataSync();
      console.error(process.argv[1]);
      tf.setBackend('cpu');
      tf.matMul([[1.5]], [[1.5]]).dataSync();
    `;
    const folder = make(links, {'script.cjs': script});
    for (const engine of ['cpu', 'reference']) {
      const {stderr} = await runNode(folder, 'script.cjs', {env: {APPROX_ENGINE: engine}});
      const [approx, stock] = stderr.split('script.cjs');
      expect(approx).to.not.contain('TensorFlow.js in Node.js');
      expect(stock).to.contain('TensorFlow.js in Node.js');
    }
  });

  it('stops before the script when a setting is wrong, and says what is allowed', async () => {
    const folder = make(links, {'script.mjs': "console.log('started');"});
    for (const [env, message] of [
      [{APPROX_MULTIPLIER: 'nonsense7'}, /^approx cannot start: .*nonsense7.*lut-builder list/m],
      [{APPROX_MULTIPLIER: 'none.csv'}, /^approx cannot start: .*'none.csv'.*no such file/m],
      [{APPROX_MULTIPLIER: 'script.mjs'}, /^approx cannot start: .*script.mjs.*safetensors/m],
      [{APPROX_ENGINE: 'gpu'}, /^approx cannot start: .*'gpu'.*auto, webgpu, cpu/m],
      [{APPROX_THREADS: 'lots'}, /^approx cannot start: APPROX_THREADS is 'lots'.* to 64/m],
      [
        {APPROX_ENGINE: 'webgpu', APPROX_READ_TIMEOUT: 'lots'},
        /^approx cannot start: APPROX_READ_TIMEOUT is 'lots'. Expected a number of seconds above 0/m,
      ],
    ] as const) {
      const {code, stdout, stderr} = await runNode(folder, 'script.mjs', {env});
      expect(code).to.equal(1);
      expect(stdout).to.equal('');
      expect(stderr)
        .to.match(message)
        .and.not.to.match(/^ +at /m);
    }
  });

  it('says what to install when TensorFlow.js is missing', async () => {
    // Only what the module reads before it finds TensorFlow.js.
    const folder = make({'@tfjs-approx/arithmetic': join(PACKAGE, '..', 'arithmetic')}, {});
    const copy = join(folder, 'node_modules', '@tfjs-approx', 'backend-approx');
    mkdirSync(join(copy, 'dist'), {recursive: true});
    const files = ['register', 'errors', 'require-hooks', 'set-backend-caller'].map(
      name => `dist/${name}.js`,
    );
    for (const file of ['package.json', ...files]) {
      copyFileSync(join(PACKAGE, file), join(copy, file));
    }
    const {code, stderr} = await runNode(folder, 'script.mjs');
    expect(code).to.equal(1);
    expect(stderr).to.match(/^approx cannot start: .*not found.*npm install @tensorflow\/tfjs@/);
  });

  it('refuses a TensorFlow.js of another version', async () => {
    const folder = make(
      {'@tfjs-approx/backend-approx': PACKAGE},
      {
        'script.mjs': "import '@tensorflow/tfjs';",
        'node_modules/@tensorflow/tfjs/package.json': '{"main": "tf.js"}',
        'node_modules/@tensorflow/tfjs/tf.js': "exports.version_core = '4.10.0';",
      },
    );
    const {code, stderr} = await runNode(folder, 'script.mjs');
    expect(code).to.equal(1);
    expect(stderr).to.match(/^approx cannot start: .*4\.10\.0.*needs 4\.22\.0.*npm install/);
  });
});
