import { UserError } from '../../../errors';

/** A byte for all channels, or one for each; null: 0. */
export type Fill = number | readonly number[] | null;

/** [channels]. Throws a UserError where the number of channels is another; colours are cut to whole numbers, as torchvision's. */
export function fillBytes(fill: Fill, channels: number): readonly number[] {
  const values = typeof fill === 'number' || fill === null ? Array<number>(channels).fill(fill ?? 0) : fill;
  if (values.length !== channels) {
    throw new UserError(
      `A fill of ${values.length} numbers does not suit images of ${channels} channel${channels === 1 ? '' : 's'}.`,
      'Give one number.',
    );
  }
  return values.map((value) => Math.max(0, Math.min(255, Math.trunc(value))));
}
