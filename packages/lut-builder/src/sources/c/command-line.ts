// SPDX-License-Identifier: Apache-2.0
/** clang's command line for a model, and the piece of C that is part of every one. */
import type {Sources} from '../sources.js';
import {type CompileOptions, type Language, languageOfUnit} from './compiler.js';

/** Of `Sources`; no file of a user is there. */
export const RUNTIME_FILE = '/lut-builder/runtime.h';
export const OUTPUT_FILE = '/lut-builder/model.wasm';
/** The import by which a module says that it is at its memory limit. */
export const OUT_OF_MEMORY = {module: 'lut-builder', name: 'out_of_memory'} as const;

const STACK_BYTES = 2 ** 20;

/**
 * Takes the place of the C library's sbrk. Models seldom look at what malloc returns, and address
 * 0 can be written to in WebAssembly: a null pointer would end in a wrong table, not in an error.
 *
 * Included before every unit, as compiling it by itself takes as long as a model does; weak, as
 * there may be several units.
 */
export const RUNTIME = `
__attribute__((import_module("${OUT_OF_MEMORY.module}"), import_name("${OUT_OF_MEMORY.name}")))
void lut_builder_out_of_memory(void);

__attribute__((weak, visibility("hidden")))
void *lut_builder_sbrk(__INTPTR_TYPE__ bytes) __asm__("sbrk");
void *lut_builder_sbrk(__INTPTR_TYPE__ bytes) {
  if (bytes == 0) return (void *)(__builtin_wasm_memory_size(0) << 16);
  __SIZE_TYPE__ pages = ((__SIZE_TYPE__)bytes + 0xffff) >> 16;
  __SIZE_TYPE__ before = __builtin_wasm_memory_grow(0, pages);
  if (before == (__SIZE_TYPE__)-1) lut_builder_out_of_memory();
  return (void *)(before << 16);
}
`;

/**
 * @param root What stands before every path, where the compiler sees the files below a folder.
 * @param target clang's older names for WASI end in `wasi`.
 */
export function clangArguments(
  sources: Sources,
  {memory, defines = {}}: Pick<CompileOptions, 'memory' | 'defines'>,
  language: Language,
  {root = '', target = 'wasm32-wasip1'} = {},
): string[] {
  return [
    `--target=${target}`,
    '-O2',
    // A product and a sum are rounded one by one, as the source says.
    '-ffp-contract=off',
    // Else C++ may take for granted that a loop ends, and drop what follows it.
    '-fno-finite-loops',
    '-fno-exceptions',
    // Signatures and parameter names are read from DWARF 4.
    '-gdwarf-4',
    ...(root === '' ? [] : [`-fdebug-prefix-map=${root}=`]),
    '-fvisibility=default',
    '-fno-caret-diagnostics',
    '-fno-color-diagnostics',
    '-ferror-limit=5',
    ...sources.includeFolders.map(folder => `-I${root}${folder}`),
    ...Object.entries(defines).map(
      ([name, value]) => `-D${name}${value === '' ? '' : `=${value}`}`,
    ),
    '-include',
    `${root}${RUNTIME_FILE}`,
    // Said, as clang takes `.C` for C++.
    ...sources.units.flatMap(unit => ['-x', languageOfUnit(unit), `${root}${unit}`]),
    ...(language === 'c++' ? ['-lc++', '-lc++abi'] : []),
    '-mexec-model=reactor',
    '-Wl,--export-dynamic',
    '-Wl,--export-table',
    // An overflow of the stack runs out of memory instead of over the data.
    '-Wl,--stack-first',
    `-Wl,-z,stack-size=${STACK_BYTES}`,
    `-Wl,--max-memory=${memory * 2 ** 20}`,
    '-o',
    `${root}${OUTPUT_FILE}`,
  ];
}
