// SPDX-License-Identifier: Apache-2.0
/** From Verilog sources to netlists of gates, by Yosys. */
import type {Tree} from '@yowasp/yosys';
import {MultiplierError} from '@tfjs-approx/arithmetic';
import {hasExtension} from '../../file-extension.js';
import type {NamedValues} from '../named-values.js';
import {combinationalLoop} from './circuit.js';
import {DIVISIONS, DIVISIONS_FILE} from './divisions.js';
import {type Module, type Modules, parseNetlist} from './netlist.js';
import {assertWidths} from './ports.js';
import {type YosysOptions, runYosys} from './yosys.js';

/** As Yosys sees them. */
export interface SourceFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Those that are compiled. */
  readonly units: readonly string[];
}

/** What is synthesised. */
export interface Design {
  /** Module to synthesise; the one that no other instantiates unless given. */
  readonly top?: string;
  /** Preferred where there are several of these. */
  readonly likely: string;
  readonly parameters: NamedValues;
  readonly defines: NamedValues;
}

export interface Synthesis {
  /** The module that was synthesised. */
  readonly top: string;
  /** As written: mapped to gates one by one, nothing optimised but what has no effect. */
  readonly elaborated: Module;
  /** Optimised, in gates of two inputs, inverters and multiplexers. */
  readonly optimised: Module;
  /** `Yosys 0.55` */
  readonly tool: string;
  /** What Yosys warns of, a line each; empty where it does not. */
  readonly warnings: string;
}

export const VERILOG_EXTENSIONS = ['.v', '.sv'] as const;
/** Begins the name of a module that cannot be elaborated yet. */
const ABSTRACT = '$abstract\\';
/** Warnings about designs whose netlist would not be what was written. */
const REFUSED =
  'Driver-driver conflict for|conflicting (drivers|with|.[*] init)|is used but has no driver';
/** No warning says this. */
const NOTHING = '^$.';

/** @throws {MultiplierError} with what is wrong with the sources, or what Yosys says of them. */
export async function synthesise(
  {files, units}: SourceFiles,
  {top, likely, parameters, defines}: Design,
  options: YosysOptions,
): Promise<Synthesis> {
  const tree = treeOf(
    new Map<string, Uint8Array | string>([...files, [DIVISIONS_FILE, DIVISIONS]]),
  );
  // Sources may print and assert, which is nothing that a circuit does.
  const macros = valueList(defines, options.op, 'defines (-D)').map(text => ` -D${text}`);
  const frontend = `verilog -sv -nodisplay -noassert -noassume${macros.join('')}`;
  const values = valueList(parameters, options.op, 'parameters (--param)');
  const run = (script: readonly string[], refused = REFUSED) =>
    runYosys(
      ['-q', '-e', refused, '-f', frontend, '-p', script.join('; '), ...units],
      tree,
      options,
    );

  const {files: listing} = await run(['proc', 'write_json .modules.json']);
  const listed = parseNetlist(text(listing, '.modules.json'));
  const chosen = topModule(listed, {top, likely, hasParameters: values.length > 0}, options.op);
  const elaborate = [
    `hierarchy -check -top ${chosen}`,
    ...values.map(value => `-chparam ${value.replace('=', ' ')}`),
  ].join(' ');
  // Before synthesis, which may take very long for them.
  const op = `Verilog module "${chosen}"`;
  if (values.length === 0) {
    assertWidths(listed[chosen], op);
  } else {
    const {files: derived} = await run([elaborate, 'proc', 'write_json .derived.json']);
    assertWidths(topOf(parseNetlist(text(derived, '.derived.json'))), op);
  }
  const {files: written, warnings} = await run([
    elaborate,
    'proc',
    'delete t:$print t:$check',
    'flatten',
    'check',
    // A register that is initialised and never assigned is a constant. Nothing else is decided.
    'opt_expr -undriven -keepdc',
    'opt_clean',
    'memory',
    'opt_clean',
    'design -save elaborated',
    // What lies outside of a vector is undefined; zero here, so that another choice shows.
    'chtype -set $shift t:$shiftx',
    // What is divided by zero, too.
    `techmap -max_iter 1 -map ${DIVISIONS_FILE}`,
    'techmap',
    'opt_clean',
    'write_json .elaborated.json',
    'design -load elaborated',
    'synth -noabc -noshare',
    'abc -g AND,OR,XOR,NAND,NOR,XNOR,MUX',
    'opt_clean',
    'write_json .optimised.json',
  ]).catch(async (error: unknown) => {
    // Inverters in a loop are taken for nets without a driver, once they are simplified.
    if (!/is used but has no driver/.test(String(error))) throw error;
    const {warnings: found} = await run([elaborate, 'proc -noopt', 'flatten', 'check'], NOTHING);
    throw loopError(found, op) ?? error;
  });
  const optimised = text(written, '.optimised.json');
  return {
    top: chosen,
    elaborated: topOf(parseNetlist(text(written, '.elaborated.json'))),
    optimised: topOf(parseNetlist(optimised)),
    warnings,
    tool: /"creator": "(Yosys [^ "]+)/.exec(optimised)?.[1] ?? 'Yosys',
  };
}

/** Whether a file is a source, rather than one that sources include or read. */
export function isVerilog(file: string): boolean {
  return hasExtension(file, VERILOG_EXTENSIONS);
}

/** With parameters that are given, the module has another name. All is flat otherwise. */
function topOf(modules: Modules): Module {
  const all = Object.values(modules);
  return all.find(({attributes}) => attributes?.['top'] !== undefined) ?? all[0];
}

/** The loop that `check` tells of, by the wires that have a name, or by where its cells are. */
function loopError(warnings: string, op: string): MultiplierError | undefined {
  const loop = /found logic loop[^]*/.exec(warnings)?.[0];
  if (loop === undefined) return undefined;
  const wires = [...loop.matchAll(/^\s*wire \\?([^\s$]\S*)/gm)].map(([, name]) => name);
  const places = [...loop.matchAll(/ source: (\S+)/g)].map(([, place]) => place);
  return combinationalLoop([...new Set(wires.length > 0 ? wires : places)], op);
}

interface Wanted {
  readonly top?: string;
  readonly likely: string;
  readonly hasParameters: boolean;
}

function topModule(modules: Modules, {top, likely, hasParameters}: Wanted, op: string): string {
  const names = Object.keys(modules).map(nameOf);
  const instantiated = new Set(
    Object.values(modules).flatMap(({cells}) => Object.values(cells).map(({type}) => type)),
  );
  const roots = names.filter(name => !instantiated.has(name));
  const candidates = top !== undefined ? [top] : roots.includes(likely) ? [likely] : roots;
  const [chosen] = candidates;
  if (candidates.length !== 1 || !names.includes(chosen)) {
    throw new MultiplierError(op, {
      found: names.length === 0 ? 'no module' : `the modules ${(top ? names : roots).join(', ')}`,
      expected:
        top === undefined
          ? `one that no other instantiates, or one named ${likely} among them`
          : `a module ${top}`,
      remedy: names.length === 0 ? undefined : 'Say which one by the option top (--top <module>).',
    });
  }
  if (Object.hasOwn(modules, ABSTRACT + chosen) && !hasParameters) {
    throw new MultiplierError(op, {
      found: `the module ${chosen} with a parameter that has no value`,
      expected: 'a value of every parameter of the top module',
      remedy: 'Give it by the option parameters (--param NAME=VALUE).',
    });
  }
  // It becomes a part of a script.
  if (!/^[\w$]+$/.test(chosen)) {
    throw new MultiplierError(op, {
      found: `the top module "${chosen}"`,
      expected: 'a name of letters, digits, _ and $',
      remedy: 'Rename it, or give another by the option top (--top <module>).',
    });
  }
  return chosen;
}

function nameOf(module: string): string {
  return module.startsWith(ABSTRACT) ? module.slice(ABSTRACT.length) : module;
}

/** `W=8`, as parts of a script. */
function valueList(values: NamedValues, op: string, option: string): string[] {
  return Object.entries(values).map(([name, value]) => {
    if (/^[A-Za-z_]\w*$/.test(name) && /^-?[\w']*$/.test(String(value))) {
      return value === '' ? name : `${name}=${value}`;
    }
    throw new MultiplierError(op, {
      found: `${option} with ${name}=${value}`,
      expected: "a name, and a number such as 8 or 4'b1010, or a word",
    });
  });
}

function treeOf(files: ReadonlyMap<string, Uint8Array | string>): Tree {
  // Without a prototype, as a folder may have any name.
  const newFolder = () => Object.create(null) as Tree;
  const root = newFolder();
  for (const [file, bytes] of files) {
    const parts = file.split('/');
    let folder = root;
    for (const part of parts.slice(0, -1)) folder = (folder[part] ??= newFolder()) as Tree;
    folder[parts.at(-1)!] = bytes;
  }
  return root;
}

function text(tree: Tree, file: string): string {
  const content = tree[file] as string | Uint8Array;
  return typeof content === 'string' ? content : new TextDecoder().decode(content);
}
