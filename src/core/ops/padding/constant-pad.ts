import { multiplyDims } from '../../graph/dim';
import type { Arguments } from '../arguments';
import { OpError, OpUnsupported, type ModuleBinding, type OpDefinition } from '../op';
import { readDimList } from '../read-sizes';
import { fromPairs, isPadMode, padding, padModules, padOpName, readModulePadding, type PadAttributes } from './pad';

export type ConstantPadAttributes = PadAttributes & { readonly value: number };

/** Puts one value around the last dimensions, any number of them. Source: PyTorch, ConstantPad2d and functional.pad. */
export const constantPad: OpDefinition<ConstantPadAttributes> = {
  ...padding('constant'),
  // What was added is cut off, what was cut off gets zeros.
  gradient({ add, attrs, outputGradient }) {
    const [before, after] = [attrs.before, attrs.after].map((sizes) => sizes.map((size) => multiplyDims(-1, size)));
    return [add('constant_pad', { before: before ?? [], after: after ?? [], value: 0 }, [outputGradient])];
  },
  pytorch: {
    modules: [
      ...padModules('constant', 'ZeroPad').map((binding) => ({
        ...binding,
        build: (args: Arguments) => {
          const blueprint = binding.build(args);
          return { ...blueprint, attrs: { ...blueprint.attrs, value: 0 } };
        },
      })),
      ...[1, 2, 3].map(constantPadModule),
    ],
    functions: [
      {
        names: ['torch.nn.functional.pad'],
        signature: "input, pad, mode='constant', value=None",
        build(args) {
          const mode = args.string('mode');
          if (!isPadMode(mode)) {
            throw new OpError(`pad: mode must be 'constant', 'reflect', 'replicate' or 'circular', got '${mode}'.`);
          }
          const attrs = fromPairs('pad', readDimList('pad', args, 'pad'));
          const inputs = [args.tensor('input').id];
          if (mode === 'constant') {
            return { op: 'constant_pad', attrs: { ...attrs, value: readValue('pad', args) }, inputs };
          }
          if (readValue('pad', args) !== 0) throw new OpError(`pad: mode '${mode}' takes no value.`);
          return { op: padOpName(mode), attrs, inputs };
        },
      },
    ],
  },
  onnx: 'Pad',
  keras: 'ZeroPadding2D',
};

function constantPadModule(rank: number): ModuleBinding {
  const name = `ConstantPad${rank}d`;
  return {
    name,
    signature: 'padding, value',
    build: (args) => ({
      op: 'constant_pad',
      attrs: { ...readModulePadding(name, args, rank), value: readValue(name, args) },
      tensors: [],
    }),
  };
}

/** None is 0. */
function readValue(title: string, args: Arguments): number {
  const value = args.value('value');
  switch (value.kind) {
    case 'none':
      return 0;
    case 'float':
      return value.value;
    case 'boolean':
      return Number(value.value);
    case 'integer':
      if (typeof value.value === 'number') return value.value;
      break;
    case 'string':
    case 'sequence':
      throw new OpError(`${title}: value must be a number.`);
    case 'tensor':
    case 'training':
    case 'other':
    case 'unknown':
  }
  throw new OpUnsupported(`${title}: the value of the padding is not known.`);
}
