import { multiplyDims, productOfDims } from '../../graph/dim';
import type { Arguments } from '../arguments';
import { requirePositive } from '../convolution/convolution-bindings';
import type { Attributes, NodeId } from '../../graph/graph';
import type { CallResult, FunctionBinding, ModuleBinding, OpDefinition } from '../op';
import { readFlag, readSizes, readTruth } from '../read-sizes';
import { inputAt, requireFloatInput } from '../shapes';
import { lowerMaxPool, maxPoolGradient } from './max-pool-gradient';
import { coversInput, poolFormulas, poolReceptiveField, poolType, readPoolWindow } from './pool-window';

export type MaxPoolAttributes = {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly ceilMode: boolean;
};

/** Largest value of each window; padding counts as −∞. `[N, C, …size]` → `[N, C, …]`. Source: PyTorch, MaxPool2d. */
export function maxPool(rank: number): OpDefinition<MaxPoolAttributes> {
  const title = `MaxPool${rank}d`;
  return {
    name: `max_pool${rank}d`,
    title,
    inferType(inputs, attrs) {
      requireFloatInput(title, inputAt(inputs, 0));
      return poolType(title, inputs, attrs);
    },
    flops: (_inputs, output, { kernel }) =>
      multiplyDims(
        productOfDims(output.shape),
        kernel.reduce((a, b) => a * b, 1),
      ),
    receptiveField: (_inputs, attrs) => poolReceptiveField(attrs),
    formulas: (inputs, output, attrs) => poolFormulas(inputs, output, attrs),
    lower: lowerMaxPool,
    gradient: maxPoolGradient,
    pytorch: { modules: [maxPoolModule(rank)], functions: maxPoolFunctions(rank) },
    onnx: 'MaxPool',
    keras: `MaxPooling${rank}D`,
  };
}

/** Where in the flattened input (of its channel) each maximum stands, as MaxUnpool2d wants it. */
export function maxPoolIndices(rank: number): OpDefinition<MaxPoolAttributes> {
  const values = maxPool(rank);
  return {
    name: `max_pool${rank}d_indices`,
    title: `MaxPool${rank}d, indices`,
    inferType: (inputs, attrs) => ({ ...values.inferType(inputs, attrs), dtype: 'i64' }),
    receptiveField: (_inputs, attrs) => poolReceptiveField(attrs),
    formulas: (inputs, output, attrs) => poolFormulas(inputs, output, attrs),
  };
}

/** The maxima, or with indices the pair of both; only the layer's own attributes say which. */
export function withIndices(op: string, attrs: Attributes, inputs: readonly NodeId[], wanted: boolean): CallResult {
  const values = { op, attrs, inputs };
  return wanted ? [values, { op: `${op}_indices`, attrs, inputs }] : values;
}

/** A layer whose `returnIndices` attribute stands only where it is true, so that the op's attributes stay its own. */
export function indicesCall(op: string): NonNullable<ModuleBinding['call']> {
  return {
    signature: 'input',
    build(args, layer) {
      const { returnIndices = false, ...attrs } = layer.attrs;
      return withIndices(op, attrs, [args.tensor('input').id], returnIndices === true);
    },
  };
}

function maxPoolModule(rank: number): ModuleBinding {
  const [title, op] = [`MaxPool${rank}d`, `max_pool${rank}d`];
  return {
    name: title,
    signature: 'kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False',
    build: (args) => ({
      op,
      attrs: {
        ...readAttributes(title, args, rank),
        ...(readTruth(title, args, 'return_indices') ? { returnIndices: true } : {}),
      },
      tensors: [],
    }),
    call: indicesCall(op),
  };
}

function maxPoolFunctions(rank: number): readonly FunctionBinding[] {
  const op = `max_pool${rank}d`;
  const build = (args: Arguments, indices: boolean): CallResult => {
    const input = args.tensor('input');
    if (coversInput(args, input.type, rank)) {
      return withIndices(`adaptive_${op}`, { outputSize: Array<number>(rank).fill(1) }, [input.id], indices);
    }
    return withIndices(op, readAttributes(op, args, rank), [input.id], indices);
  };
  const signature = 'input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False';
  return [
    {
      names: [`torch.nn.functional.${op}`],
      signature: `${signature}, return_indices=False`,
      build: (args) => build(args, readTruth(op, args, 'return_indices')),
    },
    { names: [`torch.${op}`], signature, build: (args) => build(args, false) },
    {
      names: [`torch.nn.functional.${op}_with_indices`],
      signature: `${signature}, return_indices=False`,
      build: (args) => build(args, true),
    },
    ...(rank === 1
      ? [{ names: [`torch.${op}_with_indices`], signature, build: (args: Arguments) => build(args, true) }]
      : []),
  ];
}

function readAttributes(title: string, args: Arguments, rank: number): MaxPoolAttributes {
  const { kernel, stride, padding } = readPoolWindow(title, args, rank);
  const dilation = readSizes(title, args, 'dilation', rank);
  requirePositive(title, 'dilation', dilation);
  return { kernel, stride, padding, dilation, ceilMode: readFlag(title, args, 'ceil_mode') };
}
