import type { OpDefinition } from '../op';
import { padding, padModules, type PadAttributes } from './pad';

/** Repeats the elements at the border. Source: PyTorch, ReplicationPad2d. */
export const replicationPad: OpDefinition<PadAttributes> = {
  ...padding('replicate'),
  pytorch: { modules: padModules('replicate') },
  onnx: 'Pad',
};
