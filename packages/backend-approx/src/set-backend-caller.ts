// SPDX-License-Identifier: Apache-2.0
/** Who called tf.setBackend: the script, or a package that it imports. */

/** Parts of TensorFlow.js through which the call comes. */
const PASSED_THROUGH = /^(@tensorflow\/tfjs(-core)?|@tfjs-approx\/backend-approx)$/;

/** @returns the package's name; null for the script, and for what is in no package. */
export function callerOfSetBackend(): string | null {
  const {prepareStackTrace, stackTraceLimit} = Error;
  Error.prepareStackTrace = (_, sites) => sites.map(site => site.getFileName() ?? '');
  Error.stackTraceLimit = 50;
  const files = new Error().stack as unknown as string[];
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  for (const file of files) {
    if (file === '' || file.startsWith('node:') || file === OWN || file === REGISTER) continue;
    const name = packageOf(file);
    if (name === null || !PASSED_THROUGH.test(name)) return name;
  }
  return null;
}

const OWN = import.meta.url;
const REGISTER = new URL('register.js', import.meta.url).href;

/** The last node_modules folder of a path says in which package a file is, in pnpm's layout too. */
function packageOf(file: string): string | null {
  const inside = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file)?.[1];
  return inside?.replace('\\', '/') ?? null;
}
