// SPDX-License-Identifier: Apache-2.0
// `npm run wasm`: compiles WebAssembly modules from C, the CPU engine's and the loop it is compared with, and
// writes each, as base64, into a TypeScript file that is committed. So nothing is compiled when the package is
// installed or bundled, and a test compiles again and compares. The compiler is LLVM from npm; the same version gives the same bytes.

import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {argv} from 'node:process';
import {fileURLToPath} from 'node:url';
import {commands} from '@yowasp/clang';

const root = join(import.meta.dirname, '..');
const engine = join(root, 'packages/backend-approx/src/engines/cpu');
const benchmarks = join(root, 'benchmarks/src/cpu-loops');

/** The files that hold a module, and what makes their text. */
export const generated = [
  {file: join(engine, 'wasm-module.ts'), text: engineText},
  {file: join(benchmarks, 'plain-gemm-module.ts'), text: plainGemmText},
];

const LARGEST_MEMORY = 2 ** 32;

/**
 * Compiles C to a WebAssembly module that imports its memory.
 * @param folder Of the sources; the one that ends in .c is compiled.
 * @param options More options for clang.
 */
async function compile(folder: string, options: readonly string[] = []): Promise<Uint8Array> {
  const names = readdirSync(folder).filter(name => /\.[ch]$/.test(name));
  const main = names.find(name => name.endsWith('.c')) ?? '';
  const files = await commands.clang(
    [
      '--target=wasm32-unknown-unknown',
      '-std=c17',
      '-O3',
      '-msimd128',
      '-mbulk-memory',
      '-ffreestanding',
      '-nostdlib',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-Wl,--no-entry',
      '-Wl,--import-memory',
      '-Wl,--stack-first',
      '-Wl,--strip-all',
      ...options,
      main,
      '-o',
      'module.wasm',
    ],
    Object.fromEntries(names.map(name => [name, readFileSync(join(folder, name), 'utf8')])),
  );
  return files?.['module.wasm'] as Uint8Array;
}

async function engineText(): Promise<string> {
  const module = await compile(join(engine, 'wasm'), [
    '-matomics',
    '-Wl,--shared-memory',
    `-Wl,--max-memory=${LARGEST_MEMORY}`,
    '-Wl,--export=__stack_pointer',
  ]);
  return `// SPDX-License-Identifier: Apache-2.0
/** Made by \`npm run wasm\` from the C files in ./wasm; do not edit. */

/** A WebAssembly module that imports a shared memory. */
export const WASM_BASE64 =
  '${base64(module)}';

/** The byte that says so; 1 there makes it a module for a memory of one thread. */
export const SHARED_FLAG = ${sharedFlagOf(module)};
`;
}

/** Where the limits' flags of the imported memory are. */
function sharedFlagOf(module: Uint8Array): number {
  // The import's two names, each after its length, the kind of import (2), and flags: has a maximum, is shared (3).
  const entry = Buffer.from('\x03env\x06memory\x02\x03', 'latin1');
  const at = Buffer.from(module).indexOf(entry);
  if (at < 0) throw new Error('The module does not import a shared memory env.memory.');
  return at + entry.length - 1;
}

async function plainGemmText(): Promise<string> {
  const module = await compile(benchmarks);
  return `// SPDX-License-Identifier: Apache-2.0
/** Made by \`npm run wasm\` from plain-gemm.c; do not edit. */
export const PLAIN_GEMM_BASE64 =
  '${base64(module)}';
`;
}

function base64(module: Uint8Array): string {
  return Buffer.from(module).toString('base64');
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const {file, text} of generated) {
    writeFileSync(file, await text());
    console.log(file);
  }
}
