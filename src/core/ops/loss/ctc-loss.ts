import { formatShape, multiplyDims, productOfDims } from '../../graph/dim';
import type { Shape, TensorType } from '../../graph/graph';
import type { Arguments, ArgumentValue } from '../arguments';
import { requireFloat } from '../fits';
import { OpError, OpUnsupported, type CallBlueprint, type OpDefinition } from '../op';
import { dimAt, inputAt, requireEqual } from '../shapes';
import { readReduction } from './loss-op';

export type CtcLossAttributes = {
  /** The class that stands for no label. */
  readonly blank: number;
  readonly reduction: 'none' | 'mean' | 'sum';
  readonly zeroInfinity: boolean;
  /** Lengths of inputs and targets that were given as numbers, null for one that is not known; null: a tensor, which is an input. */
  readonly inputLengths: readonly (number | null)[] | null;
  readonly targetLengths: readonly (number | null)[] | null;
};

const settings = "blank=0, reduction='mean', zero_infinity=False";
const tensors = 'log_probs, targets, input_lengths, target_lengths';

/**
 * The loss of all alignments of a sequence with its labels. Inputs: log-probabilities `[T, N, C]` or `[T, C]`, targets
 * `[N, S]` or one after another, then the lengths `[N]` that are tensors. Result unreduced: `[N]`.
 * Source: Graves et al., 2006; PyTorch, CTCLoss.
 */
export const ctcLoss: OpDefinition<CtcLossAttributes> = {
  name: 'ctc_loss',
  title: 'CTCLoss',
  inferType(inputs, attrs) {
    const scores = inputAt(inputs, 0);
    requireFloat('CTCLoss', scores);
    const rank = scores.shape.length;
    if (rank !== 2 && rank !== 3) {
      throw new OpError(`CTCLoss expects log-probabilities (T, N, C) or (T, C), got ${formatShape(scores.shape)}.`);
    }
    const classes = dimAt(scores.shape, -1);
    if (attrs.blank < 0 || (typeof classes === 'number' && attrs.blank >= classes)) {
      throw new OpError(`CTCLoss: blank=${attrs.blank} is not one of the ${classes} classes.`);
    }
    const batch = rank === 3 ? dimAt(scores.shape, 1) : 1;
    const targets = inputAt(inputs, 1).shape;
    if (targets.length > 2) throw new OpError(`CTCLoss expects targets (N, S), got ${formatShape(targets)}.`);
    if (targets.length === 2)
      requireEqual(targets[0], batch, `CTCLoss expects ${batch} targets, got ${targets[0] ?? 0}.`);
    for (const { name, count } of lengthCounts(inputs, attrs)) {
      requireEqual(count, batch, `CTCLoss expects ${batch} ${name}, got ${count}.`);
    }
    const shape: Shape = attrs.reduction === 'none' && rank === 3 ? [batch] : [];
    return { shape, dtype: scores.dtype };
  },
  lower({ add, attrs, node }) {
    if ([attrs.inputLengths, attrs.targetLengths].some((lengths) => lengths?.includes(null))) {
      throw new OpUnsupported('CTCLoss: its lengths are not known.');
    }
    return add('ctc_loss', attrs, node.inputs);
  },
  gradient({ add, attrs, node, outputGradient }) {
    return [add('ctc_loss_grad', attrs, [outputGradient, ...node.inputs])];
  },
  flops: (inputs) => multiplyDims(6, productOfDims(inputAt(inputs, 0).shape)),
  receptiveField: () => ({ kind: 'global' }),
  pytorch: {
    modules: [
      {
        name: 'CTCLoss',
        signature: settings,
        build: (args) => ({ op: 'ctc_loss', attrs: readSettings(args), tensors: [] }),
        call: {
          signature: tensors,
          build: (args, { attrs }) => callCtc(attrs as Settings, args),
        },
      },
    ],
    functions: [
      {
        names: ['torch.nn.functional.ctc_loss'],
        signature: `${tensors}, ${settings}`,
        build: (args) => callCtc(readSettings(args), args),
      },
    ],
  },
};

/**
 * dloss, then the inputs of the loss → the gradient of the log-probabilities. As PyTorch's, it is that of scores whose
 * softmax they are: p − q, q the share of the alignments that pass there; log_softmax's own gradient leaves it as it is.
 */
export const ctcLossGrad: OpDefinition<CtcLossAttributes> = {
  name: 'ctc_loss_grad',
  title: 'CTCLoss, gradient',
  inferType: (inputs) => inputAt(inputs, 1),
  flops: (_inputs, output) => multiplyDims(12, productOfDims(output.shape)),
};

type Settings = Pick<CtcLossAttributes, 'blank' | 'reduction' | 'zeroInfinity'>;

function readSettings(args: Arguments): Settings {
  const reduction = readReduction(args) as Settings['reduction'];
  return { blank: args.integer('blank'), reduction, zeroInfinity: args.boolean('zero_infinity') };
}

function callCtc(given: Settings, args: Arguments): CallBlueprint {
  const lengths = ['input_lengths', 'target_lengths'].map((name) => {
    const value = args.value(name);
    return value.kind === 'sequence' ? value.items.map(numberIn) : args.tensor(name);
  });
  const [inputLengths = null, targetLengths = null] = lengths.map((each) => ('id' in each ? null : each));
  const tensorsOfLengths = lengths.flatMap((each) => ('id' in each ? [each] : []));
  return {
    op: 'ctc_loss',
    attrs: { ...given, inputLengths, targetLengths },
    inputs: [args.tensor('log_probs'), args.tensor('targets'), ...tensorsOfLengths].map(({ id }) => id),
  };
}

function numberIn(item: ArgumentValue): number | null {
  return item.kind === 'integer' && typeof item.value === 'number' ? item.value : null;
}

/** How many lengths there are of each kind. */
function lengthCounts(inputs: readonly TensorType[], { inputLengths, targetLengths }: CtcLossAttributes) {
  let next = 2;
  return [
    { name: 'input lengths', given: inputLengths },
    { name: 'target lengths', given: targetLengths },
  ].map(({ name, given }) => ({ name, count: given?.length ?? inputAt(inputs, next++).shape[0] ?? 1 }));
}
