// SPDX-License-Identifier: Apache-2.0
/** The worker in which `@yowasp/clang` compiles. One question at a time. */
import {parentPort} from 'node:worker_threads';
import type {Tree} from '@yowasp/clang';
import {limitMemory} from '../limited-memory.js';
import {loadPackage, unavailable} from '../optional-package.js';
import {COMPILER_MEMORY} from './compiler-memory.js';
import type {Answer, Question} from './packaged-clang.js';

/** Before the package is loaded. */
const isFull = limitMemory(COMPILER_MEMORY);

type Package = typeof import('@yowasp/clang');

const MAX_TEXT = 2 ** 16;

let loaded: Promise<Package> | undefined;

parentPort!.on('message', (question: Question) => {
  void answer(question).then(reply => parentPort!.postMessage(reply));
});

async function answer({files, args, output}: Question): Promise<Answer> {
  let clang: Package;
  try {
    clang = await (loaded ??= load());
  } catch (error) {
    return unavailable(error);
  }
  let text = '';
  const decoder = new TextDecoder();
  const collect = (bytes: Uint8Array | null) => {
    if (bytes !== null && text.length < MAX_TEXT) text += decoder.decode(bytes, {stream: true});
  };
  try {
    const made = await clang.commands.clang([...args], treeOf(files, output), {
      stdin: null,
      stdout: collect,
      stderr: collect,
      decodeASCII: false,
    });
    const wasm = fileIn(made, output);
    return wasm === undefined ? {diagnostics: text} : {wasm, warnings: text};
  } catch (error) {
    // The compiler ends with a code, or traps: deep nesting overflows its stack.
    if (isFull())
      return {
        diagnostics: `error: more than ${COMPILER_MEMORY} MiB of memory in use by the compiler`,
      };
    return {diagnostics: text === '' ? `clang failed: ${String(error)}` : text};
  }
}

async function load(): Promise<Package> {
  const namespace = await loadPackage<Package>('@yowasp/clang');
  // Loads what it needs ahead, or it would print its progress.
  await namespace.commands.clang(undefined, {}, {fetchProgress: () => {}});
  return namespace;
}

function treeOf(files: Question['files'], output: string): Tree {
  // Without a prototype, as a folder may have any name.
  const newFolder = () => Object.create(null) as Tree;
  const root = newFolder();
  for (const [path, content] of [...files, [output, ''] as const]) {
    const names = path.split('/').slice(1);
    const file = names.pop()!;
    let folder = root;
    for (const name of names) folder = (folder[name] ??= newFolder()) as Tree;
    if (path !== output) folder[file] = content;
  }
  return root;
}

function fileIn(tree: Tree | undefined, path: string): Uint8Array | undefined {
  let node: Tree | string | Uint8Array | undefined = tree;
  for (const name of path.split('/').slice(1)) node = (node as Tree | undefined)?.[name];
  return node instanceof Uint8Array ? node : undefined;
}
