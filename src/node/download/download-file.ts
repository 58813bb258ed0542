import { open, stat, type FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { RemoteFile } from '../../core/data/teaching-sets';
import { UserError } from '../../core/errors';
import { renamePatiently } from '../write-file-atomically';
import { chunksOf } from './chunks-of';
import { Refusal, httpGet } from './http-get';
import { ProxyRefusal } from './open-tunnel';
import { hasChecksum, partLength, partPath, readOrigin, removeOrigin, removePart, writeOrigin } from './partial-file';
import type { ProxyFor } from './proxy';
import { StallGuard } from './stall-guard';

export interface DownloadOptions {
  readonly signal: AbortSignal;
  readonly proxyFor: ProxyFor;
  /** Bytes of the file that are there; fewer than before where it begins anew. */
  readonly onProgress: (received: number) => void;
  /** What went wrong, and what is done about it. */
  readonly onNote: (text: string) => void;
  /** After so long without a byte another try is made. */
  readonly stallMs?: number;
  /** Before the second round over all addresses; doubled with each. */
  readonly waitMs?: number;
  /** Rounds over all addresses in which not a byte has come. */
  readonly rounds?: number;
}

/**
 * Fetches a file to `target` (absolute; its folder is there): from its addresses in turn, going on where it stopped,
 * within a call and from one call to the next. The file has its name only when its length and checksum are right; a file
 * that is there already is checked, and fetched again where they are wrong. Rejects with a UserError that names what each
 * address said, or with the signal's reason; then the part stays, for the next call.
 */
export async function downloadFile(file: RemoteFile, target: string, options: DownloadOptions): Promise<void> {
  const { signal, onProgress } = options;
  signal.throwIfAborted();
  if (await isWhole(file, target, signal)) {
    onProgress(file.bytes);
    return;
  }
  const mirrors = file.urls.map((url): Mirror => ({ url, problem: null, given: 'nothing' }));
  const { stallMs = 30_000, waitMs = 1000, rounds = 4 } = options;
  for (let round = 1, pause = waitMs; ;) {
    let came = false;
    for (const mirror of mirrors) {
      if (mirror.given === 'up') continue;
      const outcome = await tryMirror(file, target, mirror, { ...options, stallMs, waitMs });
      if (outcome === 'whole') return;
      came ||= outcome === 'some';
    }
    const left = mirrors.filter(({ given }) => given !== 'up');
    if (left.length === 0 || (!came && round >= rounds)) throw failure(file, mirrors);
    [round, pause] = came ? [1, waitMs] : [round + 1, pause];
    await pauseFor(pause, signal);
    pause *= 2;
  }
}

interface Mirror {
  readonly url: string;
  /** In words that follow its host. */
  problem: string | null;
  /** `up`: it is not asked again. `once`: the file was wrong, but not all of it came from here. */
  given: 'nothing' | 'once' | 'up';
}

type Tried = 'whole' | 'some' | 'none';

/** Asks an address until it has given everything, or nothing more comes. */
async function tryMirror(
  file: RemoteFile,
  target: string,
  mirror: Mirror,
  options: DownloadOptions & { readonly stallMs: number; readonly waitMs: number },
): Promise<Tried> {
  const { signal, onNote } = options;
  const host = hostOf(mirror.url);
  for (let came = false; ; came = true) {
    const before = await partLength(target);
    try {
      if (before < file.bytes) await receive(file, target, mirror.url, before, options);
      if (await takeWhole(file, target, signal)) return 'whole';
      const { urls } = await readOrigin(target);
      await removePart(target);
      options.onProgress(0);
      mirror.problem = 'gave a file with a wrong checksum';
      onNote(`${host} ${mirror.problem}: ${file.name} was deleted.`);
      const mixed = urls.some((url) => url !== mirror.url);
      mirror.given = mixed && mirror.given === 'nothing' ? 'once' : 'up';
      if (mirror.given === 'up') return 'none';
      continue;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const { code, syscall } = error as NodeJS.ErrnoException;
      // A firewall may forbid a connection, too.
      if (code !== undefined && code in diskProblems && syscall !== 'connect')
        throw diskFailure(file, target, code, error);
      if (!(error instanceof Error)) throw error;
      mirror.problem = describeProblem(error);
      const isLasting = error instanceof Refusal || error instanceof ProxyRefusal;
      if (isLasting) mirror.given = 'up';
      const more = (await partLength(target)) > before;
      onNote(`${host} ${mirror.problem}${more ? ': going on' : ''}.`);
      if (!more || isLasting) return came ? 'some' : 'none';
      await pauseFor(options.waitMs / 5, signal);
    }
  }
}

/** Appends what the address gives to the part, from byte `from` on, or writes it anew where it can't give a part of the file. */
async function receive(
  file: RemoteFile,
  target: string,
  url: string,
  from: number,
  { signal, proxyFor, onProgress, stallMs }: DownloadOptions & { readonly stallMs: number },
): Promise<void> {
  const guard = new StallGuard(stallMs, signal);
  let handle: FileHandle | undefined;
  let response: IncomingMessage | undefined;
  try {
    const origin = await readOrigin(target);
    const sameServer = origin.urls.at(-1) === url && origin.validator !== null;
    response = await httpGet(url, {
      signal: guard.signal,
      proxyFor,
      headers:
        from === 0 ? {} : { Range: `bytes=${from}-`, ...(sameServer ? { 'If-Range': origin.validator ?? '' } : {}) },
    });
    const chunks = chunksOf(response);
    const begin = beginOf(response, file, from);
    const urls = begin === 0 ? [url] : [...new Set([...origin.urls, url])];
    // Written before the first byte: a part is never without its origin.
    await writeOrigin(target, {
      urls: [...urls.filter((each) => each !== url), url],
      validator: validatorOf(response),
    });
    handle = await open(partPath(target), begin === 0 ? 'w' : 'r+');
    let position = begin;
    onProgress(position);
    for await (const chunk of chunks) {
      guard.touch();
      if (position + chunk.length > file.bytes)
        throw new Refusal(`sends more than the ${file.bytes} bytes of ${file.name}`);
      await writeAll(handle, chunk, position);
      position += chunk.length;
      onProgress(position);
    }
    if (position < file.bytes) throw new Error('ended the connection');
    await handle.sync();
  } catch (error) {
    if (guard.signal.aborted) throw guard.signal.reason;
    throw error;
  } finally {
    guard.dispose();
    response?.destroy();
    await handle?.close();
  }
}

/** Where the body of the answer begins in the file. @throws Refusal or Error where it is not the file. */
function beginOf({ statusCode = 0, headers }: IncomingMessage, file: RemoteFile, from: number): number {
  if (statusCode === 206) {
    const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
    if (total !== undefined && total !== '*' && Number(total) !== file.bytes) throw wrongLength(file, Number(total));
    if (first === undefined || Number(first) !== from) throw new Refusal('gives another part than was asked for');
    return from;
  }
  if (statusCode === 200) {
    const length = headers['content-length'];
    if (length !== undefined && Number(length) !== file.bytes) throw wrongLength(file, Number(length));
    return 0;
  }
  // 408 Request Timeout, 425 Too Early, 429 Too Many Requests, and what ails the server.
  const passing = statusCode === 408 || statusCode === 425 || statusCode === 429 || statusCode >= 500;
  const message = statusCode === 407 ? 'is behind a proxy that wants a password' : `answers ${statusCode}`;
  throw passing ? new Error(message) : new Refusal(message);
}

function wrongLength(file: RemoteFile, bytes: number): Refusal {
  return new Refusal(`has a file of ${bytes} bytes, not the ${file.bytes} of ${file.name}`);
}

/** A weak ETag does not promise the same bytes. RFC 9110, section 13.1.5. */
function validatorOf({ headers }: IncomingMessage): string | null {
  const { etag } = headers;
  if (etag !== undefined && !etag.startsWith('W/')) return etag;
  return headers['last-modified'] ?? null;
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}

async function writeAll(handle: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, position + done);
    done += bytesWritten;
  }
}

async function isWhole({ bytes, checksum }: RemoteFile, target: string, signal: AbortSignal): Promise<boolean> {
  const stats = await stat(target).catch(() => undefined);
  return stats?.isFile() === true && stats.size === bytes && (await hasChecksum(target, checksum, signal));
}

/** Gives the part its name, if it is what it should be. */
async function takeWhole(file: RemoteFile, target: string, signal: AbortSignal): Promise<boolean> {
  if (!(await isWhole(file, partPath(target), signal))) return false;
  await renamePatiently(partPath(target), target);
  await removeOrigin(target);
  return true;
}

function describeProblem(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'is not found (is this machine offline, or behind a proxy?)';
    case 'ECONNREFUSED':
      return 'refuses the connection';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'cut the connection';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `can't be reached (${code})`;
    default:
      if (error instanceof ProxyRefusal) return `can't be reached: ${error.message}`;
      return code !== undefined && /CERT|SSL|TLS|SIGNED/.test(code)
        ? `shows a certificate that is not trusted (${code})`
        : error.message;
  }
}

const diskProblems: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full',
  EDQUOT: 'Your share of the disk is full',
  EACCES: 'You may not write there',
  EPERM: 'You may not write there',
  EROFS: 'The disk can only be read',
  EFBIG: 'The file system takes no files of this size',
  EIO: 'The disk has a fault',
};

function diskFailure(file: RemoteFile, target: string, code: string, cause: unknown): UserError {
  return new UserError(
    `${target} can't be written: ${(diskProblems[code] ?? code).toLowerCase()}.`,
    code === 'ENOSPC' || code === 'EDQUOT'
      ? `Make room for ${basename(file.name)} (${Math.ceil(file.bytes / 1e6)} MB), and start again: what has come is kept.`
      : 'Choose another folder.',
    { cause },
  );
}

function failure(file: RemoteFile, mirrors: readonly Mirror[]): UserError {
  const said = mirrors.map(({ url, problem }) => `${hostOf(url)} ${problem ?? 'was not asked'}`);
  return new UserError(
    `${file.name} could not be downloaded: ${said.join('; ')}.`,
    'Start it again later: what has come is kept. Where there is a proxy, see that it is set.',
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
