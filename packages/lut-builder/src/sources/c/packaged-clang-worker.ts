// SPDX-License-Identifier: Apache-2.0
/** The worker in which `@yowasp/clang` compiles. One question at a time. */
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {parentPort} from 'node:worker_threads';
import type {Tree} from '@yowasp/clang';
import type {Answer, Question} from './packaged-clang.js';

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
    const {code} = error as {code?: string};
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    return isMissing ? {missing: true} : {failure: String(error)};
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
    return wasm === undefined ? {diagnostics: text} : {wasm};
  } catch (error) {
    // The compiler ends with a code, or traps: deep nesting overflows its stack.
    return {diagnostics: text === '' ? `clang failed: ${String(error)}` : text};
  }
}

/** From beside this package, or from the folder a global `lut-builder` is run in. */
async function load(): Promise<Package> {
  let namespace: Package;
  try {
    namespace = await import('@yowasp/clang');
  } catch (error) {
    if ((error as {code?: string}).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const here = createRequire(join(process.cwd(), 'package.json'));
    const file = pathToFileURL(here.resolve('@yowasp/clang')).href;
    namespace = (await import(file)) as Package;
  }
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
