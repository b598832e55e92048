// SPDX-License-Identifier: Apache-2.0
/** The worker in which `@yowasp/yosys` runs. One question at a time. */
import {parentPort} from 'node:worker_threads';
import {limitMemory} from '../limited-memory.js';
import {loadPackage, unavailable} from '../optional-package.js';
import type {Answer, Question} from './yosys.js';

parentPort!.on('message', (question: Question) => {
  void answer(question).then(reply => parentPort!.postMessage(reply));
});

/** MiB. Before the package is loaded. */
const MEMORY = 2048;
const isFull = limitMemory(MEMORY);
const MAX_TEXT = 2 ** 20;

async function answer({args, files}: Question): Promise<Answer> {
  let yosys: typeof import('@yowasp/yosys');
  try {
    yosys = await loadPackage('@yowasp/yosys');
  } catch (error) {
    return unavailable(error);
  }
  let log = '';
  const decoder = new TextDecoder();
  const print = (bytes: Uint8Array | null) => {
    // Errors are at the end.
    if (bytes) log = (log + decoder.decode(bytes, {stream: true})).slice(-MAX_TEXT);
  };
  try {
    const written = await yosys.runYosys(args, files, {stdin: null, stdout: print, stderr: print});
    return {files: written!, log};
  } catch (error) {
    if (isFull()) return {crash: `more than ${MEMORY} MiB of memory in use`};
    return error instanceof yosys.Exit ? {log} : {crash: String(error)};
  }
}
