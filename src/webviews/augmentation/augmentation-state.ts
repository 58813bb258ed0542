import { isObject } from '../../core/is-object';
import { isWhole } from '../shared/parse-kept';

export const [leastDraws, mostDraws] = [4, 64];

/** What the panel's controls set, and what it keeps over a reload. */
export interface AugmentationState {
  /** What the data set of the image is opened by; null: none, or a file. */
  readonly location: string | null;
  /** Number of the image in it. */
  readonly image: number;
  /** Absolute path of the image file that is shown instead. */
  readonly file: string | null;
  /** The pipeline as it is written, right or wrong. */
  readonly text: string;
  readonly draws: number;
  readonly seed: number;
  /** Of a tile, in CSS pixels. */
  readonly side: number;
  /** The draw whose steps are shown. */
  readonly chosen: number;
}

export function parseAugmentationState(value: unknown): AugmentationState {
  const kept = isObject(value) ? value : {};
  return {
    location: typeof kept.location === 'string' ? kept.location : null,
    image: isWhole(kept.image) ? kept.image : 0,
    file: typeof kept.file === 'string' ? kept.file : null,
    text: typeof kept.text === 'string' ? kept.text : 'RandomCrop(None, padding=4), RandomHorizontalFlip()',
    draws: isWhole(kept.draws) ? Math.min(mostDraws, Math.max(leastDraws, kept.draws)) : 23,
    seed: isWhole(kept.seed) ? kept.seed : 0,
    side: isWhole(kept.side) ? kept.side : 96,
    chosen: isWhole(kept.chosen) ? kept.chosen : 0,
  };
}
