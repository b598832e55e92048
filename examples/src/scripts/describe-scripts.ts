// SPDX-License-Identifier: Apache-2.0
/**
 * The scripts of examples/scripts, unchanged: on stock TensorFlow.js, and on approx with fp32 and with mbm7.
 */
import {expect} from 'chai';
import {
  type CoverageRow,
  coverageOf,
  expectSameOutput,
  lossesOf,
  type Output,
  runApprox,
  runStock,
} from './run-script.js';
import {KERNELS, PASSES, type Script, SCRIPTS} from './scripts.js';

const MULTIPLIER = 'mbm7';

/** Asserts the layers, passes and multiply-accumulates of a run: those that are listed, and no others. */
function expectCoverage(rows: readonly CoverageRow[], {layers, orthogonal = []}: Script): void {
  const approximate = rows.filter(({reason}) => reason === '');
  expect(new Set(approximate.map(({multiplier}) => multiplier))).to.deep.equal(
    new Set([MULTIPLIER]),
  );
  const claimed = new Set<CoverageRow>();
  for (const [layer, kind, macs, ...examples] of layers) {
    PASSES.forEach((pass, i) => {
      const kernels: readonly string[] = KERNELS[kind][pass];
      const own = approximate.filter(
        row => row.layer === layer && row.pass === pass && kernels.includes(row.kernel),
      );
      own.forEach(row => claimed.add(row));
      const found = own.reduce((sum, row) => sum + row.macs, 0);
      expect(found, `${layer}, ${kind}, ${pass}`).to.equal(macs * (examples[i] ?? 0));
    });
  }
  expect(approximate.filter(row => !claimed.has(row))).to.deep.equal([]);

  const exact = rows.filter(({reason}) => reason !== '');
  expect(
    exact.map(({layer, kernel, pass, reason}) => ({layer, kernel, pass, reason})),
  ).to.have.deep.members(
    orthogonal.map(layer => ({
      layer,
      kernel: 'BatchMatMul',
      pass: 'forward',
      reason: 'exact: weight initialisation (linalg.qr)',
    })),
  );
}

/**
 * @param bound of a number that is printed with fp32, relative to that of stock TensorFlow.js.
 */
export function describeScripts(engine: 'cpu' | 'webgpu', bound: number): void {
  describe(`scripts of examples/scripts on the ${engine} engine`, () => {
    for (const script of SCRIPTS) {
      describe(script.file, () => {
        let stock: Output;
        let fp32: Output;
        let approximate: Output;

        before(async () => {
          [stock, fp32, approximate] = await Promise.all([
            runStock(script.file),
            runApprox(script.file, 'fp32'),
            runApprox(script.file, MULTIPLIER),
          ]);
          for (const {stderr} of [fp32, approximate]) {
            expect(stderr).to.match(new RegExp(`^engine: ${engine} on `, 'm'));
          }
        });

        it('prints with fp32 what it prints on stock TensorFlow.js', () => {
          expect(lossesOf(stock.stdout).size).to.be.above(0);
          expectSameOutput(fp32.stdout, stock.stdout, bound);
        });

        it(`learns with ${MULTIPLIER}, by other losses`, () => {
          const expected = lossesOf(stock.stdout);
          const losses = lossesOf(approximate.stdout);
          expect([...losses.keys()]).to.deep.equal([...expected.keys()]);
          for (const [name, values] of losses) {
            const [first, last] = [values[0], values.at(-1)!];
            if (values.length > 1) expect(last, name).to.be.below(first);
            const change = Math.abs(last / expected.get(name)!.at(-1)! - 1);
            expect(change, name).to.be.within(1e-4, 0.1);
          }
        });

        it('has the coverage that it should have', () => {
          expectCoverage(coverageOf(approximate.stderr), script);
        });
      });
    }
  });
}
