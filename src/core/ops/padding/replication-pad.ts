import type { OpDefinition } from '../op';
import { padding, padModules, type PadAttributes } from './pad';
import { padGradient } from './pad-grad';

/** Repeats the elements at the border. Source: PyTorch, ReplicationPad2d. */
export const replicationPad: OpDefinition<PadAttributes> = {
  ...padding('replicate'),
  gradient: padGradient('replicate'),
  pytorch: { modules: padModules('replicate') },
  onnx: 'Pad',
};
