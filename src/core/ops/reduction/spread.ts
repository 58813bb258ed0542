import { productOfDims, subtractDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import { OpUnsupported, type LoweringContext } from '../op';
import type { ReduceAttributes } from './reduce-dims';

export type SpreadAttributes = ReduceAttributes & {
  /** How much less than the number of values the squares are divided by; absent: 1. */
  readonly correction?: number;
};

/** Σ (x − mean)² / (n − correction). The mean is where the squares are least: no gradient passes through it. */
export function lowerVar({ add, attrs, node, typeOf }: LoweringContext<SpreadAttributes>): NodeId {
  const [x] = node.inputs as [NodeId];
  const { dims, keepDims, correction = 1 } = attrs;
  const { shape } = typeOf(x);
  const mean = add('detach', {}, [add('mean', { dims, keepDims: true }, [x])]);
  const distance = add('subtract', {}, [x, mean]);
  const sum = add('product_sum', { dims, keepDims }, [distance, distance]);
  const count = subtractDims(productOfDims(dims.map((dim) => shape[dim] ?? 1)), correction);
  return add('divide', {}, [sum, add('constant', { value: count, shape: [] }, [])]);
}

export function lowerStd({ add, attrs, node }: LoweringContext<SpreadAttributes>): NodeId {
  return add('root', { p: 2 }, [add('var', attrs, node.inputs)]);
}

export type NormAttributes = ReduceAttributes & {
  /** Exponent; `inf` and `-inf` for the largest and smallest magnitude; absent: 2. Others (`nuc`) are norms of matrices. */
  readonly p?: number | string;
};

/** (Σ |x|ᵖ)^(1/p). Source: PyTorch, norm. */
export function lowerNorm({ add, attrs, node }: LoweringContext<NormAttributes>): NodeId {
  const [x] = node.inputs as [NodeId];
  const { dims, keepDims, p = 2 } = attrs;
  const reduced = { dims, keepDims };
  if (p === 2) return add('root', { p }, [add('product_sum', reduced, [x, x])]);
  const magnitude = (): NodeId => add('abs', {}, [x]);
  if (p === 'inf') return add('amax', reduced, [magnitude()]);
  if (p === '-inf') return add('amin', reduced, [magnitude()]);
  if (typeof p === 'string') throw new OpUnsupported(`norm: the norm '${p}' can be read, but not trained.`);
  if (p === 0) {
    const nonzero = add('cast', { dtype: 'bool' }, [x]);
    return add('sum', reduced, [add('cast', { dtype: node.type.dtype }, [nonzero])]);
  }
  if (p === 1) return add('sum', reduced, [magnitude()]);
  const powers = add('with_number', { function: 'power', number: p, numberFirst: false }, [magnitude()]);
  return add('root', { p }, [add('sum', reduced, [powers])]);
}
