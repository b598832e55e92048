// SPDX-License-Identifier: Apache-2.0
/** The Pareto front of area and error: no other multiplier is better in one and as good in the other. */

export interface AreaAndError {
  readonly area: number;
  readonly error: number;
}

/** By area. Of several that are alike the first stands for all. */
export function paretoFront<P extends AreaAndError>(points: readonly P[]): P[] {
  const front: P[] = [];
  for (const point of [...points].sort((a, b) => a.area - b.area || a.error - b.error)) {
    if (front.length === 0 || point.error < front.at(-1)!.error) front.push(point);
  }
  return front;
}
