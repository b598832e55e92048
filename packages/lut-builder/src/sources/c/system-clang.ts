// SPDX-License-Identifier: Apache-2.0
/**
 * The clang that is installed, if it comes with what WebAssembly needs: a linker and the headers
 * and libraries of WASI, which few have. A small program tells.
 */
import {spawn} from 'node:child_process';
import {rmSync} from 'node:fs';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {MultiplierError} from '@tfjs-approx/arithmetic';
import {beforeExit} from '../../before-exit.js';
import type {Sources} from '../sources.js';
import {OUTPUT_FILE, RUNTIME, RUNTIME_FILE, clangArguments} from './command-line.js';
import {COMPILER_MEMORY} from './compiler-memory.js';
import {
  type CompileOptions,
  type Compiled,
  type Compiler,
  type Language,
  languageOf,
} from './compiler.js';

const TARGETS = ['wasm32-wasip1', 'wasm32-wasi'] as const;
type Target = (typeof TARGETS)[number];

const PROBES: Readonly<Record<Language, {readonly file: string; readonly text: string}>> = {
  c: {
    file: '/probe.c',
    text: '#include <math.h>\n#include <stdint.h>\n#include <stdlib.h>\nfloat f(float a) { return powf(a, *(float *)malloc(4)); }',
  },
  'c++': {
    file: '/probe.cpp',
    text: '#include <cmath>\n#include <cstdint>\n#include <vector>\nfloat f(float a) { return std::vector<float>(3).at(std::pow(a, 2)); }',
  },
};
const PROBE_LIMITS: CompileOptions = {time: 10, memory: 16};

const found = new Map<Language, Promise<Compiler | undefined>>();

/** `undefined` if there is none that can do it. Looked for once. */
export function systemClang(language: Language): Promise<Compiler | undefined> {
  let compiler = found.get(language);
  if (compiler === undefined) {
    compiler = probe(language);
    found.set(language, compiler);
  }
  return compiler;
}

async function probe(language: Language): Promise<Compiler | undefined> {
  const {file, text} = PROBES[language];
  const sources: Sources = {
    files: new Map([[file, Buffer.from(text)]]),
    units: [file],
    includeFolders: [],
  };
  for (const target of TARGETS) {
    try {
      if ('wasm' in (await compile(sources, PROBE_LIMITS, target))) {
        return {compile: (model, limits) => compile(model, limits, target)};
      }
    } catch {
      return undefined;
    }
  }
  return undefined;
}

async function compile(
  sources: Sources,
  limits: CompileOptions,
  target: Target,
): Promise<Compiled> {
  const root = await mkdtemp(join(tmpdir(), 'lut-builder-clang-'));
  const release = beforeExit(() => rmSync(root, {recursive: true, force: true}));
  try {
    for (const [path, content] of [...sources.files, [RUNTIME_FILE, RUNTIME] as const]) {
      const copy = join(root, path);
      await mkdir(dirname(copy), {recursive: true});
      await writeFile(copy, content);
    }
    const options = {root: root.replaceAll('\\', '/'), target};
    const args = clangArguments(sources, limits, languageOf(sources), options);
    const {code, text} = await run(args, root, limits.time);
    const said = text.replaceAll(options.root, '');
    if (code === 0) return {wasm: await readFile(join(root, OUTPUT_FILE)), warnings: said};
    return {diagnostics: said || `clang ended with code ${code}`};
  } finally {
    await rm(root, {recursive: true, force: true});
    release();
  }
}

const MAX_TEXT = 2 ** 16;
/** MiB of addresses that clang and its libraries are mapped to, with room to spare. */
const PROGRAM_MEMORY = 512;

function run(
  args: readonly string[],
  cwd: string,
  seconds: number,
): Promise<{code: number | null; text: string}> {
  const isWindows = process.platform === 'win32';
  // An include or a macro may have no end. The programs themselves take some of it.
  const [file, ...rest] = isWindows
    ? ['clang', ...args]
    : [
        '/bin/sh',
        '-c',
        `ulimit -S -v ${(COMPILER_MEMORY + PROGRAM_MEMORY) * 2 ** 10}; exec clang "$@"`,
        'sh',
        ...args,
      ];
  return new Promise((resolve, reject) => {
    // A group of its own, as clang starts the compiler and the linker as further processes.
    const child = spawn(file, rest, {
      cwd,
      detached: !isWindows,
      stdio: ['ignore', 'ignore', 'pipe'],
      windowsHide: true,
    });
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      if (text.length < MAX_TEXT) text += chunk;
    });
    const end = () => {
      if (isWindows) child.kill();
      else process.kill(-child.pid!, 'SIGKILL');
    };
    const release = beforeExit(end);
    const timer = setTimeout(() => {
      end();
      reject(
        new MultiplierError('compiling by clang', {
          found: `no end within ${seconds} s`,
          expected: 'a model that compiles in time',
          remedy: 'Raise the option timeLimit (--time-limit <seconds>).',
        }),
      );
    }, seconds * 1000);
    child.on('error', error => {
      clearTimeout(timer);
      release();
      reject(error);
    });
    child.on('close', code => {
      clearTimeout(timer);
      release();
      resolve({code, text});
    });
  });
}
