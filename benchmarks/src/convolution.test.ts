// SPDX-License-Identifier: Apache-2.0
import * as tf from '@tensorflow/tfjs';
import {coverage, resetCoverage, setEngine, setMultiplier} from '@tfjs-approx/backend-approx';
import {leNet5, mobileNetV1, preActResNet18, resNet18} from '@tfjs-approx/models';
import {expect} from 'chai';
import {convolution, PASSES} from './convolution.js';
import {describeLayer, LAYERS, layerMacs, type ConvolutionLayer} from './convolution-layers.js';

/** What a model is built of, in the order of its layers and each once. */
function layersOf(model: tf.LayersModel): ConvolutionLayer[] {
  const found = new Map<string, ConvolutionLayer>();
  for (const layer of model.layers) {
    const className = layer.getClassName();
    if (className !== 'Conv2D' && className !== 'DepthwiseConv2D') continue;
    const config = layer.getConfig() as {
      kernelSize: number[];
      strides: number[];
      padding: 'same' | 'valid';
    };
    const [, size, , channels] = (layer.input as tf.SymbolicTensor).shape as number[];
    const {kernelSize, strides, padding} = config;
    const described = {
      size,
      channels,
      filters: (layer.output as tf.SymbolicTensor).shape[3]!,
      kernel: kernelSize[0],
      stride: strides[0],
      // The padding of a 1x1 convolution makes no difference.
      padding: kernelSize[0] === 1 ? 'same' : padding,
      depthwise: className === 'DepthwiseConv2D',
    } as const;
    found.set(JSON.stringify(described), described);
  }
  return [...found.values()];
}

describe('convolution layers', function () {
  this.timeout(120_000);
  before(() => setEngine('cpu'));
  after(() => tf.disposeVariables());

  it("are those of the networks' models", () => {
    const models = {
      lenet5: leNet5(),
      resnet32: preActResNet18(),
      resnet224: resNet18(),
      mobilenet: mobileNetV1(),
    };
    for (const [source, model] of Object.entries(models)) {
      const layers = LAYERS[source as keyof typeof LAYERS];
      expect(layersOf(model), source).to.have.deep.members([...layers]);
    }
  });

  it('count the products that approx counts, in every pass', () => {
    setMultiplier('fp32');
    const small: ConvolutionLayer[] = [
      LAYERS.lenet5[1],
      {...LAYERS.resnet224[0], size: 12},
      {...LAYERS.mobilenet[1], size: 6},
    ];
    for (const layer of small) {
      for (const pass of PASSES) {
        const benchmark = convolution('lenet5', layer, pass, 2);
        const workload = benchmark.prepare();
        resetCoverage();
        workload.run().dispose();
        workload.dispose();
        const macs = coverage().totalMacs;
        expect(macs, `${describeLayer(layer)} ${pass}`).to.equal(benchmark.macs);
        expect(macs).to.equal(2 * layerMacs(layer));
      }
    }
  });
});
