// SPDX-License-Identifier: Apache-2.0
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setEngine} from '@tfjs-approx/backend-approx';
import {expect} from 'chai';
import type {Browser, Page} from 'playwright-core';
import {build, createLogger} from 'vite';
import {fingerprint} from './fingerprint.js';
import {complaintsOf, openBrowser} from './testing/browser.js';
import {EXAMPLE, PAGE} from './testing/paths.js';
import {labelsOf, overlaps, pixelsOf} from './testing/picture.js';
import {serve, type Served} from './testing/server.js';

const SERIES = ['fp32', 'approximate'] as const;
const ENGINE_READY = /^(cpu|webgpu)$/;

/** One line of the CSV that the page saves. */
interface Row {
  set: string;
  epoch: number;
  step: number;
  fp32: {loss: number; accuracy: number};
  approximate: {loss: number; accuracy: number};
}

describe('the page', () => {
  const warnings: string[] = [];
  let browser: Browser;
  let served: Served;

  before(async () => {
    const logger = createLogger('warn');
    const keep = (message: string) => void warnings.push(message);
    await build({
      root: EXAMPLE,
      logLevel: 'warn',
      customLogger: {...logger, warn: keep, warnOnce: keep, error: keep},
    });
    served = await serve({'': PAGE});
    browser = await openBrowser();
  });

  after(async () => {
    await browser?.close();
    served?.close();
  });

  async function open(
    query: string,
    options: Parameters<Browser['newPage']>[0] = {},
  ): Promise<{page: Page; complaints: string[]}> {
    const page = await browser.newPage({viewport: {width: 1200, height: 900}, ...options});
    const complaints = complaintsOf(page);
    await page.goto(`${served.address}?${query}`);
    return {page, complaints};
  }

  const text = (page: Page, id: string) => page.locator(`#${id}`).textContent();
  const shows = (page: Page, id: string, pattern: RegExp, timeout = 250_000) =>
    page.waitForFunction(
      ([id, source]) => new RegExp(source).test(document.getElementById(id)!.textContent),
      [id, pattern.source],
      {timeout},
    );

  it('is built without a warning', () => {
    expect(warnings).deep.equal([]);
  });

  it('holds no Node code', () => {
    const files = readdirSync(join(PAGE, 'assets')).filter(file => file.endsWith('.js'));
    expect(files.length).equal(3);
    for (const file of files) {
      const code = readFileSync(join(PAGE, 'assets', file), 'utf8');
      const found = code.match(/["']node:[a-z]+|\bprocess\.(env|exit|argv)|dawn\.|node-fetch/g);
      expect(found, file).equal(null);
      expect(code).not.match(/\bimport\(?["'](fs|path|os|util|crypto|webgpu)["']/);
    }
  });

  describe('on webgpu, on SwiftShader', () => {
    let page: Page;
    let complaints: string[];
    let rows: Row[];

    before(async () => {
      ({page, complaints} = await open(
        'tfjsflags=APPROX_ENGINE:webgpu&multiplier=mbm7&images=16&batch=8&epochs=3&test=16',
      ));
    });

    after(() => page?.close());

    it('says so', async () => {
      await shows(page, 'engine', ENGINE_READY);
      expect(await text(page, 'engine')).equal('webgpu');
      expect(await text(page, 'device')).match(/swiftshader.*\(computes in software\)/i);
    });

    it('is started by keyboard alone, with the focus in sight', async () => {
      const visited: string[] = [];
      for (let press = 0; press < 10 && visited.at(-1) !== 'toggle'; press++) {
        await page.keyboard.press('Tab');
        const {id, outline} = await page.evaluate(() => ({
          id: document.activeElement!.id,
          outline: parseFloat(getComputedStyle(document.activeElement!).outlineWidth),
        }));
        visited.push(id);
        expect(outline, `outline of ${id}`).least(2);
      }
      expect(visited).deep.equal([
        'multiplier',
        'epochs',
        'batch',
        'images',
        'test',
        'seed',
        'toggle',
      ]);
      await page.keyboard.press('Enter');
      await shows(page, 'status', /^Training fp32 and mbm7/);
      expect(await text(page, 'toggle')).equal('Pause');
    });

    it('trains: both losses fall', async () => {
      await shows(page, 'status', /^(Finished|Error)/);
      expect(await text(page, 'status')).match(/^Finished in .* Test accuracy: fp32 .*\s%, mbm7 /);
      const download = page.waitForEvent('download');
      await page.click('#save');
      const file = await (await download).path();
      rows = parseCsv(readFileSync(file, 'utf8'));
      const steps = rows.filter(({set}) => set === 'train');
      expect(steps.map(({step}) => step)).deep.equal([1, 2, 3, 4, 5, 6]);
      for (const series of SERIES) {
        const losses = steps.map(row => row[series].loss);
        const mean = (part: number[]) => part.reduce((sum, loss) => sum + loss, 0) / part.length;
        expect(mean(losses.slice(-2)), series).below(mean(losses.slice(0, 2)) - 0.05);
      }
      // The same weights and images, another multiplier.
      expect(steps[0].fp32.loss).closeTo(steps[0].approximate.loss, 0.1);
      expect(steps[0].fp32.loss).not.equal(steps[0].approximate.loss);
    });

    for (const [id, figure] of [
      ['loss', 'loss'],
      ['accuracy', 'accuracy'],
    ] as const) {
      it(`plots the ${figure} of every batch and epoch that was logged`, async () => {
        await page.waitForFunction(
          id => document.querySelectorAll(`#${id} [aria-description=batches] circle`).length === 12,
          id,
        );
        const drawn = await page.locator(`#${id} svg`).evaluate(svg => {
          type Scale = {invert(position: number): number};
          const scale = (svg as unknown as {scale(name: string): Scale}).scale;
          const [x, y] = [scale('x'), scale('y')];
          const points = (label: string) =>
            [...svg.querySelectorAll(`[aria-description="${label}"] :is(circle, path)`)].map(
              point => {
                const place = point.getAttribute('transform')?.match(/-?[\d.]+/g);
                const px = Number(point.getAttribute('cx') ?? place![0]);
                const py = Number(point.getAttribute('cy') ?? place![1]);
                return [x.invert(px), y.invert(py)];
              },
            );
          return {
            batches: points('batches'),
            fp32: points('test set, fp32'),
            approximate: points('test set, approximate'),
          };
        });
        const factor = figure === 'accuracy' ? 100 : 1;
        const logged = (set: string, series: (typeof SERIES)[number]) =>
          rows
            .filter(row => row.set === set)
            .map(row => [row.step, factor * row[series][figure]] as const);
        const same = (found: number[][], expected: (readonly [number, number])[]) => {
          const sorted = (list: readonly (readonly number[])[]) =>
            [...list].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
          expect(found.length).equal(expected.length);
          const wanted = sorted(expected);
          sorted(found.map(([x, y]) => [Math.round(x), y])).forEach(([x, y], i) => {
            expect(x).equal(wanted[i][0]);
            expect(y).closeTo(wanted[i][1], 1e-3 * factor);
          });
        };
        same(drawn.batches, [...logged('train', 'fp32'), ...logged('train', 'approximate')]);
        for (const series of SERIES) same(drawn[series], logged('test', series));
      });
    }

    it('shows both series and readable labels, in light and dark', async () => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({colorScheme});
        for (const id of ['loss', 'accuracy']) {
          const counts = await pixelsOf(page, `#${id}`, ['--fp32', '--approximate']);
          for (const [variable, count] of Object.entries(counts)) {
            expect(count, `pixels of ${variable} in #${id}, ${colorScheme}`).above(40);
          }
        }
        for (const id of ['loss', 'accuracy', 'errors']) {
          const labels = await labelsOf(page, `#${id}`);
          expect(labels.length, id).above(8);
          for (const {text, fontSize, contrast, inked} of labels) {
            const what = `'${text}' in #${id}, ${colorScheme}`;
            expect(fontSize, `size of ${what}`).least(11);
            expect(contrast, `contrast of ${what}`).least(4.5);
            expect(inked, `pixels of ${what}`).above(3);
          }
          expect(overlaps(labels), id).deep.equal([]);
        }
      }
    });

    it('computes the bits of the cpu engine in Node', async () => {
      await setEngine('cpu');
      const expected = await fingerprint();
      await page.click('#check');
      await shows(page, 'fingerprint', /[0-9a-f]{16}/);
      expect(await text(page, 'fingerprint')).equal(`${expected}, as expected`);
    });

    it('says what was approximate, and complained of nothing', async () => {
      await page.click('#coverage summary');
      expect(await page.locator('#coverage pre').textContent()).match(/Conv2D.*forward.*mbm7/);
      expect(complaints).deep.equal([]);
    });
  });

  describe('on the cpu', () => {
    const QUERY = 'tfjsflags=APPROX_ENGINE:cpu&images=512&batch=64&epochs=3&test=30';

    it('pauses, goes on and stops, and stays responsive meanwhile', async () => {
      const {page, complaints} = await open(QUERY);
      await shows(page, 'engine', ENGINE_READY);
      await page.focus('#toggle');
      await page.keyboard.press('Enter');
      const frames = await page.evaluate(async () => {
        const pace = document.getElementById('pace')!;
        let frames = 0;
        while (pace.textContent === '') {
          await new Promise(requestAnimationFrame);
          frames++;
        }
        return frames;
      });
      expect(frames, 'frames drawn while the first step was computed').above(3);

      await page.keyboard.press('Space');
      await shows(page, 'status', /^Paused after step \d+/);
      expect(await text(page, 'toggle')).equal('Resume');
      const paused = await text(page, 'pace');
      await page.waitForTimeout(400);
      expect(await text(page, 'pace')).equal(paused);

      await page.keyboard.press('Enter');
      await page.waitForFunction(
        paused => document.getElementById('pace')!.textContent !== paused,
        paused,
      );
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement!.id)).equal('stop');
      await page.keyboard.press('Enter');
      await shows(page, 'status', /^Stopped/);
      // Stop is disabled now; the focus has not been lost with it.
      expect(await page.evaluate(() => document.activeElement!.id)).equal('toggle');
      expect(await text(page, 'toggle')).equal('Start');
      expect(complaints).deep.equal([]);
      await page.close();
    });

    it('fits a phone, in light and dark', async () => {
      for (const width of [320, 390]) {
        const {page} = await open(QUERY, {viewport: {width, height: 800}, colorScheme: 'dark'});
        await page.waitForSelector('#errors svg');
        const {scrolls, small} = await page.evaluate(() => ({
          scrolls: document.documentElement.scrollWidth - innerWidth,
          small: [...document.querySelectorAll('button, input, select')]
            .filter(control => control.getBoundingClientRect().height < 36)
            .map(control => control.id),
        }));
        expect(scrolls, `at ${width} pixels`).most(0);
        expect(small).deep.equal([]);
        await page.close();
      }
    });

    it('draws the errors of the multiplier that is chosen', async () => {
      const {page} = await open(QUERY);
      await shows(page, 'error-metrics', /Mean \+0\.45\s%, mean absolute 2\.69\s%/);
      await page.selectOption('#multiplier', 'mitchell7');
      await shows(page, 'error-metrics', /Mean −3\.85\s%/);
      expect(await text(page, 'error-caption')).equal('Error of mitchell7');
      expect(await text(page, 'legend')).match(/mitchell7/);
      await page.selectOption('#multiplier', 'bf16');
      await shows(page, 'error-metrics', /are exact/);
      await page.close();
    });

    it('names every control', async () => {
      const {page} = await open(QUERY);
      const unnamed = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLInputElement>('input, select, progress, svg[role]')]
          .filter(control => !control.labels?.length && !control.getAttribute('aria-label'))
          .map(control => control.outerHTML),
      );
      expect(unnamed).deep.equal([]);
      await page.close();
    });

    it('shows an error in words', async () => {
      const {page} = await open('tfjsflags=APPROX_ENGINE:abacus');
      await shows(page, 'status', /APPROX_ENGINE is 'abacus'. Expected one of auto/);
      await page.close();
    });
  });
});

function parseCsv(csv: string): Row[] {
  const [header, ...lines] = csv.trim().split('\n');
  expect(header).equal('set,epoch,step,fp32_loss,fp32_accuracy,mbm7_loss,mbm7_accuracy');
  return lines.map(line => {
    const [set, ...cells] = line.split(',');
    const [epoch, step, ...values] = cells.map(Number);
    return {
      set: set,
      epoch: epoch,
      step: step,
      fp32: {loss: values[0], accuracy: values[1]},
      approximate: {loss: values[2], accuracy: values[3]},
    };
  });
}
