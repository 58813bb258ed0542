import type { OpDefinition } from '../op';
import { padding, padModules, type PadAttributes } from './pad';
import { padGradient } from './pad-grad';

/** Goes on with the elements of the other end. Source: PyTorch, CircularPad2d. */
export const circularPad: OpDefinition<PadAttributes> = {
  ...padding('circular'),
  gradient: padGradient('circular'),
  pytorch: { modules: padModules('circular') },
  onnx: 'Pad',
};
