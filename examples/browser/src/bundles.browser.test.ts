// SPDX-License-Identifier: Apache-2.0
// The single-file builds in a page that has tfjs from its own files and no bundler.

import {spawnSync} from 'node:child_process';
import {createRequire} from 'node:module';
import {dirname} from 'node:path';
import {fileURLToPath} from 'node:url';
import {setEngine, type DeviceInfo} from '@tfjs-approx/backend-approx';
import {expect} from 'chai';
import type {Browser} from 'playwright-core';
import {openBrowser} from './testing/browser.js';
import {EXPECTED_FINGERPRINT} from './fingerprint-value.js';
import {BUNDLE_SCRIPT, BUNDLES, COMPILED} from './testing/paths.js';
import {serve, type Served} from './testing/server.js';
import {trainSmall} from './testing/train-small.js';

interface Result {
  loss?: number[];
  device?: DeviceInfo;
  coverage?: string;
  fingerprint?: string;
  names?: string[];
  error?: string;
}

const HEAD = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">';

/** Sets `result` to a promise of a Result. `tf` and `tfApprox` are there. */
const TRAIN = `
  globalThis.result = (async () => {
    if (!(await tf.setBackend('approx'))) throw new Error('setBackend gave false');
    const loss = await trainSmall(tf);
    return {
      loss,
      device: tfApprox.deviceInfo(),
      coverage: tfApprox.coverage().toString(),
      names: Object.keys(tfApprox),
    };
  })().catch(error => ({error: error.stack}));`;

/** As README says: tfjs's script, then ours. */
const PLAIN = `${HEAD}
  <script src="tfjs/tf.min.js"></script>
  <script src="approx/approx.min.js"></script>
  <script>${trainSmall.toString()}; ${TRAIN}</script>`;

/** As README says: an import map tells both modules where the one tfjs is. */
const MODULE = `${HEAD}
  <script type="importmap">
    {
      "imports": {
        "@tensorflow/tfjs": "/tfjs/tf.fesm.min.js",
        "@tensorflow/tfjs-core": "/tfjs/tf.fesm.min.js",
        "@tfjs-approx/backend-approx": "/approx/approx.esm.min.js"
      }
    }
  </script>
  <script type="module">
    import * as tf from '@tensorflow/tfjs';
    import * as tfApprox from '@tfjs-approx/backend-approx';
    import {fingerprint} from '/compiled/fingerprint.js';
    import {trainSmall} from '/compiled/testing/train-small.js';
    ${TRAIN}
    if (!location.search.includes('nobits')) globalThis.bits = () => fingerprint();
  </script>`;

describe('the builds for pages without a bundler', () => {
  let browser: Browser;
  let served: Served;
  let expectedLoss: number[];

  before(async () => {
    const {status, stderr} = spawnSync(process.execPath, [BUNDLE_SCRIPT], {encoding: 'utf8'});
    expect(status, stderr).equal(0);
    const tfjs = createRequire(import.meta.url).resolve('@tensorflow/tfjs');
    served = await serve(
      {tfjs: dirname(tfjs), approx: BUNDLES, compiled: COMPILED},
      {
        'plain.html': PLAIN,
        'module.html': MODULE,
        'alone.html': `${HEAD}<script src="approx/approx.min.js"></script>`,
      },
    );
    browser = await openBrowser();
    await setEngine('cpu');
    expectedLoss = await trainSmall(await import('@tensorflow/tfjs'));
  });

  after(async () => {
    await browser?.close();
    served?.close();
  });

  async function load(address: string): Promise<{result: Result; said: string[]; bits?: string}> {
    const page = await browser.newPage();
    const said: string[] = [];
    page.on('console', message => said.push(message.text()));
    page.on('pageerror', error => said.push(error.message));
    page.on('requestfailed', request => said.push(`request failed: ${request.url()}`));
    page.on('response', response => {
      if (!response.ok()) said.push(`${response.status()}: ${response.url()}`);
    });
    await page.goto(served.address + address);
    await page
      .waitForFunction(() => 'result' in globalThis, null, {timeout: 15_000})
      .catch(() => {
        throw new Error(`The page set no result. It said: ${said.join('; ')}`);
      });
    const result = await page.evaluate(
      () => (globalThis as unknown as {result: Promise<Result>}).result,
    );
    const bits = await page.evaluate(() =>
      (globalThis as unknown as {bits?: () => Promise<string>}).bits?.(),
    );
    await page.close();
    return {result, bits, said};
  }

  for (const [kind, file] of [
    ['<script>', 'plain.html'],
    ['<script type="module">', 'module.html'],
  ] as const) {
    it(`${kind}: trains on the cpu engine with the losses of Node, and says nothing`, async () => {
      const {result, said, bits} = await load(`${file}?tfjsflags=APPROX_ENGINE:cpu`);
      expect(result.error).equal(undefined);
      expect(result.loss).deep.equal(expectedLoss);
      expect(result.loss!.at(-1)).below(result.loss![0]);
      expect(result.device!.engine).equal('cpu');
      expect(result.coverage).match(/BatchMatMul +weightGradient +mbm7/);
      expect(result.names).include.members(['setMultiplier', 'getMultiplier', 'buildLut']);
      // tfjs says this of every flag in an address.
      expect(said).deep.equal(['Setting feature override from URL APPROX_ENGINE: cpu.']);
      if (file === 'module.html') expect(bits).equal(EXPECTED_FINGERPRINT);
    });

    it(`${kind}: trains on the webgpu engine`, async () => {
      const query = 'tfjsflags=APPROX_ENGINE:webgpu';
      // The bits were compared above and in the page; here they would take a while.
      const {result, said} = await load(`${file}?${query}&nobits`);
      expect(result.error).equal(undefined);
      expect(result.device!.engine).equal('webgpu');
      expect(result.device!.adapter!.architecture).equal('swiftshader');
      expect(result.loss!.length).equal(expectedLoss.length);
      result.loss!.forEach((loss, i) => expect(loss).closeTo(expectedLoss[i], 1e-4));
      expect(said).deep.equal(['Setting feature override from URL APPROX_ENGINE: webgpu.']);
    });
  }

  it('says what is missing where tfjs is', async () => {
    const page = await browser.newPage();
    const error = page.waitForEvent('pageerror');
    await page.goto(`${served.address}alone.html`);
    expect((await error).message).match(/Load tf\.min\.js of TensorFlow\.js before it/);
    await page.close();
  });

  it('are named in package.json', () => {
    const file = fileURLToPath(import.meta.resolve('@tfjs-approx/backend-approx/package.json'));
    const {unpkg, jsdelivr} = createRequire(import.meta.url)(file) as Record<string, string>;
    expect([unpkg, jsdelivr]).deep.equal(['dist/approx.min.js', 'dist/approx.min.js']);
  });
});
