// SPDX-License-Identifier: Apache-2.0
// @ts-check
// The packages as npm publishes them: packs each one, unpacks it alone in an empty project beside what its
// package.json asks for, and uses it there.

import {execFile} from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {builtinModules} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {expect} from 'chai';
import {build} from 'esbuild';
import {extract} from 'tar';
import {dependenciesOf, installedWith} from './installed-size.mjs';
import {npmProgram, root} from './prepare.mjs';
import {pruneOutputs} from './prune.mjs';

const SCOPE = '@tfjs-approx/';
const FOLDERS = readdirSync(join(root, 'packages')).sort();
/** What users of the packages install themselves. */
const TFJS = '@tensorflow/tfjs';

/**
 * @typedef {object} Package
 * @property {string} folder  Its name in packages/.
 * @property {string} name
 * @property {any} description  Of its package.json, as packed.
 * @property {string[]} files
 * @property {string} tarball
 */

describe('published packages', function () {
  this.timeout(300_000);
  const temporary = mkdtempSync(join(tmpdir(), 'tfjs-approx-packages-'));
  /** @type {Map<string, Package>} */
  const packages = new Map();

  before(async () => {
    pruneOutputs();
    // The builds for pages without a bundler, which a script makes before packing, hold none of these files.
    const options = ['--json', '--ignore-scripts', '--pack-destination', temporary];
    const args = [npmProgram(), 'pack', ...options, '--workspace', 'packages'];
    const {stdout} = await promisify(execFile)(process.execPath, args, {cwd: root});
    for (const {name, filename, files} of JSON.parse(stdout)) {
      const folder = name.replace(SCOPE, '');
      packages.set(folder, {
        folder,
        name,
        description: JSON.parse(
          readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'),
        ),
        files: files.map((/** @type {{path: string}} */ {path}) => path),
        tarball: join(temporary, filename),
      });
    }
  });
  after(() => rmSync(temporary, {recursive: true, force: true}));

  /** @param {string} folder */
  const packed = folder => /** @type {Package} */ (packages.get(folder));

  /** @type {Map<string, string>} */
  const projects = new Map();

  /**
   * A project with one package of ours, those of ours that it depends on, and nothing else but what they ask
   * for and, where they want its core, TensorFlow.js. Tarballs are unpacked; other packages are links.
   * @param {string} folder
   * @returns {Promise<string>} Where it is.
   */
  async function projectWith(folder) {
    const known = projects.get(folder);
    if (known !== undefined) {
      return known;
    }
    const project = join(temporary, `with-${folder}`);
    /** @type {Set<string>} */
    const installed = new Set();
    /** @type {(name: string, from: string) => Promise<void>} */
    const install = async (name, from) => {
      const target = join(project, 'node_modules', name);
      if (installed.has(name)) {
        return;
      }
      installed.add(name);
      if (!name.startsWith(SCOPE)) {
        const source = [join(from, 'node_modules', name), join(root, 'node_modules', name)].find(
          existsSync,
        );
        // An optional package may be missing on this platform.
        if (source !== undefined) {
          mkdirSync(dirname(target), {recursive: true});
          symlinkSync(source, target, 'junction');
        }
        return;
      }
      const {description, tarball} = packed(name.replace(SCOPE, ''));
      mkdirSync(target, {recursive: true});
      await extract({file: tarball, cwd: target, strip: 1});
      for (const {dependency} of dependenciesOf(description)) {
        await install(dependency, join(root, 'packages', name.replace(SCOPE, '')));
        if (dependency.startsWith('@tensorflow/')) {
          await install(TFJS, root);
        }
      }
    };
    await install(SCOPE + folder, root);
    projects.set(folder, project);
    return project;
  }

  /**
   * Runs Node in a project; rejects unless it ends with exit code 0.
   * @param {string} project
   * @param {readonly string[]} args
   * @param {Record<string, string>} [env]
   */
  const node = (project, args, env = {}) =>
    promisify(execFile)(process.execPath, [...args], {
      cwd: project,
      env: {...process.env, APPROX_ENGINE: 'cpu', ...env},
    });

  it('are all there is in packages/', () => {
    expect([...packages.keys()].sort()).to.deep.equal(FOLDERS);
  });

  for (const folder of FOLDERS) {
    describe(folder, () => {
      it('holds no tests, helpers of tests, sources or leavings of the build', () => {
        const {files} = packed(folder);
        expect(files).to.include.members(['package.json', 'LICENSE', 'README.md', 'dist/index.js']);
        const wrong = files.filter(file =>
          /(^|\/)(src|test|tests|testing|dist-test|fixtures|conformance)\/|\.test\.|\.spec\.|tsbuildinfo/.test(
            file,
          ),
        );
        expect(wrong).to.deep.equal([]);
      });

      it('holds every file that its package.json and its modules name', async () => {
        const project = await projectWith(folder);
        const {name, description, files} = packed(folder);
        const named = [description.exports, description.bin, description.types].flatMap(leavesOf);
        expect(files).to.include.members(named.map(path => path.replace('./', '')));

        // A module that imports what is not in the package ends the build.
        const modules = files.filter(file => /\.m?js$/.test(file) && !/\.min\.js$/.test(file));
        const {metafile} = await build({
          absWorkingDir: join(project, 'node_modules', name),
          entryPoints: modules,
          outdir: join(temporary, 'bundle'),
          write: false,
          metafile: true,
          bundle: true,
          packages: 'external',
          platform: 'node',
          format: 'esm',
          logLevel: 'silent',
        });
        const imports = Object.values(metafile.inputs)
          .flatMap(input => input.imports)
          .filter(({external}) => external)
          .map(({path}) => path)
          .filter(path => !path.startsWith('node:') && !builtinModules.includes(path))
          .map(path =>
            path
              .split('/')
              .slice(0, path.startsWith('@') ? 2 : 1)
              .join('/'),
          );
        const {dependencies, peerDependencies, optionalDependencies} = description;
        const allowed = {...dependencies, ...peerDependencies, ...optionalDependencies};
        const undeclared = [...new Set(imports)].filter(
          found => !(found in allowed) && found !== name,
        );
        expect(undeclared, 'imported, and not in package.json').to.deep.equal([]);
      });

      it('works alone, by import and by require', async () => {
        const project = await projectWith(folder);
        const {name, description} = packed(folder);
        // One entry starts what the others are only imported for.
        const entries = Object.keys(description.exports)
          .filter(entry => !/json$|register$/.test(entry))
          .map(entry => join(name, entry).replaceAll('\\', '/'));
        const script = `
          const names = ${JSON.stringify(entries)};
          for (const name of names) {
            const [imported, required] = [await import(name), require(name)];
            if (Object.keys(imported).length === 0 || imported !== required) throw new Error(name);
          }
          console.log(names.length);
        `;
        writeFileSync(
          join(project, 'entries.mjs'),
          `import {createRequire} from 'node:module';\nconst require = createRequire(import.meta.url);\n${script}`,
        );
        const {stdout} = await node(project, ['entries.mjs']);
        expect(stdout.trim()).to.equal(String(entries.length));
      });
    });
  }

  describe("README's ten lines, in a project with backend-approx alone", () => {
    /** @type {string} */
    let project;
    /** @type {string} */
    let code;
    before(async () => {
      project = await projectWith('backend-approx');
      const [, block] =
        /^```js\n([^]*?)^```$/m.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
      code = block ?? '';
      expect(code).to.include("tf.setBackend('approx')");
    });

    /** @param {string} stdout */
    function expectCoverage(stdout) {
      for (const pass of ['forward', 'inputGradient', 'weightGradient']) {
        const macs =
          pass === 'inputGradient' ? /inputGradient/ : new RegExp(`MatMul +${pass} +mitchell7 `);
        expect(stdout).to.match(macs);
      }
      expect(stdout).to.include('approximate: 100.00 %');
    }

    it('as an ES module', async () => {
      writeFileSync(join(project, 'readme.mjs'), code);
      expectCoverage((await node(project, ['readme.mjs'])).stdout);
    });

    it('by require', async () => {
      const required = code
        .replace(/^import \* as (\w+) from ('.*');$/gm, 'const $1 = require($2);')
        .replace(/^import (\{.*\}) from ('.*');$/gm, 'const $1 = require($2);');
      expect(required).to.not.include('import');
      writeFileSync(join(project, 'readme.cjs'), `(async () => {\n${required}\n})();\n`);
      expectCoverage((await node(project, ['readme.cjs'])).stdout);
    });

    it('without a word of approx, under register', async () => {
      const plain = code
        .split('\n')
        .filter(line => !/approx|setMultiplier|coverage/.test(line))
        .join('\n');
      writeFileSync(join(project, 'plain.mjs'), plain);
      const env = {APPROX_MULTIPLIER: 'mitchell7', APPROX_COVERAGE: '1'};
      const args = ['--import', '@tfjs-approx/backend-approx/register', 'plain.mjs'];
      expectCoverage((await node(project, args, env)).stderr);
    });
  });

  for (const [folder, args, expected] of /** @type {const} */ ([
    ['backend-approx', ['--help'], /doctor/],
    ['lut-builder', ['list'], /mitchell/],
  ])) {
    it(`${folder}'s command runs alone`, async () => {
      const project = await projectWith(folder);
      const {name, description} = packed(folder);
      const [program] = leavesOf(description.bin);
      const {stdout} = await node(project, [join('node_modules', name, program), ...args]);
      expect(stdout).to.match(expected);
    });
  }

  describe('an installation of backend-approx', () => {
    /** @type {import('./installed-size.mjs').Installed[]} */
    let all;
    /** @type {string[]} */
    let names;
    before(() => {
      all = installedWith(root, '@tfjs-approx/backend-approx');
      names = all.map(({name}) => name);
    });

    it("holds tfjs's backends, the arithmetic and, optional, webgpu", () => {
      expect(names).to.include.members([
        '@tensorflow/tfjs-backend-cpu',
        '@tensorflow/tfjs-backend-webgpu',
        '@tfjs-approx/arithmetic',
      ]);
      expect(names.filter(name => name.startsWith(SCOPE))).to.have.members([
        '@tfjs-approx/backend-approx',
        '@tfjs-approx/arithmetic',
      ]);
      expect(all.filter(({name, optional}) => name === 'webgpu' && !optional)).to.deep.equal([]);
    });

    it('holds no plotting, no document model and no compiler', () => {
      const wrong =
        /^(d3(-.*)?|linkedom|jsdom|fast-png|pngjs|canvas|esbuild|typescript|assemblyscript)$|plot|resvg|yowasp|clang|yosys/;
      expect(names.filter(name => wrong.test(name))).to.deep.equal([]);
    });

    it('holds no native module but the optional webgpu', () => {
      const native = all.filter(
        ({name, files}) =>
          name !== 'webgpu' &&
          files.some(file => /\.(node|so|dll|dylib)$|binding\.gyp$/.test(file)),
      );
      expect(native.map(({name}) => name)).to.deep.equal([]);
    });
  });
});

/**
 * @param {any} value
 * @returns {string[]} The strings in it, however deep.
 */
function leavesOf(value) {
  return typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(leavesOf);
}
