import { productOfDims } from '../../graph/dim';
import type { DType } from '../../graph/graph';
import { dtypeName, floatDtype, isFloating } from '../arithmetic/promote';
import type { Arguments } from '../arguments';
import { OpError, type OpDefinition } from '../op';
import { inputAt, normalizeDimension } from '../shapes';
import { reducedShape, reducesRule, type ReduceAttributes } from './reduce-dims';
import { reductionRules } from './reduction-rules';

/** `same` dtype as the input, `sum`: integers become i64, `real`: a float, `truth`: bool (u8 stays), `index`: i64. */
type Result = 'same' | 'sum' | 'real' | 'truth' | 'index';

const notFloat = (dtype: DType): boolean => !isFloating(dtype);
const isBool = (dtype: DType): boolean => dtype === 'bool';

/**
 * What makes one number of all values along some dimensions, PyTorch's names. Those of the `arg` kind say where it
 * stands. One operation is counted for each value that is read.
 */
export const reductions: readonly OpDefinition<ReduceAttributes>[] = [
  reduction('sum', 'sum'),
  reduction('nansum', 'sum'),
  reduction('prod', 'sum'),
  reduction('mean', 'same', notFloat),
  reduction('nanmean', 'same', notFloat),
  reduction('std', 'same', notFloat),
  reduction('var', 'same', notFloat),
  reduction('norm', 'same', notFloat),
  reduction('logsumexp', 'real'),
  reduction('amax', 'same'),
  reduction('amin', 'same'),
  reduction('all', 'truth'),
  reduction('any', 'truth'),
  reduction('count_nonzero', 'index'),
  reduction('argmax', 'index', isBool),
  reduction('argmin', 'index', isBool),
  reduction('median', 'same', isBool),
  reduction('argmedian', 'index', isBool),
  reduction('mode', 'same'),
  reduction('argmode', 'index'),
  reduction('kthvalue', 'same', isBool),
  reduction('argkthvalue', 'index', isBool),
];

function reduction(
  name: string,
  result: Result,
  refused: (dtype: DType) => boolean = () => false,
): OpDefinition<ReduceAttributes> {
  return {
    ...reductionRules[name],
    name,
    title: name,
    inferType(inputs, attrs) {
      const { shape, dtype } = inputAt(inputs, 0);
      if (refused(dtype)) throw new OpError(`${name} does not take a tensor of ${dtypeName(dtype)}.`);
      return { shape: reducedShape(shape, attrs), dtype: resultOf(result, dtype) };
    },
    flops: (inputs) => productOfDims(inputAt(inputs, 0).shape),
    receptiveField: reducesRule,
    pytorch: {
      functions: [
        {
          names: [`torch.${name}`],
          signature: 'input, dim=None, keepdim=False',
          build(args) {
            const { id, type } = args.tensor('input');
            return { op: name, attrs: readAttributes(args, name, type.shape.length), inputs: [id] };
          },
        },
      ],
    },
  };
}

function readAttributes(args: Arguments, name: string, rank: number): ReduceAttributes {
  const keepDims = args.boolean('keepdim');
  const given = args.value('dim');
  if (given.kind === 'none') return { dims: Array.from({ length: rank }, (_, dim) => dim), keepDims };
  const dims = args.integers('dim', given.kind === 'sequence' ? given.items.length : 1);
  return { dims: dims.map((dim) => normalizeDimension(name, dim, rank)), keepDims };
}

function resultOf(result: Result, dtype: DType): DType {
  switch (result) {
    case 'same':
      return dtype;
    case 'sum':
      return isFloating(dtype) ? dtype : 'i64';
    case 'real':
      return floatDtype(dtype);
    case 'truth':
      return dtype === 'u8' ? 'u8' : 'bool';
    case 'index':
      return 'i64';
  }
}
