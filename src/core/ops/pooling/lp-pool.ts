import { multiplyDims, productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { OpError, OpUnsupported, type LoweringContext, type OpDefinition } from '../op';
import { readFlag } from '../read-sizes';
import { inputAt, requireFloatInput } from '../shapes';
import { poolFormulas, poolReceptiveField, poolType, readPoolWindow } from './pool-window';

export type LpPoolAttributes = {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly ceilMode: boolean;
  /** p in (Σ xᵖ)^(1/p). */
  readonly normType: number;
};

/** The p-norm of each window, (Σ xᵖ)^(1/p). `[N, C, …size]` → `[N, C, …]`. Source: PyTorch, LPPool2d. */
export function lpPool(rank: number): OpDefinition<LpPoolAttributes> {
  const [title, op] = [`LPPool${rank}d`, `lp_pool${rank}d`];
  const signature = 'norm_type, kernel_size, stride=None, ceil_mode=False';
  return {
    name: op,
    title,
    inferType(inputs, attrs) {
      requireFloatInput(title, inputAt(inputs, 0));
      return poolType(title, inputs, attrs);
    },
    /** A power and an addition for each element of a window, and the root. */
    flops: (_inputs, output, { kernel }) =>
      multiplyDims(productOfDims(output.shape), 2 * kernel.reduce((a, b) => a * b, 1) + 1),
    receptiveField: (_inputs, attrs) => poolReceptiveField(attrs),
    formulas: (inputs, output, attrs) => poolFormulas(inputs, output, attrs),
    lower: lowerLpPool,
    pytorch: {
      modules: [
        { name: title, signature, build: (args) => ({ op, attrs: readAttributes(title, args, rank), tensors: [] }) },
      ],
      functions: [
        {
          names: [`torch.nn.functional.${op}`],
          signature: `input, ${signature}`,
          build: (args) => ({ op, attrs: readAttributes(op, args, rank), inputs: [args.tensor('input').id] }),
        },
      ],
    },
    onnx: 'LpPool',
  };
}

/**
 * The windows' means of xᵖ times the kernel's size, as in PyTorch (also where a window of ceil_mode is cut off), and the
 * root of that. A mean of 0 passes no gradient on.
 */
function lowerLpPool({ add, node, attrs }: LoweringContext<LpPoolAttributes>): NodeId {
  const { kernel, stride, padding, ceilMode, normType } = attrs;
  const [x] = node.inputs as [NodeId];
  const average = { kernel, stride, padding, ceilMode, countIncludePad: true, divisorOverride: null };
  const power = (base: NodeId, exponent: number): NodeId => {
    if (exponent === 2) return add('multiply', {}, [base, base]);
    if (exponent === 0.5) return add('sqrt', {}, [base]);
    return exponent === 1 ? base : add('power', {}, [base, add('constant', { value: exponent, shape: [] }, [])]);
  };
  const means = add(`avg_pool${kernel.length}d`, average, [power(x, normType)]);
  const size = normType === 2 ? add('relu', {}, [means]) : nonZero(means);
  const sums = add('scale', { factor: kernel.reduce((a, b) => a * b, 1) }, [size]);
  return power(sums, 1 / normType);

  /** The value itself, with gradient 0 at 0. */
  function nonZero(value: NodeId): NodeId {
    return add('multiply', {}, [add('sign', {}, [value]), add('relu', {}, [add('abs', {}, [value])])]);
  }
}

function readAttributes(title: string, args: Arguments, rank: number): LpPoolAttributes {
  const window = readPoolWindow(title, args, rank, { padded: false });
  return { ...window, ceilMode: readFlag(title, args, 'ceil_mode'), normType: readNorm(title, args) };
}

function readNorm(title: string, args: Arguments): number {
  const value = args.value('norm_type');
  if (value.kind === 'float') return value.value;
  if (value.kind === 'boolean') return Number(value.value);
  if (value.kind === 'integer' && typeof value.value === 'number') return value.value;
  if (value.kind === 'none' || value.kind === 'sequence') throw new OpError(`${title}: norm_type must be a number.`);
  throw new OpUnsupported(`${title}: norm_type is not known.`);
}
