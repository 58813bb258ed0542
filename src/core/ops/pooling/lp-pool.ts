import { multiplyDims, productOfDims } from '../../graph/dim';
import type { Arguments } from '../arguments';
import { OpError, OpUnsupported, type OpDefinition } from '../op';
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
