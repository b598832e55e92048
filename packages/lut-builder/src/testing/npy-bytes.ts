// SPDX-License-Identifier: Apache-2.0
/** NumPy's array files for tests, made from the description of the format. */

export interface NpyFile {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** In the order of the file. */
  readonly values: readonly number[];
  readonly fortran?: boolean;
  readonly version?: number;
  /** In place of the one that belongs to the above. */
  readonly header?: string;
}

export function npyFile({
  dtype,
  shape,
  values,
  fortran = false,
  version = 1,
  header = `{'descr': '${dtype}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`,
}: NpyFile): Uint8Array {
  const lengthBytes = version === 1 ? 2 : 4;
  const begin = 8 + lengthBytes;
  const total = Math.ceil((begin + header.length + 1) / 64) * 64;
  const width = Number(dtype[2]);
  const bytes = new Uint8Array(total + values.length * width);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, total - begin, true);
  else view.setUint32(8, total - begin, true);
  bytes.set(new TextEncoder().encode(`${header.padEnd(total - begin - 1)}\n`), begin);
  const little = dtype[0] !== '>';
  values.forEach((value, e) => {
    const at = total + e * width;
    switch (dtype.slice(1)) {
      case 'u1':
      case 'i1':
        return view.setUint8(at, value);
      case 'u2':
      case 'i2':
        return view.setUint16(at, value, little);
      case 'u4':
      case 'i4':
        return view.setUint32(at, value, little);
      case 'u8':
      case 'i8':
        return view.setBigInt64(at, BigInt(value), little);
      case 'f4':
        return view.setFloat32(at, value, little);
      default:
        return view.setFloat64(at, value, little);
    }
  });
  return bytes;
}
