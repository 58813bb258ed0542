import { evaluationTransforms } from '../core/data/augment/evaluation-transforms';
import { sizeAfter } from '../core/data/augment/transform-table';
import type { AugmentationConfig } from '../core/data/augmentation';
import type { ImageSplit } from '../core/data/dataset';
import type { ImageSize } from '../core/data/image';
import { cropImages, testViews, type TestTimeViews } from '../core/data/test-time';
import { UserError } from '../core/errors';
import type { SplitView } from './score-split';

export function isCropped({ kind }: TestTimeViews): boolean {
  return kind === 'five-crop' || kind === 'ten-crop';
}

/** What test images are changed by before they are looked at: for crops all but the last CenterCrop, whose place they take. */
export function viewedAugmentation(augment: AugmentationConfig, views: TestTimeViews): AugmentationConfig {
  if (!isCropped(views)) return augment;
  const transforms = evaluationTransforms(augment);
  const crop = transforms.map(({ name }) => name).lastIndexOf('CenterCrop');
  const before = crop < 0 ? transforms : transforms.slice(0, crop);
  return { train: before, evaluation: before };
}

/**
 * Looks at images that were stored as `stored` and changed by `viewedAugmentation`, by a model that takes [C, H, W].
 * @throws UserError where they are no larger than the model takes them, so that there is nothing to crop.
 */
export function splitViews(
  split: ImageSplit,
  stored: ImageSize,
  [, height = 1, width = 1]: readonly number[],
  augment: AugmentationConfig,
  views: TestTimeViews,
): readonly SplitView[] {
  const from = sizeAfter(evaluationTransforms(augment), stored) ?? stored;
  const spare = { down: from.height - height, across: from.width - width };
  if (isCropped(views) && (spare.down < 0 || spare.across < 0 || spare.down + spare.across === 0)) {
    throw new UserError(
      `The images are ${from.height} × ${from.width} pixels, as the model takes them ${height} × ${width}: there is nothing to crop.`,
      'Look at them by flip or shifts. Crops need a run whose evaluation ends with CenterCrop of larger images.',
    );
  }
  return testViews(views, [height, width], spare).map(({ crop, change }) => ({
    change,
    split: () => (crop ? cropImages(split, from, crop, [height, width]) : split),
  }));
}
