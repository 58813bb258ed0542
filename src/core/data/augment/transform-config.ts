import type { AutoAugment } from './transforms/auto-augment';
import type { CenterCrop } from './transforms/center-crop';
import type { ColorJitter } from './transforms/color-jitter';
import type { Cutout } from './transforms/cutout';
import type { GaussianBlur } from './transforms/gaussian-blur';
import type { Pad } from './transforms/pad';
import type { RandAugment } from './transforms/rand-augment';
import type { RandomAffine } from './transforms/random-affine';
import type { RandomApply, RandomChoice } from './transforms/random-apply';
import type {
  RandomAdjustSharpness,
  RandomAutocontrast,
  RandomEqualize,
  RandomInvert,
  RandomPosterize,
  RandomSolarize,
} from './transforms/random-color';
import type { RandomCrop } from './transforms/random-crop';
import type { RandomErasing } from './transforms/random-erasing';
import type { RandomHorizontalFlip, RandomVerticalFlip } from './transforms/random-flip';
import type { RandomGrayscale } from './transforms/random-grayscale';
import type { RandomPerspective } from './transforms/random-perspective';
import type { RandomResizedCrop } from './transforms/random-resized-crop';
import type { RandomRotation } from './transforms/random-rotation';
import type { Resize } from './transforms/resize';
import type { Normalize, ToTensor } from './transforms/tensor-end';
import type { TrivialAugmentWide } from './transforms/trivial-augment';

/** A transform with all its parameters, as plain data: what runs are configured with. */
export type TransformConfig =
  | AutoAugment
  | CenterCrop
  | ColorJitter
  | Cutout
  | GaussianBlur
  | Normalize
  | Pad
  | RandAugment
  | RandomAdjustSharpness
  | RandomAffine
  | RandomApply
  | RandomAutocontrast
  | RandomChoice
  | RandomCrop
  | RandomEqualize
  | RandomErasing
  | RandomGrayscale
  | RandomHorizontalFlip
  | RandomInvert
  | RandomPerspective
  | RandomPosterize
  | RandomResizedCrop
  | RandomRotation
  | RandomSolarize
  | RandomVerticalFlip
  | Resize
  | ToTensor
  | TrivialAugmentWide;

export type TransformName = TransformConfig['name'];
