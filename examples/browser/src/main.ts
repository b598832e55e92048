// SPDX-License-Identifier: Apache-2.0
/// <reference types="vite/client" />
/** The page: hands settings to the training worker and shows what comes back. */
import type {DeviceInfo} from '@tfjs-approx/backend-approx';
import {accuracyChart, COLOURS, DASHES, lossChart, type RunLog} from './charts.js';
import {toCsv} from './csv.js';
import type {ErrorMap} from './error-map.js';
import {EXPECTED_FINGERPRINT} from './fingerprint-value.js';
import {describe, heatMap} from './heat-map.js';
import {SERIES, type Epoch, type FromWorker, type Step, type ToWorker} from './protocol.js';
import {settingsForm} from './settings.js';
import workerAddress from './worker.ts?worker&url';

const byId = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const [toggle, stop, save, check] = ['toggle', 'stop', 'save', 'check'].map(id =>
  byId<HTMLButtonElement>(id),
) as [HTMLButtonElement, HTMLButtonElement, HTMLButtonElement, HTMLButtonElement];
const progress = byId<HTMLProgressElement>('progress');
const parameters = new URLSearchParams(location.search);
const form = settingsForm(byId<HTMLFormElement>('settings'), parameters);

let state: 'starting' | 'idle' | 'running' | 'pausing' | 'paused' | 'stopping' | 'checking' =
  'starting';
let log: RunLog = emptyLog();
/** Of the run that goes on; a pause does not count. */
let clock = {seconds: 0, since: 0};

// --- The worker ---------------------------------------------------------------------------------

// A worker has an address of its own, from which tfjs reads its flags.
const address = new URL(workerAddress, location.href);
const flags = parameters.get('tfjsflags');
if (flags !== null) address.searchParams.set('tfjsflags', flags);
const worker = new Worker(address, {type: 'module'});
const tell = (message: ToWorker) => worker.postMessage(message);

worker.addEventListener('message', ({data}: MessageEvent<FromWorker>) => {
  switch (data.type) {
    case 'ready': {
      const {engine} = data.device;
      byId('engine').textContent = engine;
      byId('device').textContent = nameOf(data.device);
      enter('idle', `Ready. Training will run on ${engine}.`);
      break;
    }
    case 'step':
      onStep(data.step, data.steps);
      break;
    case 'epoch':
      onEpoch(data.epoch);
      break;
    case 'paused':
      // Resumed or stopped in the meantime.
      if (state !== 'pausing') break;
      stopClock();
      enter('paused', `Paused after step ${log.steps.length}.`);
      break;
    case 'end': {
      const time = `${data.seconds.toFixed(1)} s`;
      byId('coverage').hidden = false;
      byId('coverage').querySelector('pre')!.textContent = data.coverage;
      const summary = data.finished ? `Finished in ${time}. ${summaryOf(log)}` : 'Stopped.';
      if (data.finished) progress.value = progress.max;
      draw();
      enter('idle', summary);
      break;
    }
    case 'fingerprint':
      byId('fingerprint').textContent =
        data.value === EXPECTED_FINGERPRINT
          ? `${data.value}, as expected`
          : `${data.value}, but expected ${EXPECTED_FINGERPRINT}`;
      enter('idle', 'Bits checked.');
      break;
    case 'error':
      fail(data.message);
  }
});
worker.addEventListener('error', ({message}) =>
  fail(message || 'The worker could not be started.'),
);

/** Browsers leave the description empty, and say vendor and architecture. */
function nameOf({engine, device, software, adapter}: DeviceInfo): string {
  const {description, vendor, architecture} = adapter ?? {};
  const name = description || [vendor, architecture].filter(Boolean).join(' ') || device;
  return engine === 'webgpu' && software ? `${name} (computes in software)` : name;
}

function fail(message: string): void {
  const known = byId('engine').textContent !== '…';
  if (!known) byId('engine').textContent = byId('device').textContent = 'none';
  enter(known ? 'idle' : 'starting', message);
  byId('status').classList.add('error');
}

// --- Figures ------------------------------------------------------------------------------------

function emptyLog(): RunLog {
  return {names: {fp32: 'fp32', approximate: form.multiplier()}, steps: [], epochs: []};
}

function onStep(step: Step, steps: number): void {
  log.steps.push(step);
  progress.max = steps;
  // Full only when the last epoch has been tested too.
  progress.value = step.step - 0.5;
  const seconds = clock.seconds + (performance.now() - clock.since) / 1000;
  byId('pace').textContent =
    `Epoch ${step.epoch}, step ${step.step} of ${steps}, ` +
    `${(seconds / step.step).toPrecision(2)} s per step of both`;
  drawSoon();
}

function onEpoch(epoch: Epoch): void {
  log.epochs.push(epoch);
  const cells = [
    String(epoch.epoch),
    ...SERIES.flatMap(name => [
      meanLoss(log.steps.filter(step => step.epoch === epoch.epoch).map(step => step[name].loss)),
      percent(epoch[name].accuracy),
    ]),
  ];
  byId('epochs-table')
    .querySelector('tbody')!
    .append(row(cells.map(text => cell('td', text))));
  byId('status').textContent = `Epoch ${epoch.epoch} done. ${summaryOf(log)}`;
  drawSoon();
}

const percent = (share: number) => `${(100 * share).toFixed(1)}\u00a0%`;
const meanLoss = (losses: number[]) =>
  (losses.reduce((sum, loss) => sum + loss, 0) / losses.length).toFixed(4);

function summaryOf({names, epochs}: RunLog): string {
  const last = epochs.at(-1)!;
  const parts = SERIES.map(name => `${names[name]} ${percent(last[name].accuracy)}`);
  return `Test accuracy: ${parts.join(', ')}.`;
}

function row(cells: readonly HTMLElement[]): HTMLTableRowElement {
  const line = document.createElement('tr');
  line.append(...cells);
  return line;
}

function cell(
  kind: 'td' | 'th',
  text: string,
  attributes: Readonly<Record<string, string>> = {},
): HTMLElement {
  const element = document.createElement(kind);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function clearFigures(): void {
  log = emptyLog();
  const table = byId('epochs-table');
  table
    .querySelector('thead')!
    .replaceChildren(
      row([
        cell('th', 'Epoch', {rowspan: '2', scope: 'col'}),
        ...SERIES.map(name => cell('th', log.names[name], {colspan: '2', scope: 'colgroup'})),
      ]),
      row(
        SERIES.flatMap(() => [
          cell('th', 'Loss', {scope: 'col'}),
          cell('th', 'Accuracy', {scope: 'col'}),
        ]),
      ),
    );
  table.querySelector('tbody')!.replaceChildren();
  byId('legend').replaceChildren(
    ...SERIES.map(name => {
      const item = document.createElement('li');
      item.innerHTML =
        `<svg width="34" height="12" aria-hidden="true"><line x1="1" x2="33" y1="6" y2="6" ` +
        `stroke="${COLOURS[name]}" stroke-width="2.5" stroke-dasharray="${DASHES[name]}"/></svg>`;
      item.append(name === 'fp32' ? 'fp32 (exact)' : log.names[name]);
      return item;
    }),
  );
  byId('coverage').hidden = true;
  byId('pace').textContent = '';
  progress.value = 0;
  draw();
}

// --- Drawing ------------------------------------------------------------------------------------

let errors: ErrorMap | null = null;
const dark = matchMedia('(prefers-color-scheme: dark)');

function draw(): void {
  for (const [id, chart] of [
    ['loss', lossChart],
    ['accuracy', accuracyChart],
  ] as const) {
    byId(id).replaceChildren(chart(log, Math.max(240, byId(id).clientWidth)));
  }
}

function drawErrors(): void {
  if (!errors) return;
  byId('error-caption').textContent = `Error of ${errors.multiplier}`;
  byId('errors').replaceChildren(...heatMap(errors, byId('errors').clientWidth, dark.matches));
  byId('error-metrics').textContent = describe(errors);
}

/** At most five times a second: a fast device makes more steps than anybody can see. */
let drawing = 0;
function drawSoon(): void {
  if (drawing) return;
  drawing = window.setTimeout(() => {
    drawing = 0;
    draw();
  }, 200);
}

const errorWorker = new Worker(new URL('./error-worker.ts', import.meta.url), {type: 'module'});
errorWorker.addEventListener('message', ({data}: MessageEvent<ErrorMap>) => {
  // A slow table may arrive after another one was asked for.
  if (data.multiplier !== form.multiplier()) return;
  errors = data;
  drawErrors();
});

let width = 0;
new ResizeObserver(() => {
  if (width === innerWidth) return;
  width = innerWidth;
  draw();
  drawErrors();
}).observe(document.body);
dark.addEventListener('change', drawErrors);

// --- Controls -----------------------------------------------------------------------------------

function enter(next: typeof state, message: string): void {
  const hadFocus = document.activeElement;
  state = next;
  const idle = state === 'idle';
  toggle.textContent = {
    starting: 'Start',
    idle: 'Start',
    checking: 'Start',
    running: 'Pause',
    pausing: 'Pause',
    paused: 'Resume',
    stopping: 'Stopping',
  }[state];
  toggle.disabled = state === 'starting' || state === 'checking' || state === 'stopping';
  stop.disabled = idle || toggle.disabled;
  save.disabled = log.steps.length === 0;
  check.disabled = !idle;
  form.enable(idle);
  byId('status').textContent = message;
  byId('status').classList.remove('error');
  // A disabled button loses the focus; the keyboard's user should not have to look for it.
  if (hadFocus === stop && stop.disabled && !toggle.disabled) toggle.focus();
  if (hadFocus === document.body && lastPressed && !lastPressed.disabled) lastPressed.focus();
}
let lastPressed: HTMLButtonElement | null = null;

function startClock(): void {
  clock.since = performance.now();
}

function stopClock(): void {
  clock.seconds += (performance.now() - clock.since) / 1000;
}

byId('settings').addEventListener('submit', event => {
  event.preventDefault();
  switch (state) {
    case 'idle': {
      const settings = form.read();
      if (!settings) return;
      clearFigures();
      clock = {seconds: 0, since: 0};
      startClock();
      tell({type: 'start', settings});
      enter('running', `Training fp32 and ${settings.multiplier}.`);
      break;
    }
    case 'running':
      tell({type: 'pause'});
      enter('pausing', 'Pausing after this step.');
      break;
    case 'pausing':
    case 'paused':
      if (state === 'paused') startClock();
      tell({type: 'resume'});
      enter('running', 'Training goes on.');
      break;
  }
});
stop.addEventListener('click', () => {
  lastPressed = toggle;
  tell({type: 'stop'});
  enter('stopping', 'Stopping after this step.');
});
check.addEventListener('click', () => {
  lastPressed = check;
  byId('fingerprint').textContent = 'Computing …';
  tell({type: 'fingerprint'});
  enter('checking', 'Checking the bits.');
});
save.addEventListener('click', () => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([toCsv(log)], {type: 'text/csv'}));
  link.download = `fp32-${log.names.approximate}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
});
form.onMultiplier(multiplier => {
  errorWorker.postMessage(multiplier);
  if (log.steps.length === 0) clearFigures();
});

clearFigures();
errorWorker.postMessage(form.multiplier());
