// SPDX-License-Identifier: Apache-2.0
/** Multipliers per layer: assigned by layer name or glob, kept per layer object, readable as JSON. */
import type {Multiplier} from '@tfjs-approx/arithmetic';
import {ConfigurationError} from '../errors.js';
import {activeLayer, trackLayers, wrappedLayers, type LayerLike} from './layers.js';
import {PASSES, type Pass} from './pass.js';
import {resolvePasses, type MultiplierSpec} from './policy.js';

/** A tfjs-layers model. */
export interface ModelLike {
  readonly name: string;
  readonly layers: readonly unknown[];
}

/** Multipliers by layer name, glob (`conv*`, `encoder/*`) or `*`. */
export type AssignmentSpec = Readonly<Record<string, MultiplierSpec>>;

/** What `getAssignment` returns: multiplier names by layer path and pass. Plain JSON. */
export type AssignmentJson = Record<string, Partial<Record<Pass, string>>>;

const assigned = new WeakMap<LayerLike, Partial<Record<Pass, Multiplier>>>();

/**
 * Assigns multipliers to the layers of a model, instead of what an earlier call assigned to it. Layers
 * that no entry names use the multiplier of `setMultiplier`. The most exact entry wins: a name or
 * path, then the longest glob, then `*`. A layer inside a nested model or a wrapper takes what is
 * assigned to it, else what is assigned to the layer around it.
 *
 * @param model a tfjs-layers model: sequential, functional or nested.
 * @throws {ConfigurationError} an entry names no layer; the message lists the names.
 * @throws {MultiplierError} an unknown multiplier. Nothing is changed when an error is thrown.
 */
export function assignMultipliers(model: ModelLike, spec: AssignmentSpec): void {
  const layers = layersOf(model);
  const entries = Object.entries(spec).map(([pattern, multipliers]) => {
    const matches = matcherOf(pattern);
    if (pattern !== '*' && !layers.some(({layer, path}) => matches(layer.name) || matches(path))) {
      throw new ConfigurationError(
        `assignMultipliers: no layer of ${model.name} is called '${pattern}'. ` +
          `Its layers are ${layers.map(({path}) => path).join(', ')}.`,
      );
    }
    return {pattern, matches, multipliers: resolvePasses(multipliers)};
  });
  // From the least to the most exact, so that the last one wins.
  entries.sort((a, b) => exactness(a.pattern) - exactness(b.pattern));
  trackLayers();
  for (const {layer, path, isInner} of layers) {
    const passes = {};
    for (const {pattern, matches, multipliers} of entries) {
      // '*' is for the rest: an inner layer's rest is what its outer layer has.
      if (isInner && pattern === '*') continue;
      if (matches(layer.name) || matches(path)) Object.assign(passes, multipliers);
    }
    assigned.set(layer, passes);
  }
}

/** The assignment of a model by layer path, as `assignMultipliers` takes it. */
export function getAssignment(model: ModelLike): AssignmentJson {
  const json: AssignmentJson = {};
  for (const {layer, path} of layersOf(model)) {
    const passes = assigned.get(layer);
    if (!passes || Object.keys(passes).length === 0) continue;
    json[path] = {};
    for (const pass of PASSES) {
      const multiplier = passes[pass];
      if (multiplier) json[path][pass] = multiplier.name;
    }
  }
  return json;
}

/** The multiplier assigned to the running layer or a layer around it. */
export function assignedMultiplier(pass: Pass): Multiplier | undefined {
  for (let layer = activeLayer(); layer; layer = layer.outer) {
    const multiplier = assigned.get(layer.layer)?.[pass];
    if (multiplier) return multiplier;
  }
  return undefined;
}

interface NamedLayer {
  readonly layer: LayerLike;
  readonly path: string;
  /** Inside a nested model or a wrapper. */
  readonly isInner: boolean;
}

function layersOf(model: ModelLike): NamedLayer[] {
  const found: NamedLayer[] = [];
  const visit = (layer: LayerLike, path: string, isInner: boolean) => {
    found.push({layer, path, isInner});
    for (const inner of [...(layer.layers ?? []), ...wrappedLayers(layer)]) {
      visit(inner, `${path}/${inner.name}`, true);
    }
  };
  for (const layer of model.layers as readonly LayerLike[]) visit(layer, layer.name, false);
  return found;
}

function matcherOf(pattern: string): (name: string) => boolean {
  const source = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${source.join('.*')}$`);
  return name => expression.test(name);
}

/** Names before globs, long globs before short ones. */
function exactness(pattern: string): number {
  return pattern.includes('*') ? pattern.length : Infinity;
}
