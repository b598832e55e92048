// SPDX-License-Identifier: Apache-2.0
/**
 * Multipliers per layer, or per node of a graph model: assigned by name or glob, kept per layer or
 * node, readable as JSON.
 */
import type {MacUnit} from '@tfjs-approx/arithmetic';
import {ConfigurationError} from '../errors.js';
import {isGraphModel, productNodes, type GraphModelLike} from './graph-models.js';
import {
  activeLayer,
  trackLayers,
  wrappedLayers,
  type LayerLike,
  type Unit,
} from './active-layer.js';
import {PASSES, type Pass} from './pass.js';
import {resolvePasses, type MultiplierSpec} from './policy.js';

/** A tfjs-layers model, or a tf.GraphModel. */
export type ModelLike = LayersModelLike | GraphModelLike;

export interface LayersModelLike {
  readonly name: string;
  readonly layers: readonly unknown[];
}

/** Multipliers by name of a layer or node, glob (`conv*`, `encoder/*`) or `*`. */
export type AssignmentSpec = Readonly<Record<string, MultiplierSpec>>;

/** What `getAssignment` returns: multiplier names by path of a layer or node and pass. Plain JSON. */
export type AssignmentJson = Record<string, Partial<Record<Pass, string>>>;

const assigned = new WeakMap<Unit, Partial<Record<Pass, MacUnit>>>();

/**
 * Assigns multipliers to the layers of a model, instead of what an earlier call assigned to it. Layers
 * that no entry names use the multiplier of `setMultiplier`. The most exact entry wins: a name or
 * path, then the longest glob, then `*`. A layer inside a nested model or a wrapper takes what is
 * assigned to it, else what is assigned to the layer around it.
 *
 * A graph model has nodes in place of layers: those that form products, by their names in the graph.
 *
 * @param model a tfjs-layers model (sequential, functional or nested), or a loaded tf.GraphModel.
 * @throws {ConfigurationError} it is neither, or an entry names no layer or node; the message lists
 *     the names.
 * @throws {MultiplierError} an unknown multiplier. Nothing is changed when an error is thrown.
 */
export function assignMultipliers(model: ModelLike, spec: AssignmentSpec): void {
  const {kind, title, layers} = contentsOf(model);
  const entries = Object.entries(spec).map(([pattern, multipliers]) => {
    const matches = matcherOf(pattern);
    if (pattern !== '*' && !layers.some(({layer, path}) => matches(layer.name) || matches(path))) {
      throw new ConfigurationError(
        `assignMultipliers: no ${kind} of ${title} is called '${pattern}'. ` +
          `Those it has are ${layers.map(({path}) => path).join(', ')}.`,
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
  for (const {layer, path} of contentsOf(model).layers) {
    const passes = assigned.get(layer);
    if (!passes || Object.keys(passes).length === 0) continue;
    json[path] = {};
    for (const pass of PASSES) {
      const unit = passes[pass];
      if (unit) json[path][pass] = unit.name;
    }
  }
  return json;
}

/** The unit assigned to the running layer or a layer around it. */
export function assignedUnit(pass: Pass): MacUnit | undefined {
  for (let layer = activeLayer(); layer; layer = layer.outer) {
    const unit = assigned.get(layer.layer)?.[pass];
    if (unit) return unit;
  }
  return undefined;
}

interface NamedLayer {
  readonly layer: Unit;
  readonly path: string;
  /** Inside a nested model or a wrapper. */
  readonly isInner: boolean;
}

interface Contents {
  readonly kind: 'layer' | 'node with products';
  readonly title: string;
  readonly layers: readonly NamedLayer[];
}

function contentsOf(model: ModelLike): Contents {
  if (isLayersModel(model)) return {kind: 'layer', title: model.name, layers: layersOf(model)};
  if (typeof model !== 'object' || model === null || !isGraphModel(model)) {
    throw new ConfigurationError(
      'assignMultipliers: found neither layers nor a graph. Expected a tf.LayersModel, as tf.model or ' +
        'tf.loadLayersModel give it, or a tf.GraphModel, as tf.loadGraphModel does (await it).',
    );
  }
  const nodes = productNodes(model);
  if (!nodes) {
    throw new ConfigurationError(
      'assignMultipliers: the graph model is not loaded yet. Call await model.load() first.',
    );
  }
  const layers = nodes.map(({unit, path}) => ({layer: unit, path, isInner: false}));
  return {kind: 'node with products', title: 'the graph model', layers};
}

function isLayersModel(model: ModelLike): model is LayersModelLike {
  return Array.isArray((model as Partial<LayersModelLike> | null)?.layers);
}

function layersOf(model: LayersModelLike): NamedLayer[] {
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
