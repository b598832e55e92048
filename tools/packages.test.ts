// SPDX-License-Identifier: Apache-2.0
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
import {
  dependenciesOf,
  installedWith,
  packageJson,
  type Installed,
  type PackageJson,
} from './installed-size.ts';
import {npmProgram} from './install.mjs';
import {pruneOutputs} from './prune.mjs';

const root = join(import.meta.dirname, '..');
const SCOPE = '@tfjs-approx/';
const FOLDERS = readdirSync(join(root, 'packages')).sort();
/** What users of the packages install themselves. */
const TFJS = '@tensorflow/tfjs';

/** What `npm pack --json` says of a package. */
interface NpmPack {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly {readonly path: string}[];
}

interface Package {
  readonly name: string;
  /** Of its package.json, as packed. */
  readonly description: PackageJson;
  readonly files: readonly string[];
  readonly tarball: string;
}

describe('published packages', function () {
  this.timeout(300_000);
  const temporary = mkdtempSync(join(tmpdir(), 'tfjs-approx-packages-'));
  const packages = new Map<string, Package>();

  before(async () => {
    pruneOutputs();
    // The builds for pages without a bundler, which a script makes before packing, hold none of these files.
    const options = ['--json', '--ignore-scripts', '--pack-destination', temporary];
    const args = [npmProgram(), 'pack', ...options, '--workspace', 'packages'];
    const {stdout} = await promisify(execFile)(process.execPath, args, {cwd: root});
    for (const {name, filename, files} of JSON.parse(stdout) as NpmPack[]) {
      const folder = name.replace(SCOPE, '');
      packages.set(folder, {
        name,
        description: packageJson(join(root, 'packages', folder)),
        files: files.map(({path}) => path),
        tarball: join(temporary, filename),
      });
    }
  });
  after(() => rmSync(temporary, {recursive: true, force: true}));

  const packed = (folder: string): Package => packages.get(folder)!;

  const projects = new Map<string, string>();

  /**
   * A project with one package of ours, those of ours that it depends on, and nothing else but what they ask
   * for and, where they want its core, TensorFlow.js. Tarballs are unpacked; other packages are links.
   * @returns Where it is.
   */
  async function projectWith(folder: string): Promise<string> {
    const known = projects.get(folder);
    if (known !== undefined) {
      return known;
    }
    const project = join(temporary, `with-${folder}`);
    const installed = new Set<string>();
    const install = async (name: string, from: string): Promise<void> => {
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

  /** Runs Node in a project; rejects unless it ends with exit code 0. */
  const node = (project: string, args: readonly string[], env: Record<string, string> = {}) =>
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
        const entries = Object.keys(description.exports ?? {})
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
    let project: string;
    let code: string;
    before(async () => {
      project = await projectWith('backend-approx');
      const [, block] =
        /^```js\n([^]*?)^```$/m.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
      code = block ?? '';
      expect(code).to.include("tf.setBackend('approx')");
    });

    function expectCoverage(stdout: string): void {
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

  for (const [folder, args, expected] of [
    ['backend-approx', ['--help'], /doctor/],
    ['lut-builder', ['list'], /mitchell/],
  ] as const) {
    it(`${folder}'s command runs alone`, async () => {
      const project = await projectWith(folder);
      const {name, description} = packed(folder);
      const [program] = leavesOf(description.bin);
      const {stdout} = await node(project, [join('node_modules', name, program), ...args]);
      expect(stdout).to.match(expected);
    });
  }

  describe('an installation of backend-approx', () => {
    let all: Installed[];
    let names: string[];
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

/** The strings in a value, however deep. */
function leavesOf(value: unknown): string[] {
  return typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(leavesOf);
}
