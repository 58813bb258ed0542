import type { OpDefinition } from '../op';
import { padding, padModules, type PadAttributes } from './pad';
import { padGradient } from './pad-grad';

/** Mirrors the input at its border, without repeating the border itself. Source: PyTorch, ReflectionPad2d. */
export const reflectionPad: OpDefinition<PadAttributes> = {
  ...padding('reflect'),
  gradient: padGradient('reflect'),
  pytorch: { modules: padModules('reflect') },
  onnx: 'Pad',
};
