// SPDX-License-Identifier: Apache-2.0
/** Which way imports may point (docs/decisions.md); `npm run lint` checks it. */
const backend = '^packages/backend-approx/src';
const tests = '[.]test[.]ts$|/testing/';

/** @param {string} name @param {string} comment @param {object} from @param {object} to */
const never = (name, comment, from, to) => ({name, comment, severity: 'error', from, to});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    never('no-cycles', 'Two modules that need each other are one.', {}, {circular: true}),
    never(
      'arithmetic-depends-on-nothing',
      'packages/arithmetic runs anywhere: no package, no module of Node.',
      {path: '^packages/arithmetic/src', pathNot: tests},
      {pathNot: '^packages/arithmetic/src'},
    ),
    never(
      'lut-builder-knows-no-backend',
      'Tables are made and judged without tfjs.',
      {path: '^packages/lut-builder/src', pathNot: '[.]test[.]ts$'},
      {path: '^packages/(backend-approx|models)/|@tensorflow/'},
    ),
    never(
      'backend-knows-no-tables-tools',
      'Installing the backend brings no compiler and no plotting.',
      {path: backend},
      {path: '^packages/(lut-builder|models)/|^benchmarks/|^examples/'},
    ),
    never(
      'kernels-name-no-engine',
      'A kernel is a lowering: shapes and attributes to contractions.',
      {path: `${backend}/kernels/`, pathNot: tests},
      {path: `${backend}/(engines|device|policy|base)/`},
    ),
    never(
      'engines-name-no-kernel',
      'An engine executes contractions, whichever kernel they came from.',
      {path: `${backend}/engines/`, pathNot: tests},
      {path: `${backend}/(kernels|policy)/`},
    ),
    never(
      'engines-name-no-replaced-kernel',
      'What a base replaces or adds is no concern of the engines that stand on it.',
      {path: `${backend}/engines/`, pathNot: tests},
      {
        path: `${backend}/base/(base|cpu/base|webgpu/base|cpu/replacements|webgpu/cpu-kernels)[.]ts$`,
      },
    ),
    never(
      'device-names-no-engine',
      'Finding a device is nothing that an engine has to be there for.',
      {path: `${backend}/device/`, pathNot: tests},
      {path: `${backend}/(engines|kernels|policy|base)/`},
    ),
    never(
      'contraction-is-plain-data',
      'The Contraction is what kernels and engines share.',
      {path: `${backend}/contraction/`, pathNot: tests},
      {path: `${backend}/(engines|kernels|policy|base|device)/`},
    ),
  ],
  options: {
    doNotFollow: {path: 'node_modules'},
    exclude: {path: '(^|/)dist/'},
    // Types too: a module that names another's types knows of it.
    tsPreCompilationDeps: true,
    tsConfig: {fileName: 'tsconfig.base.json'},
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'node', 'import'],
    },
  },
};
