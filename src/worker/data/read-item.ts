import { UserError } from '../../core/errors';
import { ImageError } from './image-error';
import type { ItemSource } from './open-items';

/** What can't be taken out of an archive is told as other damaged images are. @throws ImageError */
export async function readItem(source: ItemSource, index: number): ReturnType<ItemSource['read']> {
  try {
    return await source.read(index);
  } catch (cause) {
    if (cause instanceof UserError && source.contents === 'encoded') {
      throw new ImageError(cause.message, true, { cause });
    }
    throw cause;
  }
}
