// SPDX-License-Identifier: Apache-2.0
/**
 * The functions of a module with their parameters, from the debugging information that clang
 * wrote: nothing else says how a parameter is called, or that an i32 is a uint8_t.
 *
 * Reads DWARF 4 (dwarfstd.org) as clang writes it for WebAssembly.
 */

/** A function that a module defines. */
export interface CFunction {
  /** As in the source, with the namespaces it is in: `filters::mul<8>`. */
  readonly name: string;
  /** In the symbol table: mangled if it is of C++. */
  readonly symbol: string;
  /** The unit it is in, as its file was named to the compiler. */
  readonly unit: string;
  readonly result: CType;
  readonly parameters: ReadonlyArray<{readonly name: string; readonly type: CType}>;
  readonly variadic: boolean;
}

export interface CType {
  /** As the source spells it. */
  readonly text: string;
  readonly kind: 'float' | 'signed' | 'unsigned' | 'other';
  readonly bits: number;
}

const TAG = {
  array: 0x01,
  class: 0x02,
  enumeration: 0x04,
  parameter: 0x05,
  pointer: 0x0f,
  unit: 0x11,
  structure: 0x13,
  subroutine: 0x15,
  typedef: 0x16,
  union: 0x17,
  unspecifiedParameters: 0x18,
  base: 0x24,
  constant: 0x26,
  subprogram: 0x2e,
  volatile: 0x35,
  namespace: 0x39,
} as const;

const AT = {
  name: 0x03,
  byteSize: 0x0b,
  lowPc: 0x11,
  abstractOrigin: 0x31,
  encoding: 0x3e,
  specification: 0x47,
  type: 0x49,
  linkageName: 0x6e,
} as const;

const KIND_OF_ENCODING: Readonly<Record<number, CType['kind']>> = {
  0x04: 'float',
  0x05: 'signed',
  0x06: 'signed',
  0x07: 'unsigned',
  0x08: 'unsigned',
};

/** A debugging information entry. */
interface Entry {
  readonly tag: number;
  readonly attributes: ReadonlyMap<number, number | string>;
  readonly parent: Entry | undefined;
  readonly children: Entry[];
}

/** @throws {RangeError} if the sections are not what they must be. */
export function functionsOf(module: WebAssembly.Module): CFunction[] {
  const entries = readEntries({
    info: section(module, '.debug_info'),
    abbreviations: section(module, '.debug_abbrev'),
    strings: section(module, '.debug_str'),
  });
  const functions: CFunction[] = [];
  for (const entry of entries.values()) {
    if (entry.tag === TAG.subprogram && entry.attributes.has(AT.lowPc)) {
      functions.push(functionOf(entry, entries));
    }
  }
  return functions;
}

function functionOf(entry: Entry, entries: ReadonlyMap<number, Entry>): CFunction {
  const name = String(attribute(entry, AT.name, entries) ?? '');
  const own = declarationOf(entry, entries);
  const scopes: string[] = [];
  let unit = '';
  for (let scope = own.parent; scope !== undefined; scope = scope.parent) {
    const scopeName = String(scope.attributes.get(AT.name) ?? '(anonymous)');
    if (scope.tag === TAG.unit) unit = scopeName;
    else scopes.unshift(scopeName);
  }
  return {
    name: [...scopes, name].join('::'),
    symbol: String(attribute(entry, AT.linkageName, entries) ?? name),
    unit,
    result: typeOf(entry, entries),
    parameters: entry.children
      .filter(({tag}) => tag === TAG.parameter)
      .map(parameter => ({
        name: String(attribute(parameter, AT.name, entries) ?? ''),
        type: typeOf(parameter, entries),
      })),
    variadic: entry.children.some(({tag}) => tag === TAG.unspecifiedParameters),
  };
}

/** A definition may say of itself only which entry has the rest. */
function attribute(
  entry: Entry,
  at: number,
  entries: ReadonlyMap<number, Entry>,
): number | string | undefined {
  const found = entry.attributes.get(at);
  if (found !== undefined) return found;
  const more = referred(entry, entries);
  return more && attribute(more, at, entries);
}

function referred(entry: Entry, entries: ReadonlyMap<number, Entry>): Entry | undefined {
  const reference =
    entry.attributes.get(AT.abstractOrigin) ?? entry.attributes.get(AT.specification);
  return reference === undefined ? undefined : entries.get(Number(reference));
}

/** Where a function stands in the source: its innermost entry has the namespaces around it. */
function declarationOf(entry: Entry, entries: ReadonlyMap<number, Entry>): Entry {
  const more = referred(entry, entries);
  return more ? declarationOf(more, entries) : entry;
}

function typeOf(entry: Entry, entries: ReadonlyMap<number, Entry>): CType {
  const reference = attribute(entry, AT.type, entries);
  const type = reference === undefined ? undefined : entries.get(Number(reference));
  if (type === undefined) return {text: 'void', kind: 'other', bits: 0};
  const name = type.attributes.get(AT.name);
  switch (type.tag) {
    case TAG.base: {
      const text = String(name);
      const kind = KIND_OF_ENCODING[Number(type.attributes.get(AT.encoding))] ?? 'other';
      // The bytes of a _BitInt say less than its name.
      const isBitInt = text.includes('_BitInt');
      const bits = 8 * Number(type.attributes.get(AT.byteSize) ?? 0);
      const isCallable = !isBitInt && (kind === 'float' ? bits === 32 || bits === 64 : bits <= 64);
      return {text, kind: isCallable ? kind : 'other', bits};
    }
    case TAG.typedef:
      return {...typeOf(type, entries), text: String(name)};
    case TAG.constant:
    case TAG.volatile:
      return typeOf(type, entries);
    case TAG.pointer:
      return {text: `${typeOf(type, entries).text} *`, kind: 'other', bits: 32};
    default:
      return {text: String(name ?? 'a type without a name'), kind: 'other', bits: 0};
  }
}

function section(module: WebAssembly.Module, name: string): Reader {
  return new Reader(WebAssembly.Module.customSections(module, name)[0] ?? new ArrayBuffer(0));
}

interface Sections {
  readonly info: Reader;
  readonly abbreviations: Reader;
  readonly strings: Reader;
}

interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: ReadonlyArray<readonly [at: number, form: number]>;
}

/** The entries of all units by their offset, in the order of the file. */
function readEntries({info, abbreviations, strings}: Sections): ReadonlyMap<number, Entry> {
  const entries = new Map<number, Entry>();
  while (!info.atEnd()) {
    const unitOffset = info.offset;
    const length = info.uint(4);
    const end = info.offset + length;
    const version = info.uint(2);
    if (version !== 4) throw new RangeError(`DWARF of version ${version}`);
    const codes = readAbbreviations(abbreviations, info.uint(4));
    info.uint(1);
    let parent: Entry | undefined;
    while (info.offset < end) {
      const offset = info.offset;
      const code = info.uleb();
      if (code === 0) {
        parent = parent?.parent;
        continue;
      }
      const abbreviation = codes.get(code);
      if (!abbreviation) throw new RangeError(`no abbreviation ${code}`);
      const attributes = new Map<number, number | string>();
      for (const [at, form] of abbreviation.attributes) {
        attributes.set(at, readForm(form, info, strings, unitOffset));
      }
      const entry: Entry = {tag: abbreviation.tag, attributes, parent, children: []};
      entries.set(offset, entry);
      parent?.children.push(entry);
      if (abbreviation.hasChildren) parent = entry;
    }
  }
  return entries;
}

function readAbbreviations(reader: Reader, offset: number): ReadonlyMap<number, Abbreviation> {
  const abbreviations = new Map<number, Abbreviation>();
  reader.offset = offset;
  for (let code = reader.uleb(); code !== 0; code = reader.uleb()) {
    const tag = reader.uleb();
    const hasChildren = reader.uint(1) === 1;
    const attributes: Array<readonly [number, number]> = [];
    for (;;) {
      const pair = [reader.uleb(), reader.uleb()] as const;
      if (pair[0] === 0) break;
      attributes.push(pair);
    }
    abbreviations.set(code, {tag, hasChildren, attributes});
  }
  return abbreviations;
}

/** References count from the start of the section, whatever their form. */
function readForm(form: number, info: Reader, strings: Reader, unit: number): number | string {
  switch (form) {
    case 0x01: // addr
    case 0x06: // data4
    case 0x10: // ref_addr
    case 0x17: // sec_offset
      return info.uint(4);
    case 0x03: // block2
      return info.skip(info.uint(2));
    case 0x04: // block4
      return info.skip(info.uint(4));
    case 0x05: // data2
      return info.uint(2);
    case 0x07: // data8
    case 0x20: // ref_sig8
      return info.skip(8);
    case 0x08: // string
      return info.string();
    case 0x09: // block
    case 0x18: // exprloc
      return info.skip(info.uleb());
    case 0x0a: // block1
      return info.skip(info.uint(1));
    case 0x0b: // data1
    case 0x0c: // flag
      return info.uint(1);
    case 0x0d: // sdata
    case 0x0f: // udata
      return info.uleb();
    case 0x0e: // strp
      strings.offset = info.uint(4);
      return strings.string();
    case 0x11: // ref1
      return unit + info.uint(1);
    case 0x12: // ref2
      return unit + info.uint(2);
    case 0x13: // ref4
      return unit + info.uint(4);
    case 0x15: // ref_udata
      return unit + info.uleb();
    case 0x19: // flag_present
      return 1;
    default:
      throw new RangeError(`DWARF form ${form}`);
  }
}

class Reader {
  offset = 0;
  readonly #view: DataView;

  constructor(buffer: ArrayBuffer) {
    this.#view = new DataView(buffer);
  }

  atEnd(): boolean {
    return this.offset >= this.#view.byteLength;
  }

  uint(bytes: 1 | 2 | 4): number {
    const at = this.offset;
    this.offset += bytes;
    if (bytes === 1) return this.#view.getUint8(at);
    return bytes === 2 ? this.#view.getUint16(at, true) : this.#view.getUint32(at, true);
  }

  /** LEB128. Signed numbers too long for 32 bits are not told from unsigned ones; none is used. */
  uleb(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.uint(1);
      value += (byte & 0x7f) * factor;
      if (byte < 128) return value;
    }
  }

  string(): string {
    const start = this.offset;
    while (this.uint(1) !== 0);
    const bytes = new Uint8Array(this.#view.buffer, start, this.offset - 1 - start);
    return new TextDecoder().decode(bytes);
  }

  skip(bytes: number): number {
    this.offset += bytes;
    return 0;
  }
}
