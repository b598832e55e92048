// SPDX-License-Identifier: Apache-2.0
/**
 * How many table look-ups a second a GPU can serve at best.
 *
 * A multiprocessor serves one look-up per clock from each of the 32 banks of its shared memory, when none
 * conflict. An arbitrary multiplier needs one look-up per multiply-accumulate, so this bounds the form
 * `lut`; closed forms may be faster.
 */

export interface LookUpLimit {
  readonly perSecond: number;
  /** How it is computed. */
  readonly from: string;
}

const BANKS = 32;

/** Multiprocessors and clock under load, from the makers' data sheets. */
const GPUS: readonly {name: RegExp; multiprocessors: number; gigahertz: number}[] = [
  {name: /\bh[12]00\b/i, multiprocessors: 132, gigahertz: 1.755},
  {name: /\ba100\b/i, multiprocessors: 108, gigahertz: 1.41},
  {name: /\brtx[- ]6000[- ]ada\b/i, multiprocessors: 142, gigahertz: 2.505},
  {name: /\brtx[- ]4090\b/i, multiprocessors: 128, gigahertz: 2.52},
];

/** @param device as the results name it. @returns null for a device that is not in the list. */
export function lookUpLimit(device: string): LookUpLimit | null {
  const gpu = GPUS.find(({name}) => name.test(device));
  if (!gpu) return null;
  const {multiprocessors, gigahertz} = gpu;
  return {
    perSecond: multiprocessors * BANKS * gigahertz * 1e9,
    from: `${multiprocessors} multiprocessors x ${BANKS} banks x ${gigahertz} GHz`,
  };
}
