import { assertNever } from '../errors';
import type { Graph, Initializer } from '../graph/graph';
import { elementCount, staticShape } from '../graph/dim';
import { PhiloxStream, streams } from './philox';

export interface StateTensor {
  /** state_dict name */
  readonly name: string;
  readonly kind: 'parameter' | 'buffer';
  readonly shape: readonly number[];
  readonly dtype: 'f32' | 'i64';
  readonly init: Initializer;
}

/** Parameters and buffers of a model in state_dict order. */
export function stateTensors(graph: Graph): readonly StateTensor[] {
  return graph.nodes.flatMap((node) => {
    if ((node.op !== 'parameter' && node.op !== 'buffer') || node.path === undefined) return [];
    const shape = staticShape(node.type.shape);
    if (!shape) throw new Error(`${node.path} has no fixed shape`);
    const dtype = node.type.dtype === 'i64' ? 'i64' : 'f32';
    // The graph's own builder wrote the attribute from an Initializer.
    const init = node.attrs['init'] as unknown as Initializer;
    return [{ name: node.path, kind: node.op, shape, dtype, init }];
  });
}

/** First values of a tensor. `index` is its place in the state_dict: with the seed it decides the numbers. */
export function initialValues(tensor: StateTensor, seed: number, index: number): Float32Array {
  const values = new Float32Array(elementCount(tensor.shape));
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
      return values;
    default:
      return assertNever(init);
  }
}
