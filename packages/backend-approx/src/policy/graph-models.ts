// SPDX-License-Identifier: Apache-2.0
/**
 * Which node of a graph model is running. The converter's executor does not say, but it reads a node's
 * `category` right before it runs the node inside `tf.tidy`: the node is noted at the first and
 * entered at the second. Nodes are then what layers are elsewhere: their name is in coverage, and
 * multipliers can be assigned to them.
 */
import {engine} from '@tensorflow/tfjs-core';
import {trackTape, runInside, type Unit} from './active-layer.js';
import {session} from '../session.js';

/** Parts of a graph's node in tfjs-converter 4.22. */
interface GraphNode {
  readonly name: string;
  readonly op: string;
  category: string;
}

/** Parts of its executor of a graph, or of one of the graph's functions. */
interface GraphExecutor {
  readonly graph: {readonly nodes: Readonly<Record<string, GraphNode>>};
  readonly functionExecutorMap?: Readonly<Record<string, GraphExecutor>>;
}

/** A tf.GraphModel. */
export interface GraphModelLike {
  execute(inputs: never, outputs?: never): unknown;
  executeAsync(inputs: never, outputs?: never): Promise<unknown>;
}

/** Private in tfjs; undefined until the model is loaded. */
function executorOf(model: GraphModelLike): GraphExecutor | undefined {
  return (model as unknown as {executor?: GraphExecutor}).executor;
}

export interface GraphModelClass {
  readonly prototype: object;
}

export interface NamedNode {
  readonly unit: Unit;
  /** The node's name, after that of its function if it is in one. */
  readonly path: string;
}

export function isGraphModel(model: object): model is GraphModelLike {
  const {execute, executeAsync} = model as Partial<GraphModelLike>;
  return typeof execute === 'function' && typeof executeAsync === 'function';
}

/** The nodes of a model that form products, in the order of its graph; null before it is loaded. */
export function productNodes(model: GraphModelLike): NamedNode[] | null {
  const executor = executorOf(model);
  if (!executor) return null;
  const found = unitsOf(executor, '');
  for (const [name, inner] of Object.entries(executor.functionExecutorMap ?? {})) {
    found.push(...unitsOf(inner, `${name}/`));
  }
  return found;
}

/** MatMul, BatchMatMulV2, _FusedConv2D, DepthwiseConv2dNative, Einsum and their like; no custom ops. */
function formsProducts({op, category}: GraphNode): boolean {
  return /MatMul|Conv|Einsum/.test(op) && ['convolution', 'matrices'].includes(category);
}

const units = new WeakMap<GraphExecutor, NamedNode[]>();

function unitsOf(executor: GraphExecutor, prefix: string): NamedNode[] {
  const known = units.get(executor);
  if (known) return known;
  trackTidy();
  const found = Object.values(executor.graph.nodes)
    .filter(formsProducts)
    .map(node => {
      const path = `${prefix}${node.name}`;
      const unit = {name: path, getClassName: () => node.op};
      const {category} = node;
      Object.defineProperty(node, 'category', {
        get: () => {
          session.nextNode = unit;
          return category;
        },
      });
      return {unit, path};
    });
  units.set(executor, found);
  return found;
}

const tracked = new WeakSet<object>();

function trackTidy(): void {
  trackTape();
  const tfEngine = engine();
  if (tracked.has(tfEngine)) return;
  tracked.add(tfEngine);
  const tidy = tfEngine.tidy.bind(tfEngine);
  tfEngine.tidy = ((...call: Parameters<typeof tidy>) => {
    const unit = session.nextNode;
    session.nextNode = null;
    return unit ? runInside(unit, () => tidy(...call)) : tidy(...call);
  }) as typeof tidy;
}

/** Notes the nodes of every model of the class when it runs. Idempotent. */
export function trackGraphModels({prototype}: GraphModelClass): void {
  if (tracked.has(prototype)) return;
  tracked.add(prototype);
  const methods = prototype as Record<string, (...call: unknown[]) => unknown>;
  for (const name of ['execute', 'executeAsync']) {
    const stock = methods[name];
    methods[name] = function (this: GraphModelLike, ...call) {
      productNodes(this);
      return stock.apply(this, call);
    };
  }
}
