/**
 * A NumPy array file of float32, in C order. Source: numpy.org/doc/stable/reference/generated/numpy.lib.format.html (version
 * 1.0: magic, version, length of the header, a Python dict that ends in a line feed at a multiple of 64 bytes).
 */
export function encodeNpy(shape: readonly number[], values: Float32Array): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0] ?? 0},` : shape.join(', ');
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const before = magic.length + 2;
  const length = Math.ceil((before + dict.length + 1) / alignment) * alignment;
  const header = `${dict.padEnd(length - before - 1)}\n`;
  const bytes = new Uint8Array(length + 4 * values.length);
  bytes.set(magic);
  const view = new DataView(bytes.buffer);
  view.setUint16(magic.length, header.length, true);
  for (let i = 0; i < header.length; i++) bytes[before + i] = header.charCodeAt(i);
  values.forEach((value, index) => view.setFloat32(length + 4 * index, value, true));
  return bytes;
}

/** `\x93NUMPY`, version 1.0. */
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
const alignment = 64;
