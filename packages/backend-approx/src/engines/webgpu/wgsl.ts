// SPDX-License-Identifier: Apache-2.0
/** A small builder that emits WGSL line by line, indented by nesting. */

export class WgslBuilder {
  readonly #lines: string[] = [];
  #depth = 0;

  /** Emits lines at the current indentation. */
  emit(...lines: string[]): this {
    for (const line of lines) this.#lines.push('  '.repeat(this.#depth) + line);
    return this;
  }

  /** Emits `head {`, the body one level deeper, and `}`. */
  block(head: string, body: () => void): this {
    this.emit(`${head} {`);
    this.#depth++;
    body();
    this.#depth--;
    return this.emit('}');
  }

  /** Emits the body once for every i in 0..count-1: an unrolled loop. */
  unroll(count: number, body: (i: number) => void): this {
    for (let i = 0; i < count; i++) body(i);
    return this;
  }

  toString(): string {
    return this.#lines.join('\n') + '\n';
  }
}

/** `a + b + c` without zero terms; `0` when nothing is left. */
export function sum(...terms: string[]): string {
  const kept = terms.filter(term => term !== '0');
  return kept.length > 0 ? kept.join(' + ') : '0';
}
