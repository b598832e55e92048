// SPDX-License-Identifier: Apache-2.0
/** The lists of ops against the source of tfjs-core: none that multiplies may be in neither. */
import {readdirSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {basename, dirname, join} from 'node:path';
import {expect} from 'chai';
import {MAC_KERNELS} from '../kernels/index.js';
import {HELPER_OPS, PRODUCT_OPS} from './helper-ops.js';

const OPS = join(
  dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json')),
  'dist/ops',
);

interface Source {
  readonly file: string;
  readonly text: string;
}

function sources(folder = OPS): Source[] {
  return readdirSync(folder, {withFileTypes: true}).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    if (!entry.name.endsWith('.js') || /_test\.js$|test_util/.test(entry.name)) return [];
    const text = readFileSync(path, 'utf8').replace(/\/\/# sourceMappingURL.*/g, '');
    return [{file: basename(path, '.js'), text}];
  });
}

/** Names of kernels, as ops import them. */
const KERNELS = new RegExp(
  `\\b(${MAC_KERNELS.map(({kernelName}) => kernelName).join('|')})\\b(?=[^'"]*from '[./]*kernel_names')`,
);

/** Files that only export others. */
const INDEXES = ['ops', 'fused_ops'];

describe('ops of tfjs-core that multiply', () => {
  const all = sources();
  const multiplies = new Set<string>();
  // From the kernels outwards: what imports a file that multiplies, multiplies.
  for (const {file, text} of all) if (KERNELS.test(text)) multiplies.add(file);
  for (let size = -1; size !== multiplies.size;) {
    size = multiplies.size;
    for (const {file, text} of all) {
      const imported = [...text.matchAll(/from '\.[^']*\/([\w]+)'/g)].map(match => match[1]);
      if (!INDEXES.includes(file) && imported.some(name => multiplies.has(name)))
        multiplies.add(file);
    }
  }
  const found = all.filter(({file}) => multiplies.has(file));

  it('are found', () => {
    expect([...multiplies]).to.include.members(['mat_mul', 'einsum', 'meshgrid', 'qr', 'dot']);
  });

  it('are products that the caller wants, or helpers whose products are exact', () => {
    const names = found.flatMap(({text}) =>
      [...text.matchAll(/\bop\(\{ (?:\w+: )?(\w+?)_? \}\)/g)].map(match => match[1]),
    );
    expect(
      names.filter(name => !PRODUCT_OPS.includes(name) && !(name in HELPER_OPS)),
    ).to.deep.equal([]);
    expect(
      [...PRODUCT_OPS, ...Object.keys(HELPER_OPS)].filter(name => !names.includes(name)),
    ).to.deep.equal([]);
  });

  it('have scopes, but for the ones that are known otherwise', () => {
    const plain = found.filter(({text}) => !/\bop\(\{/.test(text)).map(({file}) => file);
    expect(plain).to.deep.equal(['meshgrid']);
  });
});
