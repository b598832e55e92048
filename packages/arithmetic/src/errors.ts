// SPDX-License-Identifier: Apache-2.0
/**
 * The errors of this package: every message names the operation or file, what was found, what was
 * expected and, where there is one, the remedy. The same facts are there as fields.
 */

/** The facts from which a message is made. */
export interface ErrorFacts {
  /** What was found, as a phrase: `"mbm12"`, `3 bytes`. */
  readonly found: string;
  /** What was expected, as a phrase. */
  readonly expected: string;
  /** What the caller can do about it, as a sentence. */
  readonly remedy?: string;
}

function sentence(subject: string, {found, expected, remedy}: ErrorFacts): string {
  return `${subject}: found ${found}, expected ${expected}.${remedy ? ` ${remedy}` : ''}`;
}

/** An error that is made of facts: `Error in op: found x, expected y. Remedy.` */
export class FactsError extends Error {
  readonly found: string;
  readonly expected: string;
  readonly remedy?: string;

  /** @param subject What the facts are of. @param options The error that was the cause, if one was. */
  constructor(subject: string, facts: ErrorFacts, options?: ErrorOptions) {
    super(sentence(subject, facts), options);
    this.found = facts.found;
    this.expected = facts.expected;
    this.remedy = facts.remedy;
  }
}

/** A multiplier that does not exist, or that cannot do what was asked of it. */
export class MultiplierError extends FactsError {
  override readonly name = 'MultiplierError';
  readonly op: string;

  /** @param options The error that was the cause, if one was. */
  constructor(op: string, facts: ErrorFacts, options?: ErrorOptions) {
    super(`Error in ${op}`, facts, options);
    this.op = op;
  }
}

/** A table, or a file of one, that is not what its format says it must be. */
export class LutFormatError extends FactsError {
  override readonly name = 'LutFormatError';
  /** The file, or the name of the table where there is no file. */
  readonly file: string;
  /** Which part of the file or table is wrong: `length`, `dtype`, `entry 17`. */
  readonly part: string;

  constructor(file: string, part: string, facts: ErrorFacts) {
    super(`Error in LUT "${file}": ${part}`, facts);
    this.file = file;
    this.part = part;
  }
}

/** Two operands for which a model's answer cannot come from a mantissa LUT. */
export interface CounterExample {
  readonly a: number;
  readonly b: number;
  /** The result a mantissa LUT would give, or a phrase where no single value is expected. */
  readonly expected: number | string;
  readonly found: number;
}

/** A functional model that no mantissa LUT can stand for. */
export class RepresentabilityError extends Error {
  override readonly name = 'RepresentabilityError';
  readonly model: string;
  /** Which property the model lacks: `sign symmetry`, `significand product in [0, 4)`, ... */
  readonly property: string;
  /** The first pair of operands, in order of the check, that shows it. */
  readonly counterexample: CounterExample;
  readonly remedy: string;

  constructor(
    model: string,
    property: string,
    counterexample: CounterExample,
    remedy = 'A mantissa LUT cannot stand for this model.',
  ) {
    const {a, b, expected, found} = counterexample;
    super(
      sentence(`Error in model "${model}": no ${property}: at (${a}, ${b})`, {
        found: String(found),
        expected: String(expected),
        remedy,
      }),
    );
    this.model = model;
    this.property = property;
    this.counterexample = counterexample;
    this.remedy = remedy;
  }
}
