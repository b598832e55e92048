// SPDX-License-Identifier: Apache-2.0
/**
 * The integral from low to high, by Simpson's rule.
 *
 * @param steps An even number of equal ones.
 */
export function simpson(
  integrand: (x: number) => number,
  low: number,
  high: number,
  steps: number,
): number {
  const h = (high - low) / steps;
  let sum = integrand(low) + integrand(high);
  for (let k = 1; k < steps; k++) sum += (k % 2 === 1 ? 4 : 2) * integrand(low + k * h);
  return (sum * h) / 3;
}
