// SPDX-License-Identifier: Apache-2.0
/**
 * What a MAC unit is to the WebGPU engine: the emitters of its shaders, and what keys, tiles and
 * bindings need to know. Resolved once per unit; nothing else asks a unit what it is.
 */
import {
  type Accumulator,
  type AdditionKind,
  type MacUnit,
  type NativeForm,
  type ProductRule,
  significandProducts,
} from '@tfjs-approx/arithmetic';
import {operandKey} from './operand-wgsl.js';
import {
  emitExactProduct,
  emitLogAddProduct,
  emitLookUp,
  emitNativeProduct,
} from './product-wgsl.js';
import {fits, packTable, type TableEntry} from './packed-table.js';
import type {WgslBuilder} from './wgsl.js';

/** By which tiles are tuned. */
export type ProductForm = ProductRule['kind'];

export interface UnitProgram {
  /** For messages. */
  readonly name: string;
  readonly form: ProductForm;
  /** Everything of the unit that the shader text depends on. */
  readonly key: string;
  /** Whether decoded operands have a code beside their value. */
  readonly codes: boolean;
  /** What products read beside their operands, under this name in the shader. */
  readonly reads: 'lut' | 'significands' | null;
  /** m of the table that products look up; null where they look none up. */
  readonly tableBits: number | null;
  /** What tables on the device are kept by: units with different accumulators share it. */
  readonly product: ProductRule;
  readonly accumulator: Accumulator;
  /** Whether entries of this type have room for the products. */
  holds(entry: TableEntry): boolean;
  /** The words of what products read. */
  tableWords(entry: TableEntry): Uint32Array;
  /** Emits decoding and product (product-wgsl.ts), preceded by `roundOperand`. */
  emitProduct(wgsl: WgslBuilder, entry: TableEntry): void;
  /** Emits the addition of a product to the variable `sum`, and of a block's sum to `total`. */
  emitAdd(wgsl: WgslBuilder, sum: string, product: string): void;
  emitAddBlock(wgsl: WgslBuilder, total: string, sum: string): void;
}

type Additions = Pick<UnitProgram, 'emitAdd' | 'emitAddBlock'>;

const emitFloat32Addition = (wgsl: WgslBuilder, sum: string, addend: string) =>
  wgsl.emit(`${sum} = ${sum} + ${addend};`);

const ADDITIONS: Readonly<Record<AdditionKind, Additions>> = {
  fp32: {emitAdd: emitFloat32Addition, emitAddBlock: emitFloat32Addition},
};

const programs = new WeakMap<MacUnit, UnitProgram>();

/**
 * The table is built and the closed form proven here, before a shader is made of it.
 *
 * @throws {MultiplierError} a unit that breaks its contract.
 */
export function programOf(unit: MacUnit): UnitProgram {
  let program = programs.get(unit);
  if (!program) programs.set(unit, (program = createProgram(unit)));
  return program;
}

function createProgram(unit: MacUnit): UnitProgram {
  const {name, product, accumulator} = unit;
  if (!product.exact) product.lut();
  const parts = productParts(unit);
  const key = `${parts.key},${accumulator.kind}`;
  return {name, product, accumulator, ...ADDITIONS[accumulator.kind], ...parts, key};
}

type ProductParts = Omit<UnitProgram, 'name' | 'product' | 'accumulator' | keyof Additions>;

/** Two of everything where the operands have one encoding, as those of every float product do. */
function productParts({first: encoding, product}: MacUnit): ProductParts {
  const nothing = {
    codes: false,
    reads: null,
    tableBits: null,
    holds: () => true,
    tableWords: () => new Uint32Array(0),
  };
  if (product.exact) {
    const emitProduct = (wgsl: WgslBuilder) => emitExactProduct(wgsl, encoding);
    return {...nothing, form: 'native', key: 'exact', emitProduct};
  }
  const form = formOf(product);
  if (form === 'native' && product.kind === 'native') {
    const {firstSignificands, secondSignificands, productBits} = product.form;
    const prepared = [firstSignificands !== undefined, secondSignificands !== undefined];
    return {
      ...nothing,
      form,
      key: [form, operandKey(encoding), ...prepared, productBits].join(),
      reads: prepared.includes(true) ? 'significands' : null,
      tableWords() {
        const values = [...(firstSignificands ?? []), ...(secondSignificands ?? [])];
        return new Uint32Array(Float32Array.from(values).buffer);
      },
      emitProduct: wgsl => emitNativeProduct(wgsl, encoding, product.form),
    };
  }
  if (form === 'logAdd' && product.kind === 'logAdd') {
    const {setLowestBit, logOffset, offset, productBits} = product.form;
    return {
      ...nothing,
      form,
      key: [form, operandKey(encoding), setLowestBit, logOffset, offset, productBits].join(),
      codes: true,
      emitProduct: wgsl => emitLogAddProduct(wgsl, encoding, product.form),
    };
  }
  return {
    form: 'lut',
    key: ['lut', operandKey(encoding)].join(),
    codes: true,
    reads: 'lut',
    tableBits: encoding.format.fractionBits,
    holds: entry => entry === 'f32' || fits(significandProducts(product.lut()), entry),
    tableWords: entry => packTable(significandProducts(product.lut()), entry),
    emitProduct: (wgsl, entry) => emitLookUp(wgsl, encoding, entry),
  };
}

/** The form that shaders use; where the rule asks for one that they cannot emit, the table. */
export function formOf(product: ProductRule): ProductForm {
  return product.kind === 'native' && !isSafeNative(product.form) ? 'lut' : product.kind;
}

function isSafeNative({firstSignificands, secondSignificands, productBits}: NativeForm): boolean {
  // Cutting the whole fraction of a product would make infinity of NaN.
  if (productBits === 0) return false;
  // Outside [1, 2) a prepared operand has another exponent: it may over- or underflow by itself.
  return [firstSignificands, secondSignificands].every(
    significands => !significands || significands.every(s => s >= 1 && s < 2),
  );
}
