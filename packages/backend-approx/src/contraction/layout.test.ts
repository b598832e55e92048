// SPDX-License-Identifier: Apache-2.0
import {expect} from 'chai';
import {fp32Accumulator} from '@tfjs-approx/arithmetic';
import {conv2D} from '../kernels/Conv2D.js';
import {batchMatMul} from '../kernels/BatchMatMul.js';
import type {Contraction, View} from './contraction.js';
import {layoutOf, type ContractionLayout, type Group, type ViewLayout} from './layout.js';

/** All index combinations of sizes, last fastest. */
function* combinations(sizes: readonly number[]): Generator<number[]> {
  if (sizes.length === 0) yield [];
  else {
    for (let i = 0; i < sizes[0]; i++) {
      for (const rest of combinations(sizes.slice(1))) yield [i, ...rest];
    }
  }
}

/** Flat element that a view names, or null outside the tensor, straight from the definition. */
function elementByDefinition(view: View, at: Record<string, number>): number | null {
  let flat = 0;
  for (let d = 0; d < view.shape.length; d++) {
    const {offset, terms} = view.index[d];
    const coordinate = terms.reduce((sum, t) => sum + t.coefficient * at[t.axis], offset);
    if (coordinate < 0 || coordinate >= view.shape[d]) return null;
    flat = flat * view.shape[d] + coordinate;
  }
  return flat;
}

/** All elements a view names over its groups, in order, by the layout. */
function elementsByLayout(
  layout: ContractionLayout,
  view: ViewLayout,
  groups: readonly Group[],
): Array<number | null> {
  const sizes = groups.flatMap(group => layout.axes[group]);
  return [...combinations(sizes)].map(values => {
    const evaluate = ({offset, coefficients}: ViewLayout['address']) =>
      groups
        .flatMap(group => coefficients[group])
        .reduce((sum, coefficient, i) => sum + coefficient * values[i], offset);
    const isOutside = view.guards.some(guard => {
      const coordinate = evaluate(guard);
      return coordinate < 0 || coordinate >= guard.limit;
    });
    return isOutside ? null : evaluate(view.address);
  });
}

function expectSameElements(contraction: Contraction): void {
  const layout = layoutOf(contraction, fp32Accumulator);
  const check = (name: 'first' | 'second' | 'output', groups: readonly Group[]) => {
    const axes = groups.flatMap(group => contraction[group]);
    const expected = [...combinations(axes.map(axis => axis.size))].map(values =>
      elementByDefinition(
        contraction[name],
        Object.fromEntries(axes.map((axis, i) => [axis.name, values[i]])),
      ),
    );
    expect(elementsByLayout(layout, layout[name], groups), name).to.deep.equal(expected);
  };
  check('first', ['b', 'm', 'k']);
  check('second', ['b', 'n', 'k']);
  check('output', ['b', 'm', 'n']);
}

const conv = (x: number[], filter: number[], attributes: object) =>
  conv2D.lower({x, filter}, {dataFormat: 'NHWC', ...attributes}).contractions[0];

const planned = (contraction: Contraction) => layoutOf(contraction, fp32Accumulator);

describe('layoutOf', () => {
  it('names the same elements as the views, in the same order', () => {
    expectSameElements(conv([2, 5, 6, 3], [3, 2, 3, 4], {strides: [2, 1], pad: 'same'}));
    expectSameElements(
      conv([1, 9, 9, 2], [3, 3, 2, 1], {strides: [1, 1], dilations: [2, 3], pad: 'valid'}),
    );
    expectSameElements(
      conv([2, 2, 5, 4], [3, 3, 2, 3], {strides: [1, 1], pad: 'same', dataFormat: 'NCHW'}),
    );
    const shapes = {a: [3, 1, 4, 5], b: [2, 6, 5]};
    expectSameElements(batchMatMul.lower(shapes, {transposeB: true}).contractions[0]);
  });

  it('turns a 1x1 convolution into a plain matrix product without guards', () => {
    const layout = planned(conv([2, 4, 4, 8], [1, 1, 8, 3], {strides: [1, 1], pad: 'same'}));
    expect(layout.axes).to.deep.equal({b: [], m: [32], n: [3], k: [8]});
    expect(layout.first.guards).to.deep.equal([]);
  });

  it('guards only the dimensions that can be read outside', () => {
    const same = planned(conv([1, 8, 8, 2], [3, 1, 2, 2], {strides: [1, 1], pad: 'same'}));
    expect(same.first.guards.map(guard => guard.limit)).to.deep.equal([8]);
    const valid = planned(conv([1, 8, 8, 2], [3, 3, 2, 2], {strides: [1, 1], pad: 'valid'}));
    expect(valid.first.guards).to.deep.equal([]);
  });
});
