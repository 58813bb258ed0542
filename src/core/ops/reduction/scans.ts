import { productOfDims } from '../../graph/dim';
import type { DType } from '../../graph/graph';
import { floatDtype, isFloating } from '../arithmetic/promote';
import type { OpDefinition } from '../op';
import { inputAt } from '../shapes';
import { scanRules } from './scan-rules';

export type ScanAttributes = {
  readonly dim: number;
  /** Of running sums: beginning at the end. */
  readonly reverse?: boolean;
  /** Of sorting: the largest first. */
  readonly descending?: boolean;
};

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
    ...scanRules[name],
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
