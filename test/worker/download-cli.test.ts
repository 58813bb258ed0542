import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { downloadBytes, teachingSets } from '../../src/core/data/teaching-sets';
import { startProxy } from '../support/file-server';
import { jsonLines, pressCtrlC, runCli, startCli } from '../support/run-cli';

/* Nothing here reaches the internet: a proxy on this machine stands between, and refuses or says nothing. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab download cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const through = (address: string) => ({ https_proxy: address, http_proxy: address, no_proxy: '', NO_PROXY: '' });

describe('cnn-lab download', () => {
  test('lists the sets with their sizes', async () => {
    const { exitCode, stdout } = await runCli(['download'], folder);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^cifar-10 +170 MB +60,000 +10 {2}small photographs/m);
    expect(stdout).toContain('download mnist');
    const listed = jsonLines((await runCli(['download', '--json'], folder)).stdout);
    expect(listed.map(({ id, downloadBytes: bytes }) => [id, bytes])).toEqual(
      teachingSets.map((set) => [set.id, downloadBytes(set)]),
    );
  });

  test('says which sets there are where one is not', async () => {
    const { exitCode, stderr } = await runCli(['download', 'coco'], folder);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('There is no data set coco to download.');
    expect(stderr).toContain('fashion-mnist');
  });

  test('goes through the proxy of the environment, fails with what it says, and leaves nothing behind', async () => {
    const proxy = await startProxy('secret');
    try {
      const args = ['download', 'mnist', '--to', 'sets', '--json'];
      const { exitCode, stdout } = await startCli(args, folder, undefined, through(`http://${proxy.address}`)).ended;
      expect(exitCode).toBe(1);
      expect(jsonLines(stdout).at(-1)).toMatchObject({
        event: 'error',
        message: expect.stringMatching(/could not be downloaded: .*wants a user name and a password/) as string,
      });
      expect(proxy.requests).toEqual([
        'CONNECT storage.googleapis.com:443',
        'CONNECT ossci-datasets.s3.amazonaws.com:443',
      ]);
      expect(await readdir(join(folder, 'sets'))).toEqual([]);
    } finally {
      await proxy.close();
    }
  });

  test('refuses a proxy that it can not speak to', async () => {
    const run = startCli(['download', 'mnist'], folder, undefined, through('socks5://127.0.0.1:1'));
    const { exitCode, stderr } = await run.ended;
    expect(exitCode).toBe(1);
    expect(stderr).toContain('speaks no HTTP');
    expect(stderr).toContain('Set http_proxy');
  });

  test('ends at once when it is stopped', async () => {
    const silent = net.createServer((socket) => void socket.on('error', () => undefined));
    const asked = once(silent, 'connection');
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as net.AddressInfo;
    try {
      const run = startCli(['download', 'kmnist'], folder, undefined, through(`127.0.0.1:${port}`));
      await asked;
      pressCtrlC(run);
      const { exitCode, stdout } = await run.ended;
      expect(exitCode).toBe(130);
      expect(stdout).toContain('Kuzushiji-MNIST');
      expect(stdout).toContain('Download: 21 MB');
      expect(stdout).toContain('Stopped. What has come is kept');
    } finally {
      silent.close();
    }
  });
});
