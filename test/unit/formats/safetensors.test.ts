import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/core/errors';
import {
  encodeSafetensors,
  f32Tensor,
  i64Scalar,
  integerTensor,
  parseSafetensors,
  toFloat32,
  toInt32,
  type SafeTensor,
} from '../../../src/core/formats/safetensors';

const encoder = new TextEncoder();

/** A file with the given header text and body. */
function file(header: string, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = encoder.encode(header);
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

describe('safetensors', () => {
  test.each([
    ['i64', 'I64', 32, [-(2 ** 31), 2 ** 31 - 1, -1, 2 ** 24 + 1]],
    ['i32', 'I32', 16, [-(2 ** 31), 2 ** 31 - 1, -1, 2 ** 24 + 1]],
    ['i16', 'I16', 8, [-32768, 32767, -1, 0]],
    ['i8', 'I8', 4, [-128, 127, -1, 0]],
    ['u8', 'U8', 4, [0, 255, 128, 1]],
    ['bool', 'BOOL', 4, [1, 0, 0, 1]],
  ] as const)('whole numbers of type %s are written as %s and read back as words', (dtype, type, bytes, values) => {
    const written = integerTensor(dtype, [2, 2], Int32Array.from(values));
    expect(written.data.byteLength).toBe(bytes);
    const read = parseSafetensors(encodeSafetensors(new Map([['index', written]]))).tensors.get('index') as SafeTensor;
    expect(read.dtype).toBe(type);
    expect([...toInt32(read)]).toEqual(values);
  });

  test('floats become whole numbers without their fractions', () => {
    expect([...toInt32(f32Tensor([3], new Float32Array([1.75, -2.5, 7])))]).toEqual([1, -2, 7]);
  });

  test('what is written is read back, byte for byte, with its metadata', () => {
    const weight = new Float32Array([1.5, -2.25, Math.PI, -0]);
    const tensors = new Map([
      ['conv.weight', f32Tensor([2, 2], weight)],
      ['bn.num_batches_tracked', i64Scalar(7)],
    ]);
    const bytes = encodeSafetensors(tensors, { step: '12' });
    const read = parseSafetensors(bytes);
    expect([...read.tensors.keys()]).toEqual(['conv.weight', 'bn.num_batches_tracked']);
    expect(toFloat32(read.tensors.get('conv.weight') as SafeTensor)).toEqual(weight);
    expect(read.tensors.get('bn.num_batches_tracked')?.shape).toEqual([]);
    expect(toFloat32(read.tensors.get('bn.num_batches_tracked') as SafeTensor)).toEqual(new Float32Array([7]));
    expect(read.metadata).toEqual({ step: '12' });
    expect(encodeSafetensors(read.tensors, read.metadata)).toEqual(bytes);
  });

  test('tensors begin at a multiple of 8 bytes', () => {
    const bytes = encodeSafetensors(new Map([['a', f32Tensor([1], new Float32Array(1))]]));
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
  });

  test.each([
    ['F16', [0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0xff, 0x7b, 0x00, 0x7c], [1, -2, 2 ** -24, 65504, Infinity]],
    ['BF16', [0x80, 0x3f, 0x00, 0xc0, 0x49, 0x40], [1, -2, 3.140625]],
    ['U8', [0, 255], [0, 255]],
    ['I16', [0xff, 0xff], [-1]],
  ] as const)('%s is converted to float32', (dtype, data, values) => {
    const tensor = { dtype, shape: [values.length], data: new Uint8Array(data) };
    expect([...toFloat32(tensor)]).toEqual([...values]);
  });

  test.each([
    ['too short', new Uint8Array(5), 'shorter than a header'],
    ['header longer than the file', new Uint8Array([255, 0, 0, 0, 0, 0, 0, 0, 1]), 'header does not fit'],
    ['not JSON', file('{"a":'), 'not JSON'],
    ['a list', file('[]'), 'not a JSON object'],
    ['unknown type', file('{"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}}', new Uint8Array(1)), 'type F8'],
    ['short data', file('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', new Uint8Array(4)), 'does not fit'],
    ['wrong length', file('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', new Uint8Array(4)), 'does not fit'],
    ['negative size', file('{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', new Uint8Array(4)), 'shape'],
  ])('a damaged file is refused with its reason: %s', (_name, bytes, reason) => {
    expect(() => parseSafetensors(bytes, 'x.safetensors')).toThrow(UserError);
    expect(() => parseSafetensors(bytes, 'x.safetensors')).toThrow(reason);
    expect(() => parseSafetensors(bytes, 'x.safetensors')).toThrow('x.safetensors');
  });
});
