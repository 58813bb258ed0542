import type { Arguments } from '../arguments';
import { OpError, type OpDefinition } from '../op';
import { unaryActivation } from './unary-activation';

export type ShrinkAttributes = {
  /** Values within ±lambd become 0. */
  readonly lambd: number;
};

/** x − lambd above lambd, x + lambd below −lambd, else 0. Source: PyTorch, Softshrink. */
export const softshrink: OpDefinition<ShrinkAttributes> = unaryActivation({
  name: 'softshrink',
  title: 'Softshrink',
  flopsPerElement: 3,
  gradient: 'output',
  attributes: readSoftshrink,
  layer: 'lambd=0.5',
  functions: [{ names: ['torch.nn.functional.softshrink'], signature: 'input, lambd=0.5' }],
  onnx: 'Shrink',
});

/** x outside of ±lambd, else 0. Source: PyTorch, Hardshrink. */
export const hardshrink: OpDefinition<ShrinkAttributes> = unaryActivation({
  name: 'hardshrink',
  title: 'Hardshrink',
  flopsPerElement: 2,
  gradient: 'output',
  attributes: (args) => ({ lambd: args.number('lambd') }),
  layer: 'lambd=0.5',
  functions: [
    {
      names: ['torch.nn.functional.hardshrink', 'torch.hardshrink', 'torch.Tensor.hardshrink'],
      signature: 'input, lambd=0.5',
    },
  ],
  onnx: 'Shrink',
});

function readSoftshrink(args: Arguments): ShrinkAttributes {
  const lambd = args.number('lambd');
  if (lambd < 0) throw new OpError(`Softshrink: lambd must not be negative, got ${lambd}.`);
  return { lambd };
}
