// SPDX-License-Identifier: Apache-2.0
/**
 * Netlists as Yosys writes them (`write_json`): cells and ports whose bits are net numbers or
 * constants, least significant bit first.
 */

/** A net, or a constant: `x` is undefined and `z` not driven. */
export type Bit = number | '0' | '1' | 'x' | 'z';

export interface Port {
  readonly direction: 'input' | 'output' | 'inout';
  readonly bits: readonly Bit[];
  /** 1 if so declared. */
  readonly signed?: number;
}

export interface Cell {
  readonly type: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly connections: Readonly<Record<string, readonly Bit[]>>;
}

export interface Module {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly ports: Readonly<Record<string, Port>>;
  readonly cells: Readonly<Record<string, Cell>>;
  readonly netnames: Readonly<
    Record<string, {readonly hide_name: 0 | 1; readonly bits: readonly Bit[]}>
  >;
}

export type Modules = Readonly<Record<string, Module>>;

export function parseNetlist(json: string | Uint8Array): Modules {
  const text = typeof json === 'string' ? json : new TextDecoder().decode(json);
  return (JSON.parse(text) as {modules: Modules}).modules;
}

/**
 * A net as its source calls it: `sum[3]`. Nets that Yosys has made have no such name; what a port
 * has too goes by its name inside.
 */
export function sourceNames({netnames, ports}: Module): Map<Bit, string> {
  const names = new Map<Bit, string>();
  const visible = Object.entries(netnames).filter(([, {hide_name: hidden}]) => !hidden);
  const inside = visible.filter(([name]) => !Object.hasOwn(ports, name));
  const outside = visible.filter(([name]) => Object.hasOwn(ports, name));
  for (const [name, {bits}] of [...inside, ...outside]) {
    bits.forEach((bit, k) => {
      if (!names.has(bit)) names.set(bit, bits.length === 1 ? name : `${name}[${k}]`);
    });
  }
  return names;
}
