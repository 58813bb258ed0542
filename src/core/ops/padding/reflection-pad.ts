import type { OpDefinition } from '../op';
import { padding, padModules, type PadAttributes } from './pad';

/** Mirrors the input at its border, without repeating the border itself. Source: PyTorch, ReflectionPad2d. */
export const reflectionPad: OpDefinition<PadAttributes> = {
  ...padding('reflect'),
  pytorch: { modules: padModules('reflect') },
  onnx: 'Pad',
};
