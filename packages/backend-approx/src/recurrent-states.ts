// SPDX-License-Identifier: Apache-2.0
/** What recurrent layers of tfjs-layers carry from one call to the next. */
import {dispose, keep, type Tensor, type TensorContainer} from '@tensorflow/tfjs-core';
import {wrappedLayers, type LayerLike} from './policy/active-layer.js';

/** Fields of recurrent layers and cells of tfjs-layers 4.22, which are private or protected there. */
interface Carried {
  /** Null in layers that are not stateful. */
  states_?: Tensor[] | null;
  /** Former states, which backpropagation through time needs. */
  keptStates?: Tensor[][];
  /** One for all steps of a call. */
  dropoutMask?: TensorContainer;
  recurrentDropoutMask?: TensorContainer;
}

interface Holder extends Carried {
  /** A layer's cell, and the cells of one that stacks them; of a layer of the user's it may be anything. */
  readonly cell?: unknown;
  readonly cells?: unknown;
}

/**
 * Gives recurrent layers copies to work on, because a call disposes of what it replaces.
 *
 * @returns puts back what the layers held, and disposes of what they have by then.
 */
export function setStatesAside(layers: readonly LayerLike[]): () => void {
  const held = [...holdersIn(layers)].map(holder => {
    const own: Carried = {};
    for (const field of ['states_', 'keptStates', 'dropoutMask', 'recurrentDropoutMask'] as const) {
      if (field in holder) Object.assign(own, {[field]: holder[field]});
    }
    return {holder, own};
  });
  for (const {holder, own} of held) {
    if (own.states_) holder.states_ = own.states_.map(state => keep(state.clone()));
    if (own.keptStates) holder.keptStates = [];
    if (own.dropoutMask) holder.dropoutMask = null!;
    if (own.recurrentDropoutMask) holder.recurrentDropoutMask = null!;
  }
  return () => {
    for (const {holder, own} of held) {
      for (const field of Object.keys(own) as Array<keyof Carried>) {
        if (holder[field]) dispose(holder[field]);
      }
      Object.assign(holder, own);
    }
  };
}

function holdersIn(layers: readonly LayerLike[], found = new Set<Holder>()): Set<Holder> {
  const add = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const holder = value as Holder;
    if (found.has(holder)) return;
    found.add(holder);
    add(holder.cell);
    if (Array.isArray(holder.cells)) holder.cells.forEach(add);
  };
  for (const layer of layers) {
    add(layer);
    holdersIn([...(layer.layers ?? []), ...wrappedLayers(layer)], found);
  }
  return found;
}
