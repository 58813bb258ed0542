import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { Checksum } from '../../core/data/teaching-sets';
import { isObject } from '../../core/is-object';

/* What of a file has come so far: `NAME.part`, and beside it where it came from, so that the same server can go on. */

export function partPath(target: string): string {
  return `${target}.part`;
}

export interface PartOrigin {
  /** All addresses that bytes of the part came from. */
  readonly urls: readonly string[];
  /** Tells whether the file at the last of them has changed since: a strong ETag, or the time of its last change. */
  readonly validator: string | null;
}

const nowhere: PartOrigin = { urls: [], validator: null };

/** Bytes that are there; 0 where there is no part. */
export async function partLength(target: string): Promise<number> {
  return (await stat(partPath(target)).catch(() => undefined))?.size ?? 0;
}

export async function readOrigin(target: string): Promise<PartOrigin> {
  try {
    const value: unknown = JSON.parse(await readFile(originPath(target), 'utf8'));
    if (!isObject(value) || !Array.isArray(value.urls)) return nowhere;
    const { validator } = value;
    return {
      urls: value.urls.filter((each): each is string => typeof each === 'string'),
      validator: typeof validator === 'string' && /^[\x20-\x7e]+$/.test(validator) ? validator : null,
    };
  } catch {
    // Not there, or torn by a power cut: the length and the checksum tell all the same.
    return nowhere;
  }
}

export async function writeOrigin(target: string, origin: PartOrigin): Promise<void> {
  await writeFile(originPath(target), JSON.stringify(origin));
}

export async function removePart(target: string): Promise<void> {
  await rm(partPath(target), { force: true });
  await removeOrigin(target);
}

export async function removeOrigin(target: string): Promise<void> {
  await rm(originPath(target), { force: true });
}

function originPath(target: string): string {
  return `${target}.part.json`;
}

/** Whether a file on the disk is the one that is meant. Rejects with the signal's reason. */
export async function hasChecksum(file: string, { algorithm, value }: Checksum, signal: AbortSignal): Promise<boolean> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    signal.throwIfAborted();
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex') === value;
}
