// SPDX-License-Identifier: Apache-2.0
// The page's ?tfjsflags= in a worker of the page, handed on in the worker's name.

import {spawnSync} from 'node:child_process';
import {createRequire} from 'node:module';
import {dirname} from 'node:path';
import {expect} from 'chai';
import type {Browser} from 'playwright-core';
import {complaintsOf, openBrowser} from './testing/browser.js';
import {BUNDLE_SCRIPT, BUNDLES} from './testing/paths.js';
import {serve, type Served} from './testing/server.js';

const WORKER = `
  onmessage = async ({data: address}) => {
    importScripts(address + 'tfjs/tf.min.js', address + 'approx/approx.min.js');
    await tf.setBackend('approx');
    const [product] = await tf.matMul([[1.5]], [[1.5]]).data();
    const {engine} = tfApprox.deviceInfo();
    postMessage({engine, multiplier: tfApprox.getMultipliers().forward.name, product});
  };`;

const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
  <script>
    const text = ${JSON.stringify(WORKER)};
    const address = URL.createObjectURL(new Blob([text], {type: 'text/javascript'}));
    const worker = new Worker(address, {name: location.search});
    globalThis.result = new Promise((resolve, reject) => {
      worker.onmessage = ({data}) => resolve(data);
      worker.onerror = ({message}) => reject(new Error(message));
    });
    worker.postMessage(location.origin + '/');
  </script>`;

describe("the page's flags in a worker", () => {
  let browser: Browser;
  let served: Served;

  before(async () => {
    const {status, stderr} = spawnSync(process.execPath, [BUNDLE_SCRIPT], {encoding: 'utf8'});
    expect(status, stderr).equal(0);
    browser = await openBrowser();
    const folders = {
      tfjs: dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs')),
      approx: BUNDLES,
    };
    served = await serve(folders, {'page.html': PAGE});
  });
  after(async () => {
    await browser?.close();
    served?.close();
  });

  for (const [flags, engine, multiplier, product] of [
    ['APPROX_ENGINE:cpu,APPROX_MULTIPLIER:mitchell5', 'cpu', 'mitchell5', 2],
    ['APPROX_ENGINE:reference,APPROX_MULTIPLIER:fp32', 'reference', 'fp32', 2.25],
  ] as const) {
    it(`${flags} reaches it`, async () => {
      const page = await browser.newPage();
      const complaints = complaintsOf(page);
      await page.goto(`${served.address}page.html?other=1&tfjsflags=${flags}`);
      const result = await page.evaluate(() => (globalThis as unknown as {result: unknown}).result);
      await page.close();
      expect(complaints).deep.equal([]);
      expect(result).deep.equal({engine, multiplier, product});
    });
  }
});
