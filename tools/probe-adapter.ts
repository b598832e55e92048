// SPDX-License-Identifier: Apache-2.0
// Which WebGPU adapter a process with a given environment gets: a child is asked, since drivers are chosen when a
// process starts and a broken one may end it.

import {spawnSync} from 'node:child_process';
import {join} from 'node:path';

/** What adapter.info says. */
export interface AdapterInfo {
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  isFallbackAdapter: boolean;
}

const LIMIT_MS = 90_000;

/**
 * @param environment Added to this process's.
 * @param script adapter-probe.mjs, as a file that this Node can run.
 * @returns Why there is none, in words, where there is none.
 */
export function probeAdapter(
  environment: Record<string, string>,
  script = join(import.meta.dirname, 'adapter-probe.mjs'),
): AdapterInfo | string {
  const {status, signal, stdout, stderr, error} = spawnSync(process.execPath, [script], {
    // The loader then says on stderr why it passes over a driver.
    env: {VK_LOADER_DEBUG: 'error', ...process.env, ...environment},
    encoding: 'utf8',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const said = stderr
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('Warning: maxDynamic'))
    .slice(-4)
    .join(' | ');
  if (status !== 0) {
    const how = error?.message ?? (signal ? `signal ${signal}` : `exit code ${status}`);
    return `trying it ended with ${how}${said && `: ${said}`}`;
  }
  const info = JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null') as AdapterInfo | null;
  return info ?? `no adapter${said && ` (${said})`}`;
}
