// SPDX-License-Identifier: Apache-2.0
/**
 * A netlist of gates as a program: one instruction per gate, in an order in which every input is
 * known. What is not combinational is refused by the name it has in the source.
 */
import {MultiplierError} from '@tfjs-approx/arithmetic';
import {withDiskPaths} from './includes.js';
import {type Bit, type Cell, type Module, sourceNames} from './netlist.js';

/** Inputs of each kind of gate in order; MUX gives B where S is 1. */
const GATES = {
  BUF: 'A',
  NOT: 'A',
  AND: 'AB',
  NAND: 'AB',
  OR: 'AB',
  NOR: 'AB',
  XOR: 'AB',
  XNOR: 'AB',
  ANDNOT: 'AB',
  ORNOT: 'AB',
  MUX: 'ABS',
  NMUX: 'ABS',
} as const;

export type Gate = keyof typeof GATES;
export const GATE_NAMES = Object.keys(GATES) as Gate[];

/** Nets are numbered from 0. Net 0 is constantly 0 and net 1 constantly 1. */
export interface Circuit {
  readonly nets: number;
  /** Five numbers per gate: index in GATE_NAMES, output net, input nets (0 where it has fewer). */
  readonly program: Int32Array;
  /** The nets of each port, least significant bit first. */
  readonly ports: ReadonlyMap<string, readonly number[]>;
  /** Nets whose value the source leaves open (x, z): whatever they are, the answer must not change. */
  readonly undefinedNets: readonly number[];
  /** Gates by kind. */
  readonly cells: Readonly<Record<string, number>>;
}

interface Instruction {
  readonly gate: number;
  readonly output: number;
  readonly inputs: readonly number[];
}

/**
 * @param op Begins error messages.
 * @throws {MultiplierError} at a flip-flop, a latch, a combinational loop, or a net without driver.
 */
export function circuitOf(module: Module, op: string): Circuit {
  const names = sourceNames(module);
  const nets = numberedNets();
  const instructions: Instruction[] = [];
  const cells: Record<string, number> = {};
  for (const cell of Object.values(module.cells)) {
    // A mark that a flattened instance leaves.
    if (cell.type === '$scopeinfo') continue;
    const gate = /^\$_(\w+)_$/.exec(cell.type)?.[1] as Gate;
    if (!Object.hasOwn(GATES, gate)) throw notCombinational(cell, names, op);
    const input = (pin: string) => nets.of(cell.connections[pin][0]);
    instructions.push({
      gate: GATE_NAMES.indexOf(gate),
      output: input('Y'),
      inputs: [...GATES[gate]].map(input),
    });
    cells[gate] = (cells[gate] ?? 0) + 1;
  }
  const ports = new Map(
    Object.entries(module.ports).map(([name, {bits}]) => [name, bits.map(nets.of)]),
  );
  const name = (net: number) => names.get(nets.bits[net]);
  const given = Object.keys(module.ports).filter(port => module.ports[port].direction !== 'output');
  const known = [0, 1, ...nets.undefinedNets, ...given.flatMap(port => ports.get(port)!)];
  const ordered = inOrder(instructions, known, nets.bits.length, name, op);
  for (const [port, bits] of ports) {
    const open = bits.findIndex(net => !ordered.driven[net]);
    if (open >= 0) throw notDriven(name(bits[open]) ?? `${port}[${open}]`, op);
  }
  return {
    nets: nets.bits.length,
    program: Int32Array.from(
      ordered.instructions.flatMap(({gate, output, inputs: [a, b = 0, s = 0]}) => [
        gate,
        output,
        a,
        b,
        s,
      ]),
    ),
    ports,
    undefinedNets: nets.undefinedNets,
    cells: Object.fromEntries(Object.entries(cells).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Every x and z is a net of its own, since two of them need not be equal. */
function numberedNets() {
  const numbers = new Map<Bit, number>([
    ['0', 0],
    ['1', 1],
  ]);
  const bits: Bit[] = ['0', '1'];
  const undefinedNets: number[] = [];
  const of = (bit: Bit): number => {
    const isUndefined = bit === 'x' || bit === 'z';
    const known = numbers.get(bit);
    if (known !== undefined && !isUndefined) return known;
    if (isUndefined) undefinedNets.push(bits.length);
    else numbers.set(bit, bits.length);
    return bits.push(bit) - 1;
  };
  return {bits, undefinedNets, of};
}

function inOrder(
  instructions: readonly Instruction[],
  known: readonly number[],
  nets: number,
  name: (net: number) => string | undefined,
  op: string,
): {instructions: Instruction[]; driven: Uint8Array} {
  const driverOf = new Map<number, Instruction>(instructions.map(i => [i.output, i]));
  const driven = new Uint8Array(nets);
  for (const net of known) driven[net] = 1;
  const readers = new Map<number, Instruction[]>();
  const missing = new Map<Instruction, number>();
  const ready: Instruction[] = [];
  for (const instruction of instructions) {
    const open = new Set(instruction.inputs.filter(net => !driven[net]));
    for (const net of open) {
      if (!driverOf.has(net)) throw notDriven(name(net) ?? 'an unnamed net', op);
      const others = readers.get(net);
      if (others) others.push(instruction);
      else readers.set(net, [instruction]);
    }
    missing.set(instruction, open.size);
    if (open.size === 0) ready.push(instruction);
  }
  const ordered: Instruction[] = [];
  for (let next = ready.pop(); next; next = ready.pop()) {
    ordered.push(next);
    driven[next.output] = 1;
    for (const reader of readers.get(next.output) ?? []) {
      const open = missing.get(reader)! - 1;
      missing.set(reader, open);
      if (open === 0) ready.push(reader);
    }
  }
  if (ordered.length < instructions.length) {
    const left = instructions.find(i => !driven[i.output])!;
    throw loop(cycleFrom(left, driverOf, driven), name, op);
  }
  return {instructions: ordered, driven};
}

/** The nets of a loop that is reached by going back from an instruction that never was ready. */
function cycleFrom(
  from: Instruction,
  driverOf: ReadonlyMap<number, Instruction>,
  driven: Uint8Array,
): number[] {
  const path: number[] = [];
  let at = from;
  while (!path.includes(at.output)) {
    path.push(at.output);
    at = driverOf.get(at.inputs.find(net => !driven[net])!)!;
  }
  return path.slice(path.indexOf(at.output));
}

function loop(
  nets: readonly number[],
  name: (net: number) => string | undefined,
  op: string,
): MultiplierError {
  return combinationalLoop(
    nets.map(name).filter(text => text !== undefined),
    op,
  );
}

/** @param named The nets on the loop that have a name in the source. */
export function combinationalLoop(named: readonly string[], op: string): MultiplierError {
  const through = named.length === 0 ? 'unnamed nets' : named.slice(0, 4).join(', ');
  return new MultiplierError(op, {
    found: `a combinational loop through ${through}`,
    expected: 'gates without feedback',
  });
}

function notDriven(net: string, op: string): MultiplierError {
  return new MultiplierError(op, {
    found: `no driver of ${net}`,
    expected: 'a value for every net that is used',
  });
}

function notCombinational(
  cell: Cell,
  names: ReadonlyMap<Bit, string>,
  op: string,
): MultiplierError {
  const {type, attributes, connections} = cell;
  const output = connections['Q'] ?? connections['Y'] ?? [];
  const name = output.map(bit => names.get(bit)).find(text => text !== undefined);
  const what = /LATCH|^\$_SR_/.test(type) ? 'a latch' : /FF/.test(type) ? 'a flip-flop' : 'a cell';
  const where = attributes['src'] ? ` (${withDiskPaths(attributes['src'].split('|')[0])})` : '';
  return new MultiplierError(op, {
    found: `${what}${name ? `, ${name}` : ` of type ${type}`}${where}`,
    expected: 'a combinational multiplier: gates only',
    remedy: what === 'a latch' ? 'Assign the signal in every branch.' : undefined,
  });
}
