import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError, describeError } from '../../../src/core/errors';
import type { ExtractOptions } from '../../../src/node/download/extract-archive';
import { extractArchive } from '../../../src/node/download/extract-archive';
import { someBytes } from '../../support/file-server';
import { makeTar } from '../../support/hostile-archives';

let folder: string;
let target: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab extract-'));
  target = join(folder, 'out', 'set');
  await mkdir(dirname(target));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bounds = { files: 100, bytes: 1_000_000 };

async function extract(archive: Uint8Array, options: Partial<ExtractOptions> = {}): Promise<void> {
  const file = join(folder, 'archive.bin');
  await writeFile(file, archive);
  await extractArchive(file, target, { bounds, signal: new AbortController().signal, ...options });
}

async function refusal(archive: Uint8Array, options: Partial<ExtractOptions> = {}): Promise<string> {
  const error: unknown = await extract(archive, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  // Neither a part of it, nor anything beside it.
  expect(await readdir(dirname(target))).toEqual([]);
  expect((await readdir(folder)).sort()).toEqual(['archive.bin', 'out']);
  return describeError(error);
}

async function contents(): Promise<Record<string, string>> {
  const names = await readdir(target, { recursive: true, withFileTypes: true });
  expect(names.every((entry) => entry.isFile() || entry.isDirectory())).toBe(true);
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = files.map(async (file) => [file.slice(target.length + 1), await readFile(file, 'latin1')] as const);
  return Object.fromEntries((await Promise.all(read)).sort());
}

describe('an archive', () => {
  const long = `${'long-folder-name/'.repeat(9)}${'ü'.repeat(70)}.txt`;

  test.each(['ustar', 'gnu', 'pax'])('that tar wrote as %s comes out as it went in', async (format) => {
    const source = join(folder, 'source');
    const files: Record<string, string> = {
      'set/a.txt': 'a',
      'set/empty': '',
      'set/sub/noise.bin': Buffer.from(someBytes(70_001)).toString('latin1'),
      // ustar has no place for it.
      ...(format === 'ustar' ? {} : { [`set/${long}`]: 'deep' }),
    };
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(source, name)), { recursive: true });
      await writeFile(join(source, name), text, 'latin1');
    }
    await symlink('/etc', join(source, 'set', 'link'));
    const archive = join(folder, 'made.tar.gz');
    execFileSync('tar', ['-C', source, '-czf', archive, `--format=${format}`, 'set']);
    await extract(await readFile(archive));
    expect(await contents()).toEqual(files);
  });

  test('may be a zip, and may be unpacked in part and under other names', async () => {
    const archive = zipSync({
      'gzip/a.gz': someBytes(10),
      'gzip/b.gz': someBytes(2000),
      'gzip/c.txt': new Uint8Array(),
    });
    const place = (name: string) => (name.endsWith('.gz') ? name.replace('gzip/', 'kept/') : null);
    await extract(archive, { place });
    expect(Object.keys(await contents())).toEqual(['kept/a.gz', 'kept/b.gz']);
    expect((await readFile(join(target, 'kept', 'b.gz'))).equals(someBytes(2000))).toBe(true);
  });

  test.each([
    '../evil.txt',
    'a/../../evil.txt',
    '..\\evil.txt',
    '/evil.txt',
    'C:evil.txt',
    'C:\\evil.txt',
    '\\\\server\\share\\evil.txt',
    'evil.txt.',
    'evil ',
    'a/con.txt',
    'a/image.png:stream',
    'a\nb',
  ])('with the name %j is refused as a whole', async (name) => {
    const entries = [
      { name: 'good.txt', body: 'good' },
      { name, body: 'evil' },
    ];
    expect(await refusal(makeTar(entries))).toMatch(/was not unpacked: .* (has a (path|name)|has a control)/);
    // In a zip, control characters are pictures: ◙.
    if (!name.includes('\n')) await refusal(zipSync({ 'good.txt': someBytes(10), [name]: someBytes(10) }));
  });

  test('has its links and devices left out, and nothing is written through them', async () => {
    const outside = join(folder, 'outside');
    await mkdir(outside);
    const archive = makeTar([
      { name: 'door', type: '2', link: outside },
      { name: 'door/through.txt', body: 'inside' },
      { name: 'hard', type: '1', link: '/etc/hostname' },
      { name: 'device', type: '3' },
    ]);
    await extract(archive);
    expect(await contents()).toEqual({ 'door/through.txt': 'inside' });
    expect(await readdir(outside)).toEqual([]);
  });

  test('that is a zip has its links left out, too', async () => {
    const link = { os: 3, attrs: (0o120777 << 16) >>> 0 } as const;
    await extract(zipSync({ 'a.txt': someBytes(3), door: [Buffer.from('/etc'), link] }));
    expect(Object.keys(await contents())).toEqual(['a.txt']);
  });

  test('that unpacks to more than it should is refused before it is unpacked', async () => {
    const zeros = new Uint8Array(20_000_000);
    let most = 0;
    const onProgress = (bytes: number) => void (most = Math.max(most, bytes));
    expect(await refusal(gzipSync(makeTar([{ name: 'zeros', body: zeros }])), { onProgress })).toContain(
      'more than 1 MB',
    );
    expect(most).toBeLessThanOrEqual(bounds.bytes);
    expect(await refusal(zipSync({ zeros }), { onProgress })).toContain('more than 1 MB');
    // Also where it would be thrown away.
    await refusal(gzipSync(makeTar([{ name: 'zeros', body: zeros }])), { place: () => null });
    const many = Array.from({ length: 101 }, (_, index) => ({ name: `${index}` }));
    expect(await refusal(makeTar(many))).toContain('more than 100 files');
  });

  test('with the same name twice is refused', async () => {
    const archive = makeTar([
      { name: 'a', body: '1' },
      { name: './a', body: '2' },
    ]);
    expect(await refusal(archive)).toContain('two files of the same name');
  });

  test('that is damaged says so', async () => {
    const whole = makeTar([{ name: 'a', body: someBytes(3000) }]);
    expect(await refusal(whole.subarray(0, 2000))).toContain('is cut short');
    expect(await refusal(gzipSync(whole).subarray(0, 1500))).toContain("can't be unpacked: unexpected end of file");
    const wrong = Buffer.from(whole);
    wrong[3] = 0x41;
    expect(await refusal(wrong)).toContain('a header has a wrong checksum');
    expect(await refusal(makeTar([{ name: 'p', type: 'x', body: '99 path=a\n' }]))).toContain(
      'an extended header is damaged',
    );
    expect(await refusal(makeTar([{ name: 'p', type: 'x', body: '', size: 2_000_000_000 }]))).toContain(
      'a header is too long',
    );
    expect(await refusal(Buffer.from('PK\u0003\u0004 but no more'))).toContain("can't be unpacked");
  });

  test('that is cancelled leaves nothing', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const archive = gzipSync(makeTar([{ name: 'a', body: someBytes(900_000) }]));
    const onProgress = () => controller.abort(reason);
    await expect(extract(archive, { signal: controller.signal, onProgress })).rejects.toBe(reason);
    expect(await readdir(dirname(target))).toEqual([]);
  });
});
