// SPDX-License-Identifier: Apache-2.0
/**
 * `file://` save and load handlers for Node: a folder with model.json and weights.bin, the layout
 * that tfjs-node and the tensorflowjs converter use.
 */
import {mkdir, readFile, rename, writeFile} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {io} from '@tensorflow/tfjs-core';
import {ApproxError} from '../errors.js';

const SCHEME = 'file://';
const MODEL_FILE = 'model.json';
const WEIGHTS_FILE = 'weights.bin';

let isRegistered = false;

/** Idempotent. Leaves `file://` to any other handler there is, such as tfjs-node's. */
export function registerFileHandlers(): void {
  if (isRegistered) return;
  isRegistered = true;
  io.registerSaveRouter(url =>
    isOurs(url, () => io.getSaveHandlers(url))
      ? {save: artifacts => save(url as string, artifacts)}
      : null!,
  );
  io.registerLoadRouter((url, options) =>
    isOurs(url, () => io.getLoadHandlers(url, options)) ? {load: () => load(url as string)} : null!,
  );
}

let isAsking = false;

/**
 * tfjs refuses a URL that two handlers want. The others are asked at every call, as they may be
 * registered after ours.
 */
function isOurs(url: unknown, handlers: () => unknown[]): boolean {
  if (isAsking || typeof url !== 'string' || !url.startsWith(SCHEME)) return false;
  isAsking = true;
  try {
    return handlers().length === 0;
  } finally {
    isAsking = false;
  }
}

/** tfjs users write both `file:///absolute` and `file://./relative`; only the former is a URL. */
function pathOf(url: string): string {
  if (url.startsWith(`${SCHEME}/`)) return fileURLToPath(url);
  return resolve(url.slice(SCHEME.length));
}

async function save(url: string, artifacts: io.ModelArtifacts): Promise<io.SaveResult> {
  const folder = pathOf(url);
  if (artifacts.modelTopology instanceof ArrayBuffer) {
    throw new ApproxError(
      `Saving to ${url}: the model's topology is binary; file:// saves JSON topologies only.`,
    );
  }
  const {weightData, weightSpecs, ...rest} = artifacts;
  const weights = weightData ? new Uint8Array(io.CompositeArrayBuffer.join(weightData)) : null;
  const model = {
    ...rest,
    weightsManifest: weightSpecs ? [{paths: [WEIGHTS_FILE], weights: weightSpecs}] : [],
  };
  await mkdir(folder, {recursive: true});
  // The model names the weights, so it is put in place last: a reader never sees half a model.
  if (weights) await writeWhole(join(folder, WEIGHTS_FILE), weights);
  await writeWhole(join(folder, MODEL_FILE), JSON.stringify(model));
  return {modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts)};
}

async function writeWhole(path: string, contents: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, contents);
  await rename(temporary, path);
}

async function load(url: string): Promise<io.ModelArtifacts> {
  const path = pathOf(url);
  const modelPath = basename(path).endsWith('.json') ? path : join(path, MODEL_FILE);
  const model = parse(modelPath, (await read(url, modelPath)).toString('utf8'));
  return io.getModelArtifactsForJSON(model, async manifest => {
    const paths = manifest.flatMap(group => group.paths);
    const parts = await Promise.all(paths.map(part => read(url, join(dirname(modelPath), part))));
    const weights = manifest.flatMap(group => group.weights);
    const data = new Uint8Array(Buffer.concat(parts)).buffer;
    return [weights, data];
  });
}

async function read(url: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new ApproxError(
      `Loading ${url}: cannot read ${path} (${(error as NodeJS.ErrnoException).code}). Expected a ` +
        `folder with ${MODEL_FILE} and its weight files, as model.save('file://folder') writes it.`,
    );
  }
}

function parse(path: string, text: string): io.ModelJSON {
  try {
    return JSON.parse(text) as io.ModelJSON;
  } catch (error) {
    throw new ApproxError(`${path} is not valid JSON: ${(error as Error).message}`);
  }
}
