import { productOfDims } from '../../graph/dim';
import type { DType } from '../../graph/graph';
import { floatDtype, isFloating } from '../arithmetic/promote';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';

export type ScanAttributes = { readonly dim: number };

/**
 * What keeps the shape but reads all values along one dimension: running sums, sorting. Those of the `arg` kind give the
 * indices. One operation is counted for each value (of sorting too: its comparisons depend on the data).
 */
export const scans: readonly OpDefinition<ScanAttributes>[] = [
  scan('cumsum', (dtype) => (isFloating(dtype) ? dtype : 'i64')),
  scan('cumprod', (dtype) => (isFloating(dtype) ? dtype : 'i64')),
  scan('logcumsumexp', floatDtype),
  scan('cummax', (dtype) => dtype),
  scan('argcummax', () => 'i64'),
  scan('cummin', (dtype) => dtype),
  scan('argcummin', () => 'i64'),
  scan('sort', (dtype) => dtype),
  scan('argsort', () => 'i64'),
];

function scan(name: string, result: (dtype: DType) => DType): OpDefinition<ScanAttributes> {
  return {
    name,
    title: name,
    inferType(inputs) {
      const { shape, dtype } = inputAt(inputs, 0);
      return { shape, dtype: result(dtype) };
    },
    flops: (_inputs, output) => productOfDims(output.shape),
    receptiveField: (_inputs, { dim }) => ({ kind: 'mixes', dims: [dim] }),
  };
}
