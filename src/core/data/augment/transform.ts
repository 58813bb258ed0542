import type { Image, ImageSize } from '../image';
import type { Normalization } from '../normalization';
import type { DrawStream } from './draw-stream';
import type { Parameter } from './parameter';

/**
 * One of torchvision's transforms, for PIL images: drawing its random parameters and applying them are apart, so that tests can fix
 * the parameters and a preview can show them. Images are never written to: `apply` returns another, or the same one.
 */
export interface TransformDefinition<Config extends { readonly name: string }, Drawn> {
  /** torchvision's. */
  readonly name: Config['name'];
  /** One line. */
  readonly meaning: string;
  readonly stage: TransformStage;
  /** In torchvision's order. */
  readonly parameters: { readonly [Key in Exclude<keyof Config, 'name'>]: Parameter };
  /** What a parameter alone doesn't show. Throws a UserError. */
  check?(config: Config): void;
  /** Of what comes out of an image of this size; undefined: it depends on what is drawn, and `drawn` is not given. */
  outputSize(config: Config, size: ImageSize, drawn?: Drawn): ImageSize | undefined;
  /** Of what comes out of an image of any size; absent or undefined: that depends on the image's. */
  fixedSize?(config: Config): readonly [height: number, width: number] | undefined;
  draw(config: Config, size: ImageSize, random: DrawStream): Drawn;
  apply(image: Image, config: Config, drawn: Drawn, values: PixelValues): Image;
}

/**
 * Where in a pipeline a transform may stand. `image`: before ToTensor. `tensor`: also after ToTensor, where it does the same.
 * `normalized`: also after Normalize. `end`: ToTensor and Normalize themselves.
 */
export type TransformStage = 'image' | 'tensor' | 'normalized' | 'end';

/** What a byte stands for at this place of the pipeline: `(byte / 255 − mean) / std`; before Normalize undefined, which is `byte / 255`. */
export type PixelValues = Normalization | undefined;

/** The byte that stands for a value of a channel at this place of the pipeline, as near as bytes come. */
export function byteOf(value: number, channel: number, values: PixelValues): number {
  const unit = values ? value * (values.std[channel] ?? 1) + (values.mean[channel] ?? 0) : value;
  return Math.max(0, Math.min(255, Math.round(255 * unit)));
}

export function sameSize<Config>(_: Config, size: ImageSize): ImageSize {
  return size;
}
