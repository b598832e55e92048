// SPDX-License-Identifier: Apache-2.0
/** The distinct convolution layers of the networks that are measured, as data. */

export interface ConvolutionLayer {
  /** Height and width of the input. */
  readonly size: number;
  readonly channels: number;
  /** Output channels; of a depthwise layer as many as its input has. */
  readonly filters: number;
  /** Height and width of the kernel. */
  readonly kernel: number;
  readonly stride: number;
  readonly padding: 'same' | 'valid';
  readonly depthwise: boolean;
}

export type LayerSource = 'lenet5' | 'resnet32' | 'resnet224' | 'mobilenet';

export const SOURCE_TITLES: Record<LayerSource, string> = {
  lenet5: 'LeNet-5',
  resnet32: 'ResNet-18 (32)',
  resnet224: 'ResNet-18 (224)',
  mobilenet: 'MobileNetV1',
};

function layer(
  size: number,
  channels: number,
  filters: number,
  kernel: number,
  stride = 1,
  padding: 'same' | 'valid' = 'same',
): ConvolutionLayer {
  return {size, channels, filters, kernel, stride, padding, depthwise: false};
}

/** Four stages; the first layers of all but the first halve the size, and so does their shortcut. */
function residualStages(size: number): ConvolutionLayer[] {
  return [64, 128, 256, 512].flatMap((filters, stage) => {
    const outSize = size / 2 ** stage;
    const same = layer(outSize, filters, filters, 3);
    if (stage === 0) return [same];
    const before = [2 * outSize, filters / 2, filters] as const;
    return [layer(...before, 3, 2), layer(...before, 1, 2), same];
  });
}

/** A depthwise layer, then a 1x1 convolution. */
function separable(
  size: number,
  channels: number,
  filters: number,
  stride: number,
): ConvolutionLayer[] {
  const depthwise = {...layer(size, channels, channels, 3, stride), depthwise: true};
  return [depthwise, layer(size / stride, channels, filters, 1)];
}

export const LAYERS: Record<LayerSource, readonly ConvolutionLayer[]> = {
  lenet5: [layer(28, 1, 6, 5), layer(14, 6, 16, 5, 1, 'valid')],
  resnet32: [layer(32, 3, 64, 3), ...residualStages(32)],
  resnet224: [layer(224, 3, 64, 7, 2), ...residualStages(56)],
  mobilenet: [
    layer(224, 3, 32, 3, 2),
    ...separable(112, 32, 64, 1),
    ...separable(112, 64, 128, 2),
    ...separable(56, 128, 128, 1),
    ...separable(56, 128, 256, 2),
    ...separable(28, 256, 256, 1),
    ...separable(28, 256, 512, 2),
    ...separable(14, 512, 512, 1),
    ...separable(14, 512, 1024, 2),
    ...separable(7, 1024, 1024, 1),
  ],
};

/** For people: `3x3/2 64-128 @32`. */
export function describeLayer(of: ConvolutionLayer): string {
  const {size, channels, filters, kernel, stride, depthwise} = of;
  const window = `${kernel}x${kernel}${stride > 1 ? `/${stride}` : ''}`;
  return `${window} ${depthwise ? `depthwise ${channels}` : `${channels}-${filters}`} @${size}`;
}

export function outputSize({size, kernel, stride, padding}: ConvolutionLayer): number {
  return Math.ceil((padding === 'same' ? size : size - kernel + 1) / stride);
}

/** Multiply-accumulates per image, padding included: the same forward, for dX and for dW. */
export function layerMacs(of: ConvolutionLayer): number {
  const products = of.kernel ** 2 * of.channels * (of.depthwise ? 1 : of.filters);
  return outputSize(of) ** 2 * products;
}
