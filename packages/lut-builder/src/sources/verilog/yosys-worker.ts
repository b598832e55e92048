// SPDX-License-Identifier: Apache-2.0
/** Runs Yosys in a thread of its own, where a run that takes too long can be ended: see yosys.ts. */
import {parentPort} from 'node:worker_threads';
import type {Tree} from '@yowasp/yosys';

export interface Run {
  readonly args: string[];
  readonly files: Tree;
}

export type Outcome =
  | {readonly kind: 'done'; readonly files: Tree}
  /** Yosys has said what is wrong. */
  | {readonly kind: 'refused'; readonly log: string}
  | {readonly kind: 'crashed'; readonly message: string}
  | {readonly kind: 'missing'; readonly message: string};

async function run({args, files}: Run): Promise<Outcome> {
  let yosys: typeof import('@yowasp/yosys');
  try {
    yosys = await import('@yowasp/yosys');
  } catch (error) {
    return {kind: 'missing', message: (error as Error).message};
  }
  let log = '';
  const decoder = new TextDecoder();
  const print = (bytes: Uint8Array | null) => {
    if (bytes) log += decoder.decode(bytes, {stream: true});
  };
  try {
    const written = await yosys.runYosys(args, files, {stdin: null, stdout: print, stderr: print});
    return {kind: 'done', files: written!};
  } catch (error) {
    return error instanceof yosys.Exit
      ? {kind: 'refused', log}
      : {kind: 'crashed', message: String(error)};
  }
}

parentPort!.on('message', (job: Run) => {
  void run(job).then(outcome => parentPort!.postMessage(outcome));
});
