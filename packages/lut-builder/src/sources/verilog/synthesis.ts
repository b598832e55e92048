// SPDX-License-Identifier: Apache-2.0
/** From Verilog sources to netlists of gates, by Yosys. */
import type {Tree} from '@yowasp/yosys';
import {MultiplierError} from '@tfjs-approx/arithmetic';
import {hasExtension} from '../../file-extension.js';
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

export interface Synthesis {
  /** The module that was synthesised. */
  readonly top: string;
  /** As written: mapped to gates one by one, nothing optimised but what has no effect. */
  readonly elaborated: Module;
  /** Optimised, in gates of two inputs, inverters and multiplexers. */
  readonly optimised: Module;
  /** `Yosys 0.55` */
  readonly tool: string;
}

export const VERILOG_EXTENSIONS = ['.v', '.sv'] as const;
/** Begins the name of a module that cannot be elaborated yet. */
const ABSTRACT = '$abstract\\';
/** Warnings about designs whose netlist would not be what was written. */
const REFUSED =
  'Driver-driver conflict for|conflicting (drivers|with|.[*] init)|is used but has no driver';

/**
 * @param top Module to synthesise; the one that no other instantiates unless given.
 * @throws {MultiplierError} with what is wrong with the sources, or what Yosys says of them.
 */
export async function synthesise(
  {files, units}: SourceFiles,
  top: string | undefined,
  options: YosysOptions,
): Promise<Synthesis> {
  const tree = treeOf(
    new Map<string, Uint8Array | string>([...files, [DIVISIONS_FILE, DIVISIONS]]),
  );
  // Sources may print and assert, which is nothing that a circuit does.
  const frontend = 'verilog -sv -nodisplay -noassert -noassume';
  const run = (script: readonly string[]) =>
    runYosys(
      ['-q', '-e', REFUSED, '-f', frontend, '-p', script.join('; '), ...units],
      tree,
      options,
    );

  const listed = parseNetlist(
    text(await run(['proc', 'write_json .modules.json']), '.modules.json'),
  );
  const chosen = topModule(listed, top, options.op);
  // Before synthesis, which may take very long for them.
  assertWidths(listed[chosen]!, `Verilog module "${chosen}"`);
  const written = await run([
    `hierarchy -check -top ${chosen}`,
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
  ]);
  const optimised = text(written, '.optimised.json');
  return {
    top: chosen,
    elaborated: parseNetlist(text(written, '.elaborated.json'))[chosen]!,
    optimised: parseNetlist(optimised)[chosen]!,
    tool: /"creator": "(Yosys [^ "]+)/.exec(optimised)?.[1] ?? 'Yosys',
  };
}

/** Whether a file is a source, rather than one that sources include or read. */
export function isVerilog(file: string): boolean {
  return hasExtension(file, VERILOG_EXTENSIONS);
}

function topModule(modules: Modules, top: string | undefined, op: string): string {
  const names = Object.keys(modules);
  const instantiated = new Set(
    Object.values(modules).flatMap(({cells}) => Object.values(cells).map(({type}) => type)),
  );
  const candidates = top === undefined ? names.filter(name => !instantiated.has(name)) : [top];
  const [chosen] = candidates;
  if (candidates.length !== 1 || !names.includes(chosen!)) {
    throw new MultiplierError(op, {
      found: names.length === 0 ? 'no module' : `the modules ${names.join(', ')}`,
      expected: top === undefined ? 'one that no other instantiates' : `a module ${top}`,
      remedy: names.length === 0 ? undefined : 'Say which one by the option top (--top <module>).',
    });
  }
  if (chosen!.startsWith(ABSTRACT)) {
    throw new MultiplierError(op, {
      found: `the module ${chosen!.slice(ABSTRACT.length)} with a parameter that has no value`,
      expected: 'a default value of every parameter of the top module',
    });
  }
  // It becomes a part of a script.
  if (!/^[\w$]+$/.test(chosen!)) {
    throw new MultiplierError(op, {
      found: `the top module "${chosen}"`,
      expected: 'a name of letters, digits, _ and $',
      remedy: 'Rename it, or give another by the option top (--top <module>).',
    });
  }
  return chosen!;
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
