// SPDX-License-Identifier: Apache-2.0
import {readFileSync} from 'node:fs';

/** Of this package. */
export function packageVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as {version: string}).version;
}
