// SPDX-License-Identifier: Apache-2.0
/** Which ports of a module are the operands and which is the product. */
import {MultiplierError} from '@tfjs-approx/arithmetic';
import {signedRemedy} from '../plausibility.js';
import type {Module, Port} from './netlist.js';

/** Operands of `width` bits and their product of twice as many, or one less where they are signed. */
export interface MultiplierPorts {
  readonly first: string;
  readonly second: string;
  readonly output: string;
  readonly width: number;
  /** Whether all three are two's complement. */
  readonly signed: boolean;
}

const MAX_OPERAND_BITS = 24;
const CORRECT = 'Correct the option ports (--ports <a,b,p>).';

/** Names, in lower case, that say which operand is the first, whatever the order of the ports. */
const OPERANDS: ReadonlyArray<readonly [string, string]> = [
  ['a', 'b'],
  ['x', 'y'],
];
/** Of the product, where there are other outputs too. */
const PRODUCTS = ['p', 'o', 'out', 'y', 'z', 'prod', 'product', 'result', 'res'];

/**
 * @param given First operand, second operand, product; recognised unless given. Operands are the
 *     two inputs, in the order of declaration unless their names say another; the product is the
 *     only output or the only one with a usual name.
 * @param asSigned Whether they are to be read as two's complement. Netlists of signed multipliers
 *     declare unsigned ports too.
 * @throws {MultiplierError} if the module has no such ports, or they cannot belong to a multiplier.
 */
export function multiplierPorts(
  {ports}: Module,
  op: string,
  {ports: given, signed: asSigned = false}: {ports?: readonly string[]; signed?: boolean} = {},
): MultiplierPorts {
  const fail = (expected: string, remedy?: string): never => {
    throw new MultiplierError(op, {found: describe(ports), expected, remedy});
  };
  const named = (direction: Port['direction']) =>
    Object.keys(ports).filter(name => ports[name].direction === direction);
  const inputs = named('input');
  const outputs = named('output');
  if (given && given.length !== 3) {
    throw new MultiplierError(op, {
      found: `ports = ${given.join(',') || '(none)'}`,
      expected: 'three names: first operand, second operand, product',
      remedy: CORRECT,
    });
  }
  for (const [k, name] of (given ?? []).entries()) {
    if (!(k < 2 ? inputs : outputs).includes(name)) {
      fail(`an ${k < 2 ? 'input' : 'output'} ${name}`, CORRECT);
    }
  }
  if (named('inout').length > 0) fail('inputs and outputs only');
  if (given && given[0] === given[1]) fail(`another second operand than ${given[1]}`, CORRECT);
  // Every other input would be without a value.
  if (inputs.length !== 2) {
    fail(
      'two inputs, the operands',
      inputs.length > 2 ? 'Give other inputs a value in a module around this one.' : undefined,
    );
  }
  const usual = outputs.filter(name => PRODUCTS.includes(name.toLowerCase()));
  const output = given?.[2] ?? (outputs.length === 1 ? outputs : usual)[0];
  if (output === undefined || (!given && outputs.length > 1 && usual.length !== 1)) {
    return fail('one output, the product', 'Say which by the option ports (--ports <a,b,p>).');
  }
  const [first, second] = given ?? inOrder(inputs as [string, string]);
  const width = ports[first].bits.length;
  const outputWidth = ports[output].bits.length;
  const signed = [first, second, output].filter(name => ports[name].signed);
  if (signed.length > 0 && !asSigned) {
    throw new MultiplierError(op, {
      found: `signed ports (${signed.join(', ')})`,
      expected: 'unsigned ones, since significands have no sign',
      remedy: signedRemedy(width),
    });
  }
  if (width !== ports[second].bits.length) fail('operands of equal width');
  if (width < 2 || width > MAX_OPERAND_BITS) fail(`operands of 2..${MAX_OPERAND_BITS} bits`);
  // Products of significands reach the highest of these bits: with one less they would be cut off.
  // The largest product of signed operands needs one less.
  const isFull = outputWidth === 2 * width || (asSigned && outputWidth === 2 * width - 1);
  if (!isFull) {
    fail(
      `a product ${output} of ${2 * width} bits, twice those of an operand`,
      outputWidth === 2 * width - 1
        ? "If the operands are two's complement, use the option signed (--signed)."
        : 'Extend or cut the product in a module around this one.',
    );
  }
  return {first: first, second: second, output, width, signed: asSigned};
}

/** @throws {MultiplierError} if an input is wider than operands may be. */
export function assertWidths({ports}: Module, op: string): void {
  const isNarrow = ({direction, bits}: Port) =>
    direction !== 'input' || bits.length <= MAX_OPERAND_BITS;
  if (Object.values(ports).every(isNarrow)) return;
  throw new MultiplierError(op, {
    found: describe(ports),
    expected: `operands of 2..${MAX_OPERAND_BITS} bits`,
  });
}

function inOrder([first, second]: [string, string]): [string, string] {
  const isSwapped = OPERANDS.some(
    ([a, b]) => first.toLowerCase() === b && second.toLowerCase() === a,
  );
  return isSwapped ? [second, first] : [first, second];
}

function describe(ports: Module['ports']): string {
  const texts = Object.entries(ports).map(
    ([name, {direction, bits}]) => `${direction} ${name} (${bits.length})`,
  );
  return texts.length === 0 ? 'no ports' : `the ports ${texts.join(', ')}`;
}
