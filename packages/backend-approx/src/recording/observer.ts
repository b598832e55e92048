// SPDX-License-Identifier: Apache-2.0
/** Where products are announced before an engine forms them, for those who want to see the operands. */
import {session, type ObservedProducts, type Observer} from '../session.js';

export type {ObservedProducts, Observer};

/** @returns the observer there was. */
export function setObserver(next: Observer | null): Observer | null {
  const former = session.observer;
  session.observer = next;
  return former;
}

/** Called once per kernel, so it costs nothing when nobody looks. */
export function announce(products: ObservedProducts): void {
  session.observer?.(products);
}
