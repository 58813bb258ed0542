import type { Arguments } from '../arguments';
import { OpError, type OpDefinition } from '../op';
import { clampedIntegers, unaryActivation } from './unary-activation';

export type HardtanhAttributes = {
  readonly minimum: number;
  readonly maximum: number;
};

/** min(max(x, minimum), maximum). Source: PyTorch, Hardtanh. */
export const hardtanh: OpDefinition<HardtanhAttributes> = withCheckedLayer({
  ...unaryActivation({
    name: 'hardtanh',
    title: 'Hardtanh',
    flopsPerElement: 2,
    gradient: 'output',
    integers: 'kept',
    attributes: readHardtanh,
    layer: 'min_val=-1.0, max_val=1.0, inplace=False, min_value=None, max_value=None',
    functions: [
      { names: ['torch.nn.functional.hardtanh'], signature: 'input, min_val=-1.0, max_val=1.0, inplace=False' },
      { names: ['torch.nn.functional.hardtanh_'], signature: 'input, min_val=-1.0, max_val=1.0' },
    ],
    onnx: 'Clip',
  }),
  lower: clampedIntegers('hardtanh', ({ minimum, maximum }) => ({
    min: Math.trunc(minimum),
    max: Math.trunc(maximum),
  })),
});

function readHardtanh(args: Arguments): HardtanhAttributes {
  return { minimum: args.number('min_val'), maximum: args.number('max_val') };
}

/** The layer, unlike the function, insists on an interval, and knows two old names. */
function withCheckedLayer(op: OpDefinition<HardtanhAttributes>): OpDefinition<HardtanhAttributes> {
  const modules = (op.pytorch?.modules ?? []).map((module) => ({
    ...module,
    build(args: Arguments) {
      const minimum = args.number(args.isNone('min_value') ? 'min_val' : 'min_value');
      const maximum = args.number(args.isNone('max_value') ? 'max_val' : 'max_value');
      if (maximum <= minimum) {
        throw new OpError(`Hardtanh: max_val must be greater than min_val, got ${maximum} and ${minimum}.`);
      }
      return { op: op.name, attrs: { minimum, maximum }, tensors: [] };
    },
  }));
  return { ...op, pytorch: { ...op.pytorch, modules } };
}
