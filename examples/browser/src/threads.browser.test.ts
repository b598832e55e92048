// SPDX-License-Identifier: Apache-2.0
// The CPU engine's threads in browsers: inside a Web Worker of a page that is cross-origin isolated.

import {spawnSync} from 'node:child_process';
import {createRequire} from 'node:module';
import {dirname} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {setEngine, setMultiplier} from '@tfjs-approx/backend-approx';
import {expect} from 'chai';
import type {Browser} from 'playwright-core';
import {complaintsOf, openBrowser} from './testing/browser.js';
import {BUNDLE_SCRIPT, BUNDLES} from './testing/paths.js';
import {serve, type Served} from './testing/server.js';

interface Result {
  isolated?: boolean;
  device?: string;
  /** Workers that the worker started. */
  started?: number;
  product?: number[];
  error?: string;
}

const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** A product large enough for more than one thread. Holds everything it needs. */
async function multiply(tensorflow: typeof tf): Promise<number[]> {
  const size = 200;
  const numbers = (factor: number) =>
    Array.from({length: size * size}, (_, i) => ((i * factor) % 997) / 997 - 0.5);
  const a = tensorflow.tensor2d(numbers(37), [size, size]);
  const b = tensorflow.tensor2d(numbers(29), [size, size]);
  const c = tensorflow.matMul(a, b);
  const product = Array.from(await c.data());
  tensorflow.dispose([a, b, c]);
  return product;
}

const WORKER = `
  onmessage = async ({data: address}) => {
    let started = 0;
    const Original = Worker;
    self.Worker = class extends Original {
      constructor(...parameters) { super(...parameters); started++; }
    };
    try {
      importScripts(address + 'tfjs/tf.min.js', address + 'approx/approx.min.js');
      tf.env().set('APPROX_THREADS', 2);
      await tfApprox.setEngine('cpu');
      tfApprox.setMultiplier('mbm7');
      const product = await (${multiply.toString()})(tf);
      const device = tfApprox.deviceInfo().device;
      postMessage({isolated: crossOriginIsolated, device, started, product});
    } catch (error) {
      postMessage({error: String(error.stack)});
    }
  };`;

const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
  <script>
    const text = ${JSON.stringify(WORKER)};
    const worker = new Worker(URL.createObjectURL(new Blob([text], {type: 'text/javascript'})));
    globalThis.result = new Promise((resolve, reject) => {
      worker.onmessage = ({data}) => resolve(data);
      worker.onerror = ({message}) => reject(new Error(message));
    });
    worker.postMessage(location.origin + '/');
  </script>`;

describe('threads of the cpu engine in a Web Worker', () => {
  let browser: Browser;
  let expected: number[];
  const servers: Served[] = [];

  before(async () => {
    const {status, stderr} = spawnSync(process.execPath, [BUNDLE_SCRIPT], {encoding: 'utf8'});
    expect(status, stderr).equal(0);
    browser = await openBrowser();
    await setEngine('cpu');
    setMultiplier('mbm7');
    expected = await multiply(tf);
  });

  after(async () => {
    await browser?.close();
    for (const served of servers) served.close();
  });

  async function run(headers: Readonly<Record<string, string>>): Promise<Result> {
    const folders = {
      tfjs: dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs')),
      approx: BUNDLES,
    };
    const served = await serve(folders, {'page.html': PAGE}, headers);
    servers.push(served);
    const page = await browser.newPage();
    const complaints = complaintsOf(page);
    await page.goto(`${served.address}page.html`);
    const result = await page.evaluate(
      () => (globalThis as unknown as {result: Promise<Result>}).result,
    );
    await page.close();
    expect(complaints).deep.equal([]);
    expect(result.error).equal(undefined);
    return result;
  }

  it('share the work where the page is cross-origin isolated, with the bits of Node', async () => {
    const {isolated, device, started, product} = await run(ISOLATED);
    expect(isolated).equal(true);
    expect(device).equal('CPU (WebAssembly, 2 threads)');
    expect(started).equal(1);
    expect(product).deep.equal(expected);
  });

  it('are one elsewhere, with the same bits', async () => {
    const {isolated, device, started, product} = await run({});
    expect(isolated).equal(false);
    expect(device).equal('CPU (WebAssembly, 1 thread)');
    expect(started).equal(0);
    expect(product).deep.equal(expected);
  });
});
