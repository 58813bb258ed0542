import { formatShape, multiplyDims, productOfDims, type Dim } from '../../graph/dim';
import type { Attributes, DType, Shape, TensorType } from '../../graph/graph';
import type { Arguments, TensorArgument } from '../arguments';
import { OpError, type CallBlueprint, type LayerState, type ModuleBinding, type OpDefinition } from '../op';
import { inputAt } from '../shapes';

export type Reduction = 'none' | 'mean' | 'sum' | 'batchmean';

export interface LossAttributes extends Attributes {
  readonly reduction: Reduction;
  /** Which of the optional tensors (class weights) are there, as the last inputs. */
  readonly given: readonly string[];
}

/** A loss by its inputs' names. */
export type LossTensors = Readonly<Record<string, TensorType | undefined>>;

export interface Loss {
  /** The function's name in torch: `mse_loss`. */
  readonly name: string;
  /** The layer's: `MSELoss`. */
  readonly title: string;
  /** Names of the tensors that forward takes: `input`, `target`. */
  readonly tensors: readonly string[];
  /** Optional tensors that the constructor takes: `weight`. */
  readonly optional?: readonly string[];
  /** Parameters of the constructor. */
  readonly layer: string;
  /** Parameters of the function; the tensors first. */
  readonly signature: string;
  /** Other layers that are the same. */
  readonly alsoLayers?: readonly ModuleBinding[];
  readonly reductions?: readonly Reduction[];
  /** Further attributes. */
  readonly attributes?: (args: Arguments) => Attributes;
  /** The loss before it is reduced; throws an OpError where the tensors do not fit. */
  readonly unreduced: (tensors: LossTensors, attrs: Attributes, reduction: Reduction) => TensorType;
  /** Work for one value of the first input; counted as for activations. */
  readonly flopsPerElement: number;
  readonly onnx?: string;
  /** See OpDefinition. */
  readonly lower?: NonNullable<OpDefinition<LossAttributes>['lower']>;
  readonly gradient?: NonNullable<OpDefinition<LossAttributes>['gradient']>;
  readonly elementwise?: NonNullable<OpDefinition<LossAttributes>['elementwise']>;
}

/** What all losses share: the old arguments and `reduction`. */
export const reductionParameters = "size_average=None, reduce=None, reduction='mean'";

/** A loss as a layer and as a function: the shape rule is that of the unreduced loss, then of the reduction. */
export function lossOp(loss: Loss): OpDefinition<LossAttributes> {
  const { name, title, tensors, optional = [], onnx, lower, gradient, elementwise } = loss;
  const module: ModuleBinding = {
    name: title,
    signature: loss.layer,
    build(args) {
      const attrs = lossAttributes(loss, args);
      const specs = attrs.given.map((key) => givenBuffer(key, args.tensor(key)));
      return { op: name, attrs, tensors: specs, absent: { parameters: [], buffers: optional } };
    },
    call: { signature: tensors.join(', '), build: (args, layer) => callLayer(tensors, args, layer) },
  };
  return {
    name,
    title,
    inferType(inputs, attrs) {
      const type = loss.unreduced(namedTensors(loss, inputs, attrs), attrs, attrs.reduction);
      return attrs.reduction === 'none' ? type : { ...type, shape: [] };
    },
    flops: (inputs): Dim => multiplyDims(loss.flopsPerElement, productOfDims(inputAt(inputs, 0).shape)),
    // Reduced, a loss sees all; before that, the element at its place and perhaps all classes, which is taken as all too.
    receptiveField: () => ({ kind: 'global' }),
    pytorch: {
      modules: [module, ...(loss.alsoLayers ?? [])],
      functions: [
        {
          names: [`torch.nn.functional.${name.replace('cross_entropy_loss', 'cross_entropy')}`],
          signature: loss.signature,
          build(args): CallBlueprint {
            const attrs = lossAttributes(loss, args);
            return { op: name, attrs, inputs: [...tensors, ...attrs.given].map((key) => args.tensor(key).id) };
          },
        },
      ],
    },
    ...(onnx === undefined ? {} : { onnx }),
    ...(lower ? { lower } : {}),
    ...(gradient ? { gradient } : {}),
    ...(elementwise ? { elementwise } : {}),
  };
}

function callLayer(names: readonly string[], args: Arguments, { op, attrs, tensors }: LayerState): CallBlueprint {
  const inputs = [...names.map((name) => args.tensor(name)), ...tensors.values()];
  return { op, attrs, inputs: inputs.map(({ id }) => id) };
}

/** The tensor that the constructor was given; it is part of the state. */
export function givenBuffer(name: string, { type }: TensorArgument) {
  const init = { kind: 'constant', value: 1 } as const;
  return { name, kind: 'buffer', type, init, input: true, given: true } as const;
}

function lossAttributes({ optional = [], reductions, attributes }: Loss, args: Arguments): LossAttributes {
  return {
    reduction: readReduction(args, reductions),
    given: optional.filter((name) => !args.isNone(name)),
    ...attributes?.(args),
  };
}

/** `reduction`, or what the old `size_average` and `reduce` say. */
export function readReduction(args: Arguments, known: readonly Reduction[] = ['none', 'mean', 'sum']): Reduction {
  const [average, reduce] = [readOld(args, 'size_average'), readOld(args, 'reduce')];
  if (average !== undefined || reduce !== undefined) {
    if (reduce === false) return 'none';
    return average === false ? 'sum' : 'mean';
  }
  const given = args.string('reduction');
  const reduction = known.find((candidate) => candidate === given);
  if (reduction) return reduction;
  throw new OpError(`reduction must be one of ${known.join(', ')}, got '${given}'.`);
}

function readOld(args: Arguments, name: string): boolean | undefined {
  return !args.has(name) || args.isNone(name) ? undefined : args.boolean(name);
}

function namedTensors(loss: Loss, inputs: readonly TensorType[], { given }: LossAttributes): LossTensors {
  return Object.fromEntries([...loss.tensors, ...given].map((name, index) => [name, inputAt(inputs, index)]));
}

/** A tensor that is always there. */
export function tensorOf(tensors: LossTensors, name: string): TensorType {
  const tensor = tensors[name];
  if (!tensor) throw new Error(`A loss misses its ${name}`);
  return tensor;
}

export function typed(shape: Shape, dtype: DType): TensorType {
  return { shape, dtype };
}

/** `(5, 3) and (4,)` */
export function shapesOf(...tensors: readonly TensorType[]): string {
  return tensors.map(({ shape }) => formatShape(shape)).join(' and ');
}
