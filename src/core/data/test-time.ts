import { UserError } from '../errors';
import { PhiloxStream, streams } from '../rng/philox';
import { unchanged, type ImageChange } from './augmentation';
import type { ImageSplit } from './dataset';

/**
 * Several looks at each image when a model is tested, whose probabilities are averaged. `flip`: as it is and mirrored. Crops: the four
 * corners and the middle of a larger image, `ten-crop` mirrored too (torchvision FiveCrop, TenCrop). `shifts`: as it is, then moved
 * by up to an eighth of its sides and mirrored half of the time, as drawn once for all images.
 */
export type TestTimeViews =
  { readonly kind: 'none' | 'flip' | 'five-crop' | 'ten-crop' } | { readonly kind: 'shifts'; readonly draws: number };

export const noViews: TestTimeViews = { kind: 'none' };

/** `flip`, `five-crop`, `ten-crop` or `shifts:8`. Throws a UserError for anything else. */
export function parseTestTimeViews(text: string): TestTimeViews {
  const [kind, draws, ...more] = text.trim().split(':');
  if (more.length === 0) {
    if (kind === 'shifts') {
      const count = draws === undefined ? usualShifts : Number(draws);
      if (Number.isInteger(count) && count >= 2 && count <= mostShifts) return { kind, draws: count };
    } else if (
      draws === undefined &&
      (kind === 'none' || kind === 'flip' || kind === 'five-crop' || kind === 'ten-crop')
    ) {
      return { kind };
    }
  }
  throw new UserError(
    `Images can't be looked at by '${text}'.`,
    `Use flip, five-crop, ten-crop, or shifts and a number from 2 to ${mostShifts}, such as shifts:8.`,
  );
}

export function describeTestTimeViews(views: TestTimeViews): string {
  return views.kind === 'shifts' ? `shifts:${views.draws}` : views.kind;
}

const usualShifts = 8;
const mostShifts = 1000;

/** One look at every image: a piece of it of the model's size, moved and mirrored. */
export interface TestView {
  /** Top left corner of the piece; null: the whole image. */
  readonly crop: { readonly top: number; readonly left: number } | null;
  readonly change: ImageChange;
}

/** The looks at images that a model takes as height by width. `spare`: by how many pixels images are larger, for crops. */
export function testViews(
  views: TestTimeViews,
  [height, width]: readonly [height: number, width: number],
  { down, across }: { readonly down: number; readonly across: number },
): readonly TestView[] {
  const whole = (change: Partial<ImageChange> = {}): TestView => ({ crop: null, change: { ...unchanged, ...change } });
  switch (views.kind) {
    case 'none':
      return [whole()];
    case 'flip':
      return [whole(), whole({ flip: true })];
    case 'five-crop':
    case 'ten-crop': {
      const corners = [0, down].flatMap((top) => [0, across].map((left) => ({ top, left })));
      // torchvision's CenterCrop rounds halves to even, as Python does; any rounding is as good here.
      const crops = [...corners, { top: Math.round(down / 2), left: Math.round(across / 2) }];
      const flips = views.kind === 'ten-crop' ? [false, true] : [false];
      return flips.flatMap((flip) => crops.map((crop) => ({ crop, change: { ...unchanged, flip } })));
    }
    case 'shifts': {
      const stream = new PhiloxStream(0, streams.testViews);
      const shift = (side: number): number => {
        const most = Math.max(1, Math.round(side / 8));
        return stream.nextBelow(2 * most + 1) - most;
      };
      const drawn = Array.from({ length: views.draws - 1 }, () =>
        whole({ dy: shift(height), dx: shift(width), flip: stream.nextBelow(2) === 1 }),
      );
      return [whole(), ...drawn];
    }
  }
}

/** The same images, a piece of each: rows [top, top + height) and columns [left, left + width). */
export function cropImages(
  split: ImageSplit,
  from: { readonly channels: number; readonly height: number; readonly width: number },
  { top, left }: { readonly top: number; readonly left: number },
  [height, width]: readonly [height: number, width: number],
): ImageSplit {
  const images = new Uint8Array(split.count * from.channels * height * width);
  let to = 0;
  for (let plane = 0; plane < split.count * from.channels; plane++) {
    for (let row = 0; row < height; row++) {
      const start = (plane * from.height + top + row) * from.width + left;
      images.set(split.images.subarray(start, start + width), to);
      to += width;
    }
  }
  return { ...split, images };
}
