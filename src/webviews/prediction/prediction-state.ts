import { isObject } from '../../core/is-object';
import type { ImageReference } from '../../protocol/inspection';
import { isWhole, oneOf, parseImage } from '../shared/parse-kept';

export type Explanation = 'none' | 'grad-cam' | 'occlusion';

/** What the panel's controls set, and what it keeps over a reload. */
export interface PredictionState {
  readonly image: ImageReference | null;
  /** Images to be gone through, and the place of `image` among them. */
  readonly images: readonly ImageReference[];
  readonly place: number;
  readonly topK: number;
  readonly explanation: Explanation;
  /** Key of the layer that Grad-CAM looks at (`layerKey`); null: the last convolution. */
  readonly layer: string | null;
  /** The class that is explained; null: the predicted one. */
  readonly class: number | null;
  /** Of the map over the image, in percent. */
  readonly opacity: number;
  /** Pixels of the square that covers, and of its steps; null: chosen by the image's size. */
  readonly size: number | null;
  readonly stride: number | null;
}

export const mostKeptImages = 1_000;

export function parsePredictionState(value: unknown): PredictionState {
  const kept = isObject(value) ? value : {};
  const images = Array.isArray(kept.images) ? kept.images.map(parseImage) : [];
  return {
    image: parseImage(kept.image) ?? null,
    images: images.filter((image) => image !== undefined).slice(0, mostKeptImages),
    place: isWhole(kept.place) ? kept.place : 0,
    topK: isWhole(kept.topK) && kept.topK > 0 ? kept.topK : 5,
    explanation: oneOf(['grad-cam', 'occlusion', 'none'], kept.explanation),
    layer: typeof kept.layer === 'string' ? kept.layer : null,
    class: isWhole(kept.class) ? kept.class : null,
    opacity: isWhole(kept.opacity) ? Math.min(100, kept.opacity) : 55,
    size: isWhole(kept.size) && kept.size > 0 ? kept.size : null,
    stride: isWhole(kept.stride) && kept.stride > 0 ? kept.stride : null,
  };
}
