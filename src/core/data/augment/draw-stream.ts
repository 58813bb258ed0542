import { PhiloxStream, philox4x32, streams, type Uint32Quad } from '../../rng/philox';

/** Which draw it is, that the same numbers come again: all whole, below 2³². */
export interface DrawPlace {
  readonly seed: number;
  /** 0-based. */
  readonly epoch: number;
  /** The image's number in its split. */
  readonly image: number;
}

/**
 * The random numbers of one transform of a pipeline for one image: counter (image, block, epoch, 1 + transform). A fourth word of 0 is
 * `drawChange`'s in core/data/augmentation.ts, so that no two draws of a run share numbers.
 */
export class DrawStream extends PhiloxStream {
  constructor(
    private readonly place: DrawPlace,
    /** The transform's number in its pipeline. */
    private readonly transform: number,
  ) {
    super(place.seed, streams.augment);
  }

  protected override blockAt(index: number): Uint32Quad {
    const { seed, epoch, image } = this.place;
    return philox4x32([image, index, epoch, 1 + this.transform], [seed, streams.augment]);
  }

  /** In [least, most). */
  uniform(least: number, most: number): number {
    return least + (most - least) * this.nextFloat();
  }

  /** Whether what has this probability happens: never for 0, always for 1. */
  happens(probability: number): boolean {
    return this.nextFloat() < probability;
  }
}
