// SPDX-License-Identifier: Apache-2.0
// Takes the pictures of the browser example that docs/images holds: a run on the cpu engine, in light, dark and
// at phone width. Needs `npm run browser:build` before.

import {statSync} from 'node:fs';
import {join, relative} from 'node:path';
import type {Browser} from 'playwright-core';
import {findChromium} from './chromium.ts';

const root = join(import.meta.dirname, '..');
const compiled = join(root, 'examples', 'browser', 'dist');
const QUERY = 'tfjsflags=APPROX_ENGINE:cpu&multiplier=mitchell4&epochs=3&batch=64';

const chromium = findChromium();
if ('missing' in chromium) {
  throw new Error(`No Chromium: ${chromium.missing}`);
}
Object.assign(process.env, chromium.environment);
const {openBrowser} = await import(join(compiled, 'testing', 'browser.js'));
const {serve} = await import(join(compiled, 'testing', 'server.js'));

const served = await serve({'': join(compiled, 'page')});
const browser: Browser = await openBrowser();
const page = await browser.newPage({viewport: {width: 920, height: 800}});
await page.goto(`${served.address}?${QUERY}`);
await page.click('#check:enabled');
await page.waitForFunction(
  () => /as expected/.test(document.getElementById('fingerprint')?.textContent ?? ''),
  null,
  {timeout: 120_000},
);
await page.click('#toggle:enabled');
await page.waitForFunction(
  () => /^Finished/.test(document.getElementById('status')?.textContent ?? ''),
  null,
  {timeout: 900_000},
);

for (const [name, colorScheme, width] of [
  ['light', 'light', 920],
  ['dark', 'dark', 920],
  ['narrow', 'light', 390],
] as const) {
  await page.emulateMedia({colorScheme});
  await page.setViewportSize({width, height: 800});
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  // The charts follow the width with the next frame.
  await page.waitForTimeout(500);
  const path = join(root, 'docs', 'images', `browser-${name}.png`);
  await page.screenshot({path, fullPage: true});
  console.log(`${relative(root, path)}: ${Math.round(statSync(path).size / 1000)} kB`);
}
await browser.close();
served.close();
