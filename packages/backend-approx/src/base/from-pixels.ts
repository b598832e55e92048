// SPDX-License-Identifier: Apache-2.0
/**
 * FromPixels in Node, where WebGPU cannot copy from images: the stock kernel leaves the tensor black, or fails
 * on a canvas of a library, which has no `data`. Pixels come from the object itself or from its 2D context, as
 * tfjs-core takes them on the CPU backend. In browsers the stock kernel copies.
 */
import type {KernelFunc} from '@tensorflow/tfjs-core';
import {platform} from '#platform';
import {ConfigurationError} from '../errors.js';

/** What the `canvas` packages and OffscreenCanvas have in common, and ImageData. */
interface Pixels {
  readonly width: number;
  readonly height: number;
  /** A canvas of @napi-rs/canvas has a method of this name. */
  readonly data?: unknown;
  getContext?(type: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): {data: ArrayLike<number>};
  } | null;
}

interface MakesTensors {
  makeTensorInfo(shape: number[], dtype: 'int32', values: Int32Array): ReturnType<KernelFunc>;
}

export const fromPixels =
  (stock: KernelFunc): KernelFunc =>
  call =>
    platform.copiesImages ? stock(call) : fromPixelsInMemory(call);

/** Makes an int32 tensor [height, width, numChannels] of the first channels of RGBA pixels. */
export const fromPixelsInMemory: KernelFunc = ({inputs, attrs, backend}) => {
  const {pixels} = inputs as unknown as {pixels: Pixels};
  const {numChannels} = attrs as unknown as {numChannels: number};
  const {width, height} = pixels;
  const rgba = rgbaOf(pixels);
  const values = new Int32Array(width * height * numChannels);
  for (let pixel = 0, at = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < numChannels; channel++, at++) {
      values[at] = rgba[4 * pixel + channel];
    }
  }
  const shape = [height, width, numChannels];
  return (backend as unknown as MakesTensors).makeTensorInfo(shape, 'int32', values);
};

function rgbaOf(pixels: Pixels): ArrayLike<number> {
  const {width, height} = pixels;
  const isSize = (size: unknown) => Number.isInteger(size) && (size as number) > 0;
  if (!isSize(width) || !isSize(height)) {
    throw refused(pixels, `its width is ${width} and its height ${height}, expected pixels`);
  }
  const {data} = pixels;
  const rgba = ArrayBuffer.isView(data)
    ? (data as Uint8Array)
    : pixels.getContext?.('2d')?.getImageData(0, 0, width, height).data;
  if (!rgba) {
    throw refused(
      pixels,
      `it has neither 'data' nor a 2D context (another kind is in use perhaps)`,
    );
  }
  if (rgba.length < 4 * width * height) {
    throw refused(
      pixels,
      `${width} x ${height} pixels need ${4 * width * height} values (RGBA), it has ${rgba.length}`,
    );
  }
  return rgba;
}

function refused(pixels: Pixels, reason: string): ConfigurationError {
  return new ConfigurationError(
    `Error in fromPixels: cannot take pixels from ${pixels.constructor?.name ?? 'the object'}: ${reason}. ` +
      `In ${platform.name}, draw the image on a canvas with a 2D context, or pass ` +
      `{data: Uint8Array of RGBA values, width, height}.`,
  );
}
