// SPDX-License-Identifier: Apache-2.0
// Skipping a test with a reason, which the summary of `npm test` shows. Tests are never skipped silently.

/**
 * Call as `skipBecause(this, 'APPROX_DATA_DIR is not set')` in a test or in a before hook.
 * @param context `this` of the test or hook, which must therefore be a `function`.
 */
export function skipBecause(context: Mocha.Context, reason: string): never {
  // In a hook, mocha marks the tests of the suite as pending one by one: the reason is left at the suite.
  const runnable: Mocha.Runnable & {type?: string} = context.runnable();
  const owner = runnable.type === 'hook' ? runnable.parent : runnable;
  Object.assign(owner ?? runnable, {skipReason: reason});
  return context.skip();
}
