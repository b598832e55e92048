// SPDX-License-Identifier: Apache-2.0
/** The worker in which a compiled model runs: finds the function, and builds its table. */
import {basename} from 'node:path';
import {parentPort} from 'node:worker_threads';
import {
  buildLut,
  type FunctionalModel,
  lutFromSignificandProduct,
  type MantissaLut,
  MultiplierError,
  RepresentabilityError,
  type SignificandProduct,
  significandProducts,
} from '@tfjs-approx/arithmetic';
import {productRounding} from '@tfjs-approx/arithmetic/internal';
import {assertPlausible} from '../plausibility.js';
import {type CFunction, type CType, functionsOf} from './dwarf.js';
import {chooseFunction} from './function-choice.js';
import {MODEL_EXPORT} from './model-export.js';
import type {Result, Task} from './sandbox.js';
import {formOf, signatureText, significandFields, takesSecondOperandFirst} from './signature.js';
import {type Host, Refusal, createHost} from './wasi.js';

parentPort!.once('message', (task: Task) => {
  parentPort!.postMessage(resultOf(task));
});

function resultOf(task: Task): Result {
  try {
    return {lut: tabulate(task)};
  } catch (error) {
    if (error instanceof RepresentabilityError) {
      const {model, property, counterexample, remedy} = error;
      return {representability: {model, property, counterexample, remedy}};
    }
    if (!(error instanceof MultiplierError)) throw error;
    const {op, found, expected, remedy} = error;
    return {multiplier: {op, facts: {found, expected, remedy}}};
  }
}

function tabulate(task: Task): MantissaLut {
  const module = new WebAssembly.Module(task.wasm as Uint8Array<ArrayBuffer>);
  const exported = new Set(
    WebAssembly.Module.exports(module)
      .filter(({kind}) => kind === 'function')
      .map(({name}) => name),
  );
  const model = chooseFunction(functionsOf(module), exported, task);
  const form = formOf(model)!;
  const call = instantiate(module, model, task);
  const op = `C model "${model.name}" of "${task.file}"`;
  const {maxMred} = task;
  const what = form === 'float' ? 'functional model' : 'significand multiplier';
  const origin = `${what}: ${signatureText(model)} of ${basename(task.file)}`;
  const options = {...task.lut, provenance: task.lut.provenance ?? origin};
  if (form === 'float') {
    if (task.operandBits !== undefined || task.signed) throw notOfIntegers(model, op, task);
    const mantissaBits = givenBits(model, task);
    const lut = buildLut(call as FunctionalModel, {...options, mantissaBits});
    assertPlausible(lut, {op, maxMred});
    return lut;
  }
  const {mantissaBits, widths, operandBits} = significandFields(model, {
    mantissaBits: task.lut.mantissaBits,
    operandBits: task.operandBits,
    signed: task.signed,
  });
  const n = 2 ** mantissaBits;
  const [first, second] = takesSecondOperandFirst(model) ? widths.toReversed() : widths;
  const [a, b] = [first, second].map(width => 2 ** (width - 1 - mantissaBits));
  const unit = 2 ** (2 - first - second);
  const read = resultReader(model.result, first + second);
  const rounded = productRounding(task.lut.productBits);
  const operands = (i: number, j: number): [number, number] => [(n + i) * a, (n + j) * b];
  const product = (i: number, j: number) => rounded(read(call(...operands(i, j))) * unit);
  const isWider = Math.max(...widths) > mantissaBits + 1;
  const asked = isWider ? `, asked left-aligned in ${widths.join(' and ')} bits` : '';
  const lut = lutFromSignificandProduct(product, {
    ...options,
    mantissaBits,
    provenance: task.lut.provenance ?? origin + asked,
  });
  checkPure(product, lut, (i, j) => `${op} at (${operands(i, j).join(', ')})`);
  assertPlausible(lut, {op, maxMred, circuit: {operandBits, signed: task.signed ?? false}});
  return lut;
}

function notOfIntegers(model: CFunction, op: string, {signed}: Task): MultiplierError {
  return new MultiplierError(op, {
    found: `the option ${signed ? 'signed' : 'operandBits'}, and ${signatureText(model)}`,
    expected: 'a function of two integers with it',
  });
}

/** A model with a state or a random number in it would make a table by chance. */
function checkPure(
  product: SignificandProduct,
  lut: MantissaLut,
  at: (i: number, j: number) => string,
): void {
  const n = 2 ** lut.mantissaBits;
  const products = significandProducts(lut);
  // The other way round, as a state may come back where the calls do.
  for (let e = n * n - 1; e >= 0; e--) {
    const [i, j] = [Math.floor(e / n), e % n];
    const found = product(i, j);
    if (found === products[e]) continue;
    throw new MultiplierError(at(i, j), {
      found: `L = ${found} at the second call and ${products[e]} at the first`,
      expected: 'the same result for the same operands',
    });
  }
}

function givenBits(model: CFunction, {file, lut: {mantissaBits}}: Task): number {
  if (mantissaBits !== undefined) return mantissaBits;
  throw new MultiplierError(`C model "${model.name}" of "${file}"`, {
    found: `the signature ${signatureText(model)}, which does not say m`,
    expected: "the operands' fraction bits m",
    remedy: 'Give the option mantissaBits (--mantissa-bits <m>).',
  });
}

type Call = (a: number, b: number) => number | bigint;

/** The model as a function of operand A and operand B, with an error that says where it failed. */
function instantiate(module: WebAssembly.Module, model: CFunction, task: Task): Call {
  let memory: WebAssembly.Memory | undefined;
  const host = createHost(module, () => memory!, task.memory);
  const at = (place: string, work: () => number | bigint) => {
    try {
      return work();
    } catch (error) {
      throw failure(error, host, `C model "${model.name}" of "${task.file}"${place}`);
    }
  };
  let call: (first: number | bigint, second: number | bigint) => number | bigint;
  at(' as it starts', () => {
    const {exports} = new WebAssembly.Instance(module, host.imports);
    memory = exports['memory'] as WebAssembly.Memory;
    (exports['_initialize'] as () => void)();
    if (task.hasAddress) {
      const table = exports['__indirect_function_table'] as WebAssembly.Table;
      call = table.get((exports[MODEL_EXPORT] as () => number)()) as typeof call;
    } else {
      call = exports[model.symbol] as typeof call;
    }
    return 0;
  });
  const [first, second] = model.parameters.map(({type}) => argumentOf(type));
  return takesSecondOperandFirst(model)
    ? (a, b) => at(` at (${a}, ${b})`, () => call(first(b), second(a)))
    : (a, b) => at(` at (${a}, ${b})`, () => call(first(a), second(b)));
}

/** An integer of 64 bits is a bigint to WebAssembly. */
function argumentOf({kind, bits}: CType): (value: number) => number | bigint {
  return kind !== 'float' && bits === 64 ? BigInt : value => value;
}

/**
 * An integer result as a number. A signed one of just the bits of a product holds them: its
 * highest is no sign.
 */
function resultReader({kind, bits}: CType, productBits: number) {
  const isUnsigned = kind === 'unsigned' || bits === productBits;
  return (result: number | bigint): number => {
    if (typeof result === 'bigint')
      return numberOf(isUnsigned ? BigInt.asUintN(64, result) : result);
    return isUnsigned ? (result >>> 0) % 2 ** bits : result;
  };
}

/** Of more than 53 bits, the last one is set where others behind it are: no rounding hides them. */
function numberOf(value: bigint): number {
  const lost = value.toString(2).length - 53;
  if (lost <= 0) return Number(value);
  const kept = value >> BigInt(lost);
  const isExact = kept << BigInt(lost) === value;
  return Number(isExact ? kept : kept | 1n) * 2 ** lost;
}

function failure(error: unknown, host: Host, op: string): MultiplierError {
  const printed = host.printed();
  const suffix = printed === '' ? '' : `, after printing "${printed}"`;
  return new MultiplierError(op, {found: `${reason(error)}${suffix}`, expected: 'a number'});
}

function reason(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (error instanceof RangeError) return `endless recursion (${error.message})`;
  return `a trap (${error instanceof Error ? error.message : String(error)})`;
}
