import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeError, UserError } from '../../../src/core/errors';
import type { RemoteFile } from '../../../src/core/data/teaching-sets';
import type { DownloadOptions } from '../../../src/node/download/download-file';
import { downloadFile } from '../../../src/node/download/download-file';
import { proxyFromEnvironment, proxyFromSettings, withoutProxy } from '../../../src/node/download/proxy';
import type { Behavior, FileServer, ProxyServer } from '../../support/file-server';
import { remoteFile, someBytes, startFileServer, startProxy } from '../../support/file-server';

let folder: string;
let target: string;
const open: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab download-'));
  target = join(folder, 'data.bin');
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
  await rm(folder, { recursive: true, force: true });
});

const bytes = someBytes(300_000);

async function serve(
  routes: Readonly<Record<string, readonly Behavior[]>>,
  keys?: { readonly key: string; readonly cert: string },
): Promise<FileServer> {
  const server = await startFileServer(routes, keys);
  open.push(server);
  return server;
}

async function proxyServer(password?: string): Promise<ProxyServer> {
  const server = await startProxy(password);
  open.push(server);
  return server;
}

/** What a download told while it went. */
async function download(file: RemoteFile, options: Partial<DownloadOptions> = {}) {
  const notes: string[] = [];
  const progress: number[] = [];
  await downloadFile(file, target, {
    signal: new AbortController().signal,
    proxyFor: withoutProxy,
    onProgress: (received) => progress.push(received),
    onNote: (text) => notes.push(text),
    stallMs: 10_000,
    waitMs: 1,
    rounds: 2,
    ...options,
  });
  return { notes, progress };
}

async function problemOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return describeError(error);
}

/** The byte that a request begins with. */
function beginOf(request: FileServer['requests'][number] | undefined): number {
  return Number(/^bytes=(\d+)-$/.exec(request?.range ?? 'bytes=0-')?.[1]);
}

const hasWholeFile = async () => {
  expect(Buffer.compare(await readFile(target), bytes)).toBe(0);
  expect(await readdir(folder)).toEqual(['data.bin']);
};

describe('a download', () => {
  test('gives the file its name when all of it is there, and fetches it only once', async () => {
    const server = await serve({ '/a': [{ bytes }] });
    const { progress, notes } = await download(remoteFile(bytes, `${server.origin}/a`));
    await hasWholeFile();
    expect(progress[0]).toBe(0);
    expect(progress.at(-1)).toBe(bytes.length);
    expect(notes).toEqual([]);
    expect((await download(remoteFile(bytes, `${server.origin}/a`))).progress).toEqual([bytes.length]);
    expect(server.requests).toHaveLength(1);
  });

  test('fetches a file of the right length and other contents again', async () => {
    const server = await serve({ '/a': [{ bytes }] });
    await writeFile(target, someBytes(bytes.length, 9));
    await download(remoteFile(bytes, `${server.origin}/a`));
    await hasWholeFile();
  });

  test('goes on where a connection was cut', async () => {
    const server = await serve({
      '/a': [
        { bytes, etag: '"1"', cutAfter: 100_000 },
        { bytes, etag: '"1"', cutAfter: 50_000 },
        { bytes, etag: '"1"' },
      ],
    });
    const { notes } = await download(remoteFile(bytes, `${server.origin}/a`));
    await hasWholeFile();
    expect(server.requests.map(beginOf)).toEqual([0, 100_000, 150_000]);
    expect(server.sent()).toBe(bytes.length);
    expect(notes).toEqual(Array(2).fill(expect.stringMatching(/^127\.0\.0\.1:\d+ cut the connection: going on\.$/)));
  });

  test('asks again when nothing comes any more', async () => {
    const server = await serve({ '/a': [{ bytes, stallAfter: 100_000 }, { bytes }] });
    const { notes } = await download(remoteFile(bytes, `${server.origin}/a`), { stallMs: 150 });
    await hasWholeFile();
    expect(server.requests[1]?.range).toBe('bytes=100000-');
    expect(notes[0]).toContain('sent nothing for 1 s: going on');
  });

  test('begins anew where the server gives no parts of files', async () => {
    const server = await serve({
      '/a': [
        { bytes, ranges: false, cutAfter: 100_000 },
        { bytes, ranges: false },
      ],
    });
    await download(remoteFile(bytes, `${server.origin}/a`));
    await hasWholeFile();
    expect(server.sent()).toBe(100_000 + bytes.length);
  });

  test('begins anew where the file has changed on the server', async () => {
    const before = someBytes(bytes.length, 5);
    const server = await serve({
      '/a': [
        { bytes: before, etag: '"old"', cutAfter: 100_000 },
        { bytes, etag: '"new"' },
      ],
    });
    await download(remoteFile(bytes, `${server.origin}/a`));
    await hasWholeFile();
  });

  test('deletes a file with a wrong checksum and takes it from the next address', async () => {
    const server = await serve({ '/bad': [{ bytes: someBytes(bytes.length, 7) }], '/good': [{ bytes }] });
    const file = remoteFile(bytes, `${server.origin}/bad`, `${server.origin}/good`);
    const { notes, progress } = await download(file);
    await hasWholeFile();
    expect(notes).toEqual([expect.stringContaining('gave a file with a wrong checksum: data.bin was deleted')]);
    expect(progress.filter((received) => received === 0).length).toBeGreaterThan(1);
    expect(server.requests.map(({ path }) => path)).toEqual(['/bad', '/good']);
  });

  test('does not blame an address for what another one gave', async () => {
    const server = await serve({
      '/bad': [{ bytes: someBytes(bytes.length, 7), cutAfter: 100_000 }, { status: 404 }],
      '/good': [{ bytes }],
    });
    await download(remoteFile(bytes, `${server.origin}/bad`, `${server.origin}/good`));
    await hasWholeFile();
    expect(server.requests.map(({ path }) => path)).toEqual(['/bad', '/bad', '/good', '/good']);
    expect(server.requests.map(beginOf)).toEqual([0, 100_000, 100_000, 0]);
  });

  test('goes on with another address, from the same byte', async () => {
    const server = await serve({ '/a': [{ bytes, cutAfter: 100_000 }, { status: 404 }], '/b': [{ bytes }] });
    await download(remoteFile(bytes, `${server.origin}/a`, `${server.origin}/b`));
    await hasWholeFile();
    expect(server.sent()).toBe(bytes.length);
  });

  test('takes no file of another length', async () => {
    const server = await serve({ '/page': [{ bytes: bytes.subarray(0, 1000) }], '/good': [{ bytes }] });
    const { notes } = await download(remoteFile(bytes, `${server.origin}/page`, `${server.origin}/good`));
    await hasWholeFile();
    expect(notes).toEqual([expect.stringContaining('has a file of 1000 bytes, not the 300000 of data.bin')]);
  });

  test('asks a server that is busy again, in the next round', async () => {
    const server = await serve({ '/a': [{ status: 503 }, { bytes }] });
    await download(remoteFile(bytes, `${server.origin}/a`));
    await hasWholeFile();
  });

  test('follows redirects, but not without an end', async () => {
    const server = await serve({
      '/a': [{ location: '/b' }],
      '/b': [{ status: 307, location: '/c' }],
      '/c': [{ bytes }],
      '/loop': [{ location: '/loop' }],
      '/elsewhere': [{ location: 'file:///etc/hostname' }],
    });
    await download(remoteFile(bytes, `${server.origin}/a`));
    await hasWholeFile();
    await rm(target);
    expect(await problemOf(download(remoteFile(bytes, `${server.origin}/loop`)))).toContain('without an end');
    expect(await problemOf(download(remoteFile(bytes, `${server.origin}/elsewhere`)))).toContain('file: is not spoken');
  });

  test('that is cancelled keeps what has come, and the next one goes on', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const server = await serve({ '/a': [{ bytes, stallAfter: 120_000 }, { bytes }] });
    const file = remoteFile(bytes, `${server.origin}/a`);
    const onProgress = (received: number) => void (received === 120_000 && controller.abort(reason));
    await expect(download(file, { signal: controller.signal, onProgress })).rejects.toBe(reason);
    expect((await readdir(folder)).sort()).toEqual(['data.bin.part', 'data.bin.part.json']);
    await download(file);
    await hasWholeFile();
    expect(server.requests[1]?.range).toBe('bytes=120000-');
  });

  test('that is cancelled while it looks at what is there ends with the reason', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    await writeFile(target, bytes);
    const work = download(remoteFile(bytes, 'https://example.invalid/a'), { signal: controller.signal });
    controller.abort(reason);
    await expect(work).rejects.toBe(reason);
  });

  test('goes on after a power cut that tore the note of where the part came from', async () => {
    const server = await serve({ '/a': [{ bytes }] });
    await writeFile(`${target}.part`, bytes.subarray(0, 1234));
    await writeFile(`${target}.part.json`, '{"urls": ["htt');
    await download(remoteFile(bytes, `${server.origin}/a`));
    await hasWholeFile();
    expect(server.sent()).toBe(bytes.length - 1234);
  });

  test('that fails everywhere says what each address said', async () => {
    const server = await serve({ '/a': [{ status: 403 }], '/b': [{ status: 503 }] });
    const closed = await startFileServer({});
    await closed.close();
    const urls = [`${server.origin}/a`, `${server.origin}/b`, `${closed.origin}/c`];
    const problem = await problemOf(download(remoteFile(bytes, ...urls)));
    expect(problem).toContain('data.bin could not be downloaded');
    expect(problem).toContain('answers 403');
    expect(problem).toContain('answers 503');
    expect(problem).toContain('refuses the connection');
    expect(server.requests.map(({ path }) => path)).toEqual(['/a', '/b', '/b']);
  });

  test.skipIf(!existsSync('/dev/full'))('says that the disk is full', async () => {
    const server = await serve({ '/a': [{ bytes }] });
    await symlink('/dev/full', `${target}.part`);
    const problem = await problemOf(download(remoteFile(bytes, `${server.origin}/a`)));
    expect(problem).toContain('the disk is full');
    expect(problem).toContain('Make room');
  });
});

describe('a proxy', () => {
  test('of the environment is asked for http addresses, with its password', async () => {
    const server = await serve({ '/a': [{ bytes }] });
    const proxy = await proxyServer('se cret');
    const proxyFor = proxyFromEnvironment({ HTTP_PROXY: `user:se%20cret@${proxy.address}` });
    await download(remoteFile(bytes, `${server.origin}/a`), { proxyFor });
    await hasWholeFile();
    expect(proxy.requests).toEqual([`GET ${server.origin}/a`]);
  });

  test('that wants a password says so', async () => {
    const server = await serve({ '/a': [{ bytes }] });
    const proxy = await proxyServer('secret');
    const proxyFor = proxyFromEnvironment({ http_proxy: `http://${proxy.address}` });
    const file = remoteFile(bytes, `${server.origin}/a`);
    expect(await problemOf(download(file, { proxyFor }))).toContain('is behind a proxy that wants a password');
    const tunneled = proxyFromEnvironment({ https_proxy: `http://${proxy.address}` });
    const encrypted = download(remoteFile(bytes, 'https://example.invalid/a'), { proxyFor: tunneled });
    expect(await problemOf(encrypted)).toContain('wants a user name and a password');
  });

  test('that can not be reached is named', async () => {
    const proxy = await startProxy();
    await proxy.close();
    const proxyFor = proxyFromSettings({
      proxy: `http://${proxy.address}`,
      noProxy: [],
      strictSsl: true,
      authorization: undefined,
    });
    const file = remoteFile(bytes, 'https://example.invalid/a');
    expect(await problemOf(download(file, { proxyFor }))).toContain(`The proxy ${proxy.address} can't be reached`);
  });

  test('is not asked for hosts that no_proxy names', () => {
    const proxyFor = proxyFromEnvironment({
      all_proxy: 'http://proxy:3128',
      no_proxy: 'localhost, .example.org,*.test.net other.com:8443',
    });
    const asked = (url: string) => proxyFor(new URL(url)) !== undefined;
    expect(asked('https://somewhere.com/x')).toBe(true);
    expect(asked('http://localhost:8080/')).toBe(false);
    expect(asked('https://example.org/')).toBe(false);
    expect(asked('https://a.b.example.org/')).toBe(false);
    expect(asked('https://badexample.org/')).toBe(true);
    expect(asked('https://x.test.net/')).toBe(false);
    expect(asked('https://other.com/')).toBe(true);
    expect(asked('https://other.com:8443/')).toBe(false);
    expect(() => proxyFromEnvironment({ all_proxy: 'socks5://proxy:1080' })).toThrow('speaks no HTTP');
    expect(proxyFromEnvironment({ all_proxy: 'x:1', no_proxy: '*' })(new URL('https://a.b/'))).toBeUndefined();
  });
});

const openssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

// The certificate is made here, by openssl: without it these are skipped.
describe.skipIf(!openssl)('an encrypted connection', () => {
  const keys = async () => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    execFileSync('openssl', [...made, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
    const both = { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
    await Promise.all([rm(key), rm(cert)]);
    return both;
  };

  test('goes through a tunnel of the proxy; a certificate that is not known is taken only where the settings say so', async () => {
    const server = await serve({ '/a': [{ bytes, cutAfter: 100_000 }, { bytes }] }, await keys());
    const proxy = await proxyServer('secret');
    const file = remoteFile(bytes, `${server.origin}/a`);
    const authorization = `Basic ${Buffer.from('user:secret').toString('base64')}`;
    const settings = { proxy: `http://${proxy.address}`, noProxy: [], authorization };
    const strict = proxyFromSettings({ ...settings, strictSsl: true });
    expect(await problemOf(download(file, { proxyFor: strict }))).toContain('a certificate that is not trusted');
    expect(server.requests).toEqual([]);
    await download(file, { proxyFor: proxyFromSettings({ ...settings, strictSsl: false }) });
    await hasWholeFile();
    expect(new Set(proxy.requests)).toEqual(new Set([`CONNECT ${new URL(server.origin).host}`]));
    expect(beginOf(server.requests[1])).toBeGreaterThan(0);
  });

  test('is not left for one without encryption', async () => {
    const plain = await serve({ '/a': [{ bytes }] });
    const server = await serve({ '/a': [{ location: `${plain.origin}/a` }] }, await keys());
    const proxy = await proxyServer();
    const proxyFor = proxyFromSettings({
      proxy: proxy.address,
      noProxy: [],
      strictSsl: false,
      authorization: undefined,
    });
    const problem = await problemOf(download(remoteFile(bytes, `${server.origin}/a`), { proxyFor }));
    expect(problem).toContain('sends to an address without encryption');
    expect(plain.requests).toEqual([]);
  });
});
