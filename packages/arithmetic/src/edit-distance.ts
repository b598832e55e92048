// SPDX-License-Identifier: Apache-2.0
/** Levenshtein distance: insertions, deletions and substitutions. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}

/** Whether a name can be a misspelling of another: at most half of the longer one is changed. */
export function isNear(asked: string, name: string): boolean {
  const distance = editDistance(asked.toLowerCase(), name.toLowerCase());
  return 2 * distance <= Math.max(asked.length, name.length);
}

/** Of names the one spelt most like what was asked for, in any case of letters; undefined if none is near. */
export function closest(asked: string, names: readonly string[]): string | undefined {
  const distance = (name: string) => editDistance(asked.toLowerCase(), name.toLowerCase());
  const [first] = [...names].sort((a, b) => distance(a) - distance(b));
  return first !== undefined && isNear(asked, first) ? first : undefined;
}
