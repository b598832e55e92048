// SPDX-License-Identifier: Apache-2.0
// `npm run gpu:pack`: one archive with which a Linux machine runs the engine tests and the benchmark on its
// GPU, without Node, npm or a network: Node itself, Dawn, a Vulkan loader, bundled code and run.sh.
//
//   npm run gpu:pack                   dist/tfjs-approx-gpu-linux-x64.tar.gz (.tar.xz where that is too large)
//   npm run gpu:pack -- --out FILE     elsewhere; a name that ends in .tar.xz packs with the program xz
//   npm run gpu:pack -- --no-strip     symbols stay in the binaries

import {execFileSync, spawnSync} from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, dirname, join, relative, sep} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {build} from 'esbuild';
import {currentCommit, installedVersions} from '../benchmarks/src/device.ts';
import {pack} from './archive.ts';
import {testFolders} from './suites.mjs';
import {swiftShaderEnvironment} from './swiftshader.ts';

/** The archive must pass where files are limited to 50 MB, with room to grow. */
export const LIMIT_BYTES = 48e6;
export const PACK_NAME = 'tfjs-approx-gpu-linux-x64';

const root = join(import.meta.dirname, '..');
const backend = join(root, 'packages', 'backend-approx');
const webgpu = join(root, 'node_modules', 'webgpu');
const dawn = join('dist', 'linux-x64', 'dawn.node');
const tfjsWasm = join(root, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist');

/** Modules of tests that start programs or read files of the repository. */
const NEEDS_THE_REPOSITORY =
  /\bnode:(child_process|fs|fs\/promises|module|url)\b|\/node-scripts\.js'/;

export interface Pack {
  archive: string;
  bytes: number;
  /** With the pack's folder in front. */
  files: string[];
  /** Test files that need the repository around them. */
  leftOut: string[];
}

/** There can be no pack; the message says why. */
class PackError extends Error {}

/**
 * Everything must have been built.
 * @param options A .tar.gz larger than the limit becomes a .tar.xz.
 */
export async function makePack({
  archive,
  strip = true,
  limit = LIMIT_BYTES,
}: {
  archive: string;
  strip?: boolean;
  limit?: number;
}): Promise<Pack> {
  const unavailable = packUnavailable();
  if (unavailable !== undefined) {
    throw new PackError(unavailable);
  }
  const staging = mkdtempSync(join(tmpdir(), 'tfjs-approx-pack-'));
  try {
    const {packed, leftOut} = webGpuTests();
    const files: string[] = [];
    const add = (name: string, content: Uint8Array | string, mode = 0o644) => {
      const file = `${PACK_NAME}/${name}`;
      files.push(file);
      const path = join(staging, file);
      mkdirSync(dirname(path), {recursive: true});
      writeFileSync(path, content);
      // Whatever the umask here.
      chmodSync(path, mode);
      return path;
    };
    const addBinary = (name: string, source: string, mode?: number) => {
      const path = add(name, readFileSync(source), mode);
      if (strip) {
        // Where there is no program `strip`, the symbols stay.
        spawnSync('strip', ['--strip-all', path]);
      }
    };

    add('run.sh', readFileSync(join(root, 'tools', 'gpu-pack-run.sh')), 0o755);
    add('README.txt', README);
    add('LICENSE', readFileSync(join(root, 'LICENSE')));
    const record = {
      commit: currentCommit(),
      versions: installedVersions(),
      node: process.versions.node,
      testsLeftOut: leftOut,
    };
    add('pack.json', JSON.stringify(record, null, 2) + '\n');
    addBinary('bin/node', process.execPath, 0o755);
    addBinary('lib/libvulkan.so.1', vulkanLoader());
    for (const name of ['package.json', 'index.js', 'LICENSE.md']) {
      add(`node_modules/webgpu/${name}`, readFileSync(join(webgpu, name)));
    }
    addBinary(`node_modules/webgpu/${dawn.split(sep).join('/')}`, join(webgpu, dawn));
    // The code of the stock wasm backend is in the bundles, which look for its binaries here.
    for (const name of readdirSync(tfjsWasm).filter(file => file.endsWith('.wasm'))) {
      add(`wasm/${name}`, readFileSync(join(tfjsWasm, name)));
    }
    add('app/package.json', '{"type": "module"}\n');
    for (const {name, content} of await bundles(packed)) {
      add(`app/${name}`, content);
    }

    mkdirSync(dirname(archive), {recursive: true});
    pack(staging, files, archive, commitTime());
    let path = archive;
    if (
      statSync(path).size > limit &&
      path.endsWith('.gz') &&
      spawnSync('xz', ['-V']).status === 0
    ) {
      // Newer Nodes are larger. Not every machine can unpack xz, so gzip comes first.
      rmSync(path);
      path = path.replace(/\.gz$/, '.xz');
      pack(staging, files, path, commitTime());
    }
    return {archive: path, bytes: statSync(path).size, files, leftOut};
  } finally {
    rmSync(staging, {recursive: true, force: true});
  }
}

const README = `tfjs-approx on a GPU machine

  sh run.sh                  engine tests, then a benchmark; a table comes last
  sh run.sh --quick FOLDER   a shorter benchmark; results go to FOLDER
  sh run.sh --help           all options

Needs Linux on x86-64 with glibc 2.34 or later (Ubuntu 22.04, Debian 12, RHEL 9), libstdc++6, and the
GPU's Vulkan driver. Nothing is installed, and nothing is written but the results.
In containers with an NVIDIA GPU set NVIDIA_DRIVER_CAPABILITIES=all (compute alone has no Vulkan driver).

bin/node is Node.js (MIT and others, https://github.com/nodejs/node/blob/main/LICENSE); dawn.node is Dawn
(BSD-3-Clause, https://dawn.googlesource.com/dawn) from the npm package webgpu; libvulkan.so.1 is the
Vulkan loader (Apache-2.0, https://github.com/KhronosGroup/Vulkan-Loader); app holds TensorFlow.js
(Apache-2.0), mocha, chai and linkedom (MIT or ISC), Observable Plot and D3 (ISC).
`;

/** Why there can be no pack on this machine. */
export function packUnavailable(): string | undefined {
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== 'linux-x64') {
    return `gpu:pack copies the Node that it runs on, for linux-x64, and this is ${platform}.`;
  }
  const {variables} = process.config;
  return (variables as {node_shared?: boolean}).node_shared
    ? `${process.execPath} keeps most of Node in a shared library (libnode), which other machines lack. ` +
        'Run gpu:pack with a Node from https://nodejs.org.'
    : undefined;
}

/** Test files of the webgpu engine, compiled. */
function webGpuTests(): {packed: string[]; leftOut: string[]} {
  const {files = []} = testFolders().find(({name}) => name === basename(backend)) ?? {};
  const packed: string[] = [];
  const leftOut: string[] = [];
  for (const {path, processes} of files) {
    if (!processes.includes('webgpu')) {
      continue;
    }
    const texts = [...withNeighbours(path).values()];
    const list = texts.some(text => NEEDS_THE_REPOSITORY.test(text)) ? leftOut : packed;
    list.push(path);
  }
  return {packed: packed.sort(), leftOut: leftOut.map(testName).sort()};
}

/** The test file's name without its endings. */
function testName(path: string): string {
  return basename(path).replace(/(\.webgpu)?\.test\.js$/, '');
}

/**
 * A test file and what it imports from its own folder, directly or not: there the tests themselves are.
 * @returns Their texts by path.
 */
function withNeighbours(path: string, found = new Map<string, string>()): Map<string, string> {
  const text = readFileSync(path, 'utf8');
  found.set(path, text);
  for (const [, name] of text.matchAll(/from '\.\/([\w.-]+)\.js'/g)) {
    const neighbour = join(dirname(path), `${name}.js`);
    if (!found.has(neighbour)) {
      withNeighbours(neighbour, found);
    }
  }
  return found;
}

/** All code, in modules that share what they have in common: one tfjs-core, one backend. */
async function bundles(tests: string[]): Promise<{name: string; content: Uint8Array}[]> {
  const entryPoints = {
    run: join(root, 'tools', 'gpu-pack-run.ts'),
    probe: join(root, 'tools', 'adapter-probe.mjs'),
    tests: join(root, 'tools', 'gpu-pack-tests.ts'),
    bench: join(root, 'benchmarks', 'dist', 'bench.js'),
    tune: join(root, 'benchmarks', 'dist', 'tune.js'),
    ...Object.fromEntries(tests.map(path => [`tests/${testName(path)}`, path])),
  };
  const outdir = join(root, 'app');
  const {outputFiles} = await build({
    entryPoints,
    outdir,
    entryNames: '[dir]/[name]',
    write: false,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Pictures are drawn from the results later: resvg is a binary of its own. The tuner prints its entry.
    external: ['webgpu', 'canvas', '@resvg/resvg-js', 'prettier'],
    outExtension: {'.js': '.mjs'},
    // CommonJS parts use require and __dirname, which an ES module does not have.
    banner: {
      js: `import {createRequire as createRequireOfBundle} from 'node:module';
const require = createRequireOfBundle(import.meta.url);
const __dirname = import.meta.dirname;`,
    },
    logLevel: 'error',
  });
  return outputFiles.map(({path, contents}) => ({
    name: relative(outdir, path).split(sep).join('/'),
    content: contents,
  }));
}

function vulkanLoader(): string {
  const [folder = ''] = (swiftShaderEnvironment()['LD_LIBRARY_PATH'] ?? '').split(':');
  return join(folder, 'libvulkan.so.1');
}

function commitTime(): Date {
  try {
    const seconds = execFileSync('git', ['log', '-1', '--format=%ct'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return new Date(Number(seconds) * 1000);
  } catch {
    return new Date(0);
  }
}

async function main() {
  const {values: options} = parseArgs({
    options: {out: {type: 'string'}, 'no-strip': {type: 'boolean', default: false}},
  });
  const {archive, bytes, leftOut} = await makePack({
    archive: options.out ?? join(root, 'dist', `${PACK_NAME}.tar.gz`),
    strip: !options['no-strip'],
  });
  console.log(`${archive}: ${(bytes / 1e6).toFixed(1)} MB`);
  if (leftOut.length > 0) {
    console.log(`Not in it, as they need the repository: ${leftOut.join(', ')}`);
  }
  if (bytes > LIMIT_BYTES) {
    throw new PackError(
      `That is more than ${LIMIT_BYTES / 1e6} MB. Consider installing strip and xz (Debian: binutils, xz-utils).`,
    );
  }
  console.log(`On the GPU machine: tar xf ${basename(archive)} && sh ${PACK_NAME}/run.sh`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof PackError ? error.message : error);
    process.exitCode = 1;
  }
}
