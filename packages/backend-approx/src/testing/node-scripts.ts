// SPDX-License-Identifier: Apache-2.0
/** Scripts in processes of their own, run from a folder of their own, as a user has them. */
import {execFile} from 'node:child_process';
import {mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

export const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
export const TFJS_SCOPE = dirname(
  dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs/package.json')),
);
const REGISTER = '@tfjs-approx/backend-approx/register';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with node_modules as links and files in it, removed when the tests have ended. */
export function makeFolder(
  links: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'approx-register-')));
  for (const [name, target] of Object.entries(links)) {
    const path = join(folder, 'node_modules', name);
    mkdirSync(dirname(path), {recursive: true});
    symlinkSync(target, path, 'junction');
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), {recursive: true});
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, {recursive: true, force: true});
}

interface Run {
  readonly env?: Record<string, string>;
  readonly register?: boolean;
  /** Of Node, and of the script. */
  readonly options?: readonly string[];
  readonly parameters?: readonly string[];
}

/** Runs `node [--import register] script` in the folder; never rejects. */
export function runNode(
  folder: string,
  script: string,
  {env = {}, register = true, options: nodeOptions = [], parameters = []}: Run = {},
): Promise<Ended> {
  const imports = register ? ['--import', REGISTER] : [];
  const args = [...imports, ...nodeOptions, script, ...parameters];
  const options = {cwd: folder, env: {...process.env, ...env}, timeout: 280_000};
  return new Promise(resolve => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      resolve({code: error ? Number(error.code ?? -1) : 0, stdout, stderr});
    });
  });
}
