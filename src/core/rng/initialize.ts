import { assertNever } from '../errors';
import type { DType, Graph, Initializer } from '../graph/graph';
import { elementCount, staticShape } from '../graph/dim';
import { isFloating } from '../ops/arithmetic/promote';
import { PhiloxStream, streams } from './philox';

export interface StateTensor {
  /** state_dict name */
  readonly name: string;
  readonly kind: 'parameter' | 'buffer';
  readonly shape: readonly number[];
  /** f32 for all floats; whole numbers and truth values are kept as 32-bit words. */
  readonly dtype: DType;
  readonly init: Initializer;
  /** Whether an op of the graph reads it; absent: not said. */
  readonly isRead?: boolean;
}

/** Whether a buffer only counts batches: no op reads it, and the host keeps it. */
export function isCounter({ name, kind, shape, dtype, isRead = false }: StateTensor): boolean {
  const batches = name === 'num_batches_tracked' || name.endsWith('.num_batches_tracked');
  return kind === 'buffer' && dtype === 'i64' && shape.length === 0 && batches && !isRead;
}

/** Parameters and buffers of a model in state_dict order. */
export function stateTensors(graph: Graph): readonly StateTensor[] {
  const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  return graph.nodes.flatMap((node) => {
    if ((node.op !== 'parameter' && node.op !== 'buffer') || node.path === undefined) return [];
    const shape = staticShape(node.type.shape);
    if (!shape) throw new Error(`${node.path} has no fixed shape`);
    const dtype = isFloating(node.type.dtype) ? 'f32' : node.type.dtype;
    // The graph's own builder wrote the attribute from an Initializer.
    const init = node.attrs['init'] as unknown as Initializer;
    return [{ name: node.path, kind: node.op, shape, dtype, init, isRead: read.has(node.id) }];
  });
}

/** First values of a tensor. `index` is its place in the state_dict: with the seed it decides the numbers. */
export function initialValues(tensor: StateTensor, seed: number, index: number): Float32Array | Int32Array {
  const count = elementCount(tensor.shape);
  const values = tensor.dtype === 'f32' ? new Float32Array(count) : new Int32Array(count);
  const { init } = tensor;
  const random = new PhiloxStream(seed, streams.initialize, index);
  switch (init.kind) {
    case 'constant':
      return values.fill(init.value);
    case 'uniform':
      for (let i = 0; i < values.length; i++) values[i] = (2 * random.nextFloat() - 1) * init.bound;
      return values;
    case 'normal':
      for (let i = 0; i < values.length; i++) values[i] = init.mean + init.std * random.nextNormal();
      if (init.zeroRow !== undefined) {
        const row = values.length / (tensor.shape[0] ?? 1);
        values.fill(0, init.zeroRow * row, (init.zeroRow + 1) * row);
      }
      return values;
    case 'values':
      values.set(init.values);
      return values;
    default:
      return assertNever(init);
  }
}
