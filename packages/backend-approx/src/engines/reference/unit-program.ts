// SPDX-License-Identifier: Apache-2.0
/** What a MAC unit is to the reference engine: its definitions, one product and one addition at a time. */
import {functionalModel, type FunctionalModel, type MacUnit} from '@tfjs-approx/arithmetic';

export interface UnitProgram extends Pick<MacUnit['accumulator'], 'add' | 'addBlock' | 'plan'> {
  readonly multiply: FunctionalModel;
}

const programs = new WeakMap<MacUnit, UnitProgram>();

/** @throws {MultiplierError} a unit that breaks its contract. */
export function programOf(unit: MacUnit): UnitProgram {
  let program = programs.get(unit);
  if (!program) {
    const {add, addBlock, plan} = unit.accumulator;
    programs.set(unit, (program = {multiply: functionalModel(unit), add, addBlock, plan}));
  }
  return program;
}
