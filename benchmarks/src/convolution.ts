// SPDX-License-Identifier: Apache-2.0
/** One convolution layer in one pass: forward, the gradient of its input or that of its weights. */
import * as tf from '@tensorflow/tfjs';
import type {BenchmarkCase} from './benchmark-case.js';
import {
  describeLayer,
  layerMacs,
  outputSize,
  SOURCE_TITLES,
  type ConvolutionLayer,
  type LayerSource,
} from './convolution-layers.js';
import {randomValues} from './random.js';

export type ConvolutionPass = 'forward' | 'dX' | 'dW';
export const PASSES: readonly ConvolutionPass[] = ['forward', 'dX', 'dW'];

const KERNELS: Record<ConvolutionPass, {dense: string; depthwise: string}> = {
  forward: {dense: 'Conv2D', depthwise: 'DepthwiseConv2dNative'},
  dX: {dense: 'Conv2DBackpropInput', depthwise: 'DepthwiseConv2dNativeBackpropInput'},
  dW: {dense: 'Conv2DBackpropFilter', depthwise: 'DepthwiseConv2dNativeBackpropFilter'},
};

export function convolution(
  source: LayerSource,
  layer: ConvolutionLayer,
  pass: ConvolutionPass,
  batch: number,
): BenchmarkCase {
  const {size, channels, filters, kernel, stride, padding, depthwise} = layer;
  const out = outputSize(layer);
  const xShape = [batch, size, size, channels];
  const filterShape = [kernel, kernel, channels, depthwise ? 1 : filters];
  const dyShape = [batch, out, out, filters];
  const kernelName = KERNELS[pass][depthwise ? 'depthwise' : 'dense'];
  return {
    group: 'conv',
    name: `${SOURCE_TITLES[source]} ${describeLayer(layer)} ${pass}`,
    kind: `${depthwise ? 'depthwise' : 'conv'} ${pass}`,
    shape: `${xShape.join('x')}, filter ${filterShape.join('x')}, stride ${stride}, ${padding}`,
    macs: batch * layerMacs(layer),
    mostQueued: 64,
    prepare() {
      const x = pass === 'dX' ? null : random(xShape, 1);
      const filter = pass === 'dW' ? null : random(filterShape, 2);
      const dy = pass === 'forward' ? null : random(dyShape, 3);
      // What tfjs-core gives its kernels; the filter's gradient has no public function of its own.
      const inputs = {x, filter, dy};
      const attributes = {
        strides: depthwise ? [stride, stride] : stride,
        pad: padding,
        dataFormat: 'NHWC',
        dilations: [1, 1],
        inputShape: xShape,
        filterShape,
      };
      const present = Object.fromEntries(
        Object.entries(inputs).filter(([, tensor]) => tensor !== null),
      ) as unknown as tf.NamedTensorMap;
      return {
        run: () =>
          tf.tidy(() => {
            const result = tf.engine().runKernel(kernelName, present, attributes) as tf.Tensor4D;
            return tf.slice(result, [0, 0, 0, 0], [1, 1, 1, 1]);
          }),
        dispose: () => tf.dispose(Object.values(present)),
      };
    },
  };
}

const random = (shape: number[], seed: number): tf.Tensor =>
  tf.tensor(randomValues(tf.util.sizeFromShape(shape), seed), shape);
