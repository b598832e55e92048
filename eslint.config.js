// SPDX-License-Identifier: Apache-2.0
// Rules that find mistakes; how code is laid out is prettier's business.

import tseslint from 'typescript-eslint';

export default tseslint.config(
  {ignores: ['**/dist/', '**/dist-test/', '**/node_modules/', '**/.cache/', 'results/']},
  {linterOptions: {reportUnusedDisableDirectives: 'error'}},
  ...tseslint.configs.recommended,
  {
    rules: {
      eqeqeq: ['error', 'always', {null: 'ignore'}],
      'no-constant-binary-expression': 'error',
      'no-template-curly-in-string': 'error',
      'no-unmodified-loop-condition': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/no-unused-vars': ['error', {argsIgnorePattern: '^_'}],
      // One style of imports: `import type` where there are only types, `type` inside braces elsewhere.
      '@typescript-eslint/consistent-type-imports': [
        'error',
        {fixStyle: 'inline-type-imports', disallowTypeAnnotations: false},
      ],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      'no-duplicate-imports': 'error',
    },
  },
  {
    // The one rule that is worth type information: a promise that nobody awaits hides its error, and in a test
    // its failure.
    files: ['**/src/**/*.ts', 'packages/*/test/**/*.ts', 'tools/*.ts'],
    languageOptions: {parserOptions: {projectService: true, tsconfigRootDir: import.meta.dirname}},
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
    },
  },
  {
    files: ['**/*.cjs'],
    rules: {'@typescript-eslint/no-require-imports': 'off'},
  },
  {
    files: ['**/*.test.ts', '**/*.test.mjs'],
    // chai: `expect(list).to.be.empty`
    rules: {'@typescript-eslint/no-unused-expressions': 'off'},
  },
);
