import type { AugmentationConfig, DeviceChange } from '../augmentation';
import { parsePipeline } from './parse-pipeline';

/** Mirroring and shifts as transforms: what earlier versions had, and what the command line has short options for. */
export function shorthandTransforms({ flip, cropPadding }: DeviceChange): AugmentationConfig {
  const crop = cropPadding > 0 ? `RandomCrop(None, padding=${cropPadding}), ` : '';
  return { train: parsePipeline(`${crop}${flip ? 'RandomHorizontalFlip()' : ''}`), evaluation: null };
}
