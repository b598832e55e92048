// SPDX-License-Identifier: Apache-2.0
/** The Chromium that the tests drive, with WebGPU on SwiftShader. tools/chromium.ts names it. */
import {chromium, type Browser, type Page} from 'playwright-core';

/** @throws {Error} APPROX_CHROMIUM is not set. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['APPROX_CHROMIUM'];
  if (!executablePath) {
    throw new Error(
      'APPROX_CHROMIUM must be the path of a Chromium or Chrome. Consider: npm test -- --only browser',
    );
  }
  return chromium.launch({
    executablePath,
    args: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--no-sandbox'],
  });
}

/** Collects what a page complains about: uncaught errors, console errors, failed requests. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', error => complaints.push(`uncaught: ${error.message}`));
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('requestfailed', request => complaints.push(`request failed: ${request.url()}`));
  page.on('response', response => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  return complaints;
}
