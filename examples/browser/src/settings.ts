// SPDX-License-Identifier: Apache-2.0
/** The form: multipliers by family, numbers, and their values in the address (`?multiplier=mbm5`). */
import {listMultipliers, type MultiplierInfo} from '@tfjs-approx/arithmetic';
import type {Settings} from './protocol.js';

const NUMBERS = ['epochs', 'batch', 'images', 'test', 'seed'] as const;

export interface SettingsForm {
  /** Null when a field is not valid; the browser has said so then. */
  read(): Settings | null;
  multiplier(): string;
  onMultiplier(listener: (multiplier: string) => void): void;
  enable(enabled: boolean): void;
}

export function settingsForm(form: HTMLFormElement, parameters: URLSearchParams): SettingsForm {
  const select = form.querySelector<HTMLSelectElement>('#multiplier')!;
  const description = form.querySelector('#multiplier-description')!;
  const input = (name: string) => form.querySelector<HTMLInputElement>(`#${name}`)!;
  const infos = listMultipliers().filter(({exact}) => !exact);
  for (const label of new Set(infos.map(groupOf))) {
    const members = infos.filter(info => groupOf(info) === label);
    const group = document.createElement('optgroup');
    group.label = label;
    group.append(...members.map(({name}) => new Option(name, name)));
    select.append(group);
  }
  const asked = parameters.get('multiplier') ?? 'mbm7';
  select.value = infos.some(({name}) => name === asked) ? asked : 'mbm7';
  for (const name of NUMBERS) {
    const value = parameters.get(name);
    if (value !== null) input(name).value = value;
  }
  const describe = () => {
    description.textContent = infos.find(({name}) => name === select.value)!.description;
  };
  describe();

  return {
    read() {
      if (!form.reportValidity()) return null;
      const values = NUMBERS.map(name => [name, input(name).valueAsNumber] as const);
      return {multiplier: select.value, ...Object.fromEntries(values)} as unknown as Settings;
    },
    multiplier: () => select.value,
    onMultiplier(listener) {
      select.addEventListener('change', () => {
        describe();
        listener(select.value);
      });
    },
    enable(enabled) {
      for (const control of [select, ...NUMBERS.map(input)]) control.disabled = !enabled;
    },
  };
}

const GROUPS: Readonly<Record<string, string>> = {
  truncated: 'Truncated',
  mitchell: 'Mitchell (logarithmic)',
  mbm: 'Minimally biased (MBM)',
};

function groupOf({family}: MultiplierInfo): string {
  return family === undefined ? 'Formats, exact products' : (GROUPS[family] ?? family);
}
