import { multiplyDims, productOfDims } from '../../graph/dim';
import type { NodeId } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { OpError, type ModuleBinding, type OpDefinition, type PyTorchBindings } from '../op';
import { readFlag, readSize } from '../read-sizes';
import { inputAt, requireFloatInput } from '../shapes';
import { coversInput, poolFormulas, poolReceptiveField, poolType, readPoolWindow } from './pool-window';

export type AvgPoolAttributes = {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly ceilMode: boolean;
  /** Whether zeros of the padding count in the mean. */
  readonly countIncludePad: boolean;
  /** Divides the sums instead of the window's size. */
  readonly divisorOverride: number | null;
};

/** Mean of each window. `[N, C, …size]` → `[N, C, …]`. Source: PyTorch, AvgPool2d. */
export function avgPool(rank: number): OpDefinition<AvgPoolAttributes> {
  const title = `AvgPool${rank}d`;
  return {
    name: `avg_pool${rank}d`,
    halfStorage: true,
    title,
    inferType(inputs, attrs) {
      requireFloatInput(title, inputAt(inputs, 0));
      return poolType(title, inputs, attrs);
    },
    flops: (_inputs, output, { kernel }) =>
      multiplyDims(productOfDims(output.shape), kernel.reduce((a, b) => a * b, 1) + 1),
    receptiveField: (_inputs, attrs) => poolReceptiveField(attrs),
    formulas: (inputs, output, attrs) => poolFormulas(inputs, output, attrs),
    gradient({ add, typeOf, node, attrs, outputGradient }) {
      const [x] = node.inputs as [NodeId];
      return [add('avg_pool_grad', { ...attrs, inputShape: typeOf(x).shape }, [outputGradient])];
    },
    pytorch: avgPoolBindings(rank),
    onnx: 'AveragePool',
    keras: `AveragePooling${rank}D`,
  };
}

/** The 1-D pool has no divisor_override. */
function avgPoolBindings(rank: number): PyTorchBindings {
  const [title, op] = [`AvgPool${rank}d`, `avg_pool${rank}d`];
  const signature = `kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True${rank === 1 ? '' : ', divisor_override=None'}`;
  const layer: ModuleBinding = {
    name: title,
    signature,
    build: (args) => ({ op, attrs: readAttributes(title, args, rank), tensors: [] }),
  };
  return {
    modules: [layer],
    functions: [
      {
        names: [`torch.nn.functional.${op}`, ...(rank === 1 ? ['torch.avg_pool1d'] : [])],
        signature: `input, ${signature}`,
        build(args) {
          const input = args.tensor('input');
          if (coversInput(args, input.type, rank) && (rank === 1 || args.isNone('divisor_override'))) {
            return { op: `adaptive_${op}`, attrs: { outputSize: Array<number>(rank).fill(1) }, inputs: [input.id] };
          }
          return { op, attrs: readAttributes(op, args, rank), inputs: [input.id] };
        },
      },
    ],
  };
}

function readAttributes(title: string, args: Arguments, rank: number): AvgPoolAttributes {
  const divisorOverride =
    rank === 1 || args.isNone('divisor_override') ? null : readSize(title, args, 'divisor_override');
  if (divisorOverride === 0) throw new OpError(`${title}: divisor_override must not be 0.`);
  return {
    ...readPoolWindow(title, args, rank),
    ceilMode: readFlag(title, args, 'ceil_mode'),
    countIncludePad: readFlag(title, args, 'count_include_pad'),
    divisorOverride,
  };
}
