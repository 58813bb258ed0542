import { expect, test } from 'vitest';
import { encoders } from '../../../src/engine/wasm/encode/table';
import { elementEncoders, kernelEncoders } from '../../../src/engine/webgpu/encode/table';

test('the GPU computes every op that the CPU computes', () => {
  const missing = [...encoders.keys()].filter((op) => !elementEncoders.has(op) && !kernelEncoders.has(op));
  expect(missing).toEqual([]);
});
