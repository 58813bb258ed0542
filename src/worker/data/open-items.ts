import { join } from 'node:path';
import { describeFormat } from '../../core/data/describe-format';
import { cacheFolder } from '../../node/cache-folder';
import type { ItemListing } from '../../node/data/item-listing';
import { type ListOptions, openListing } from '../../node/data/open-listing';

/** A data set as it lies on the disk, nothing decoded. To be closed. */
export interface ItemSource extends Omit<ItemListing, 'fingerprint' | 'format'> {
  /** For people: `image folder`, `zip of IDX files`. */
  readonly format: string;
  /** SHA-256 (hex): changes whenever the contents may have. */
  readonly fingerprint: string;
}

/**
 * Opens a data set without decoding any of it: the path of a folder or of a file of it.
 * @throws UserError where the path is no data set or a damaged one; the signal's reason where it is aborted.
 */
export async function openItems(location: string, options: ListOptions = {}): Promise<ItemSource> {
  const unpackFolder = options.unpackFolder ?? join(cacheFolder(), 'archives');
  const listing = await openListing(location, { ...options, unpackFolder });
  if (listing.format === 'none') throw listing.problem;
  try {
    const fingerprint = await listing.fingerprint(options.signal);
    return { ...listing, format: describeFormat(listing), fingerprint };
  } catch (error) {
    await listing.close();
    throw error;
  }
}
