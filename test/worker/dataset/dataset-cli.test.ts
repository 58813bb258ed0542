import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRunRecord } from '../../../src/node/run-store';
import { jsonLines, runCli } from '../../support/run-cli';
import { makeSmallWorkplace, type SmallWorkplace } from '../../support/small-run';

let folder: string;
let place: SmallWorkplace;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab dataset cli-'));
  place = await makeSmallWorkplace(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const image = (index: number) => `train-images-idx3-ubyte#${index}`;

test('info tells what there is, in words and as JSON', async () => {
  const { stdout, exitCode } = await runCli(['dataset', 'info', 'bars'], folder);
  expect(exitCode).toBe(0);
  expect(stdout.split('\n')).toEqual([
    expect.stringContaining('550 images in'),
    'class  train  test',
    '─────  ─────  ────',
    '0        113    25',
    '1        113    25',
    '2        112    25',
    '3        112    25',
    'all      450   100',
    'Nothing is decided about its images.',
    '',
  ]);
  const [event] = jsonLines((await runCli(['dataset', 'info', 'bars', '--json'], folder)).stdout);
  expect(event).toMatchObject({
    event: 'dataset',
    images: 550,
    splits: [
      { split: 'train', count: 450, classes: { '0': 113 } },
      { split: 'test', count: 100 },
    ],
  });
});

test('check tells odd images and copies as JSON, one a line', async () => {
  const { stdout } = await runCli(['dataset', 'check', 'bars', '--json'], folder);
  expect(jsonLines(stdout)).toEqual([
    { event: 'checked', images: 550, odd: 0, groups: 0, copies: 0, leaks: 0, disagreements: 0, suspects: null },
  ]);
  const wrong = await runCli(['dataset', 'check', 'bars', '--mislabels'], folder);
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('--mislabels needs a run')]);
});

test('what is decided holds for training: fewer images, another fingerprint, told and recorded; undone, it is as before', async () => {
  const train = (out: string) =>
    runCli(
      ['train', 'small_net.py:SmallNet', '--data', 'bars', '--epochs', '1', '--device', 'cpu', '--out', out],
      folder,
    );
  expect((await train('before')).stderr).toBe('');
  await runCli(['dataset', 'exclude', 'bars', image(3), image(4), '--reason', 'blurred'], folder);
  const { stdout } = await runCli(['dataset', 'relabel', 'bars', image(0), '--to', '2', '--json'], folder);
  expect(jsonLines(stdout)).toEqual([
    {
      event: 'decided',
      file: join(place.dataFolder, 'cnn-lab-decisions.tsv'),
      decisions: [
        { kind: 'exclude', key: image(3), reason: 'blurred' },
        { kind: 'exclude', key: image(4), reason: 'blurred' },
        { kind: 'relabel', key: image(0), classes: ['2'] },
      ],
      canUndo: true,
    },
  ]);
  const retrained = await train('after');
  expect(retrained.exitCode).toBe(0);
  expect(retrained.stdout).toMatch(
    /What was decided about images: test accuracy [+−]\d+\.\d\d points against .*; now 2 are left out and 1 relabelled\./,
  );
  const before = await readRunRecord(join(folder, 'before'));
  const after = await readRunRecord(join(folder, 'after'));
  expect(before.data.trainCount + before.data.valCount).toBe(450);
  expect(after.data.trainCount + after.data.valCount).toBe(448);
  expect(after.data.decided).toMatchObject({ excluded: 2, relabelled: 1 });
  expect(before.data.decided).toBeUndefined();
  expect(after.data.fingerprint).not.toBe(before.data.fingerprint);
  const log = await readFile(join(folder, 'after', 'log.txt'), 'utf8');
  expect(log).toMatch(/As decided in .*cnn-lab-decisions.tsv: 2 images left out, 1 relabelled/);

  const resumed = await runCli(['train', '--resume', 'before', '--epochs', '2'], folder);
  expect([resumed.exitCode, resumed.stderr]).toEqual([1, expect.stringContaining('other numbers of images')]);
  for (let step = 0; step < 2; step++) await runCli(['dataset', 'undo', 'bars'], folder);
  expect((await runCli(['train', '--resume', 'before', '--epochs', '2'], folder)).exitCode).toBe(0);
  const nothing = await runCli(['dataset', 'undo', 'bars'], folder);
  expect([nothing.exitCode, nothing.stderr]).toEqual([1, 'error: There is no decision to take back.\n']);
});

test('an image and a class that are not there are refused, and nothing is decided', async () => {
  const copy = join(folder, 'copy');
  await cp(place.dataFolder, copy, { recursive: true });
  const image4000 = await runCli(['dataset', 'exclude', 'copy', image(4000)], folder);
  expect([image4000.exitCode, image4000.stderr]).toEqual([
    2,
    expect.stringContaining(`copy has no image ${image(4000)}.`),
  ]);
  const bird = await runCli(['dataset', 'relabel', 'copy', image(1), '--to', 'bird'], folder);
  expect([bird.exitCode, bird.stderr]).toEqual([1, expect.stringContaining('copy has no class bird.')]);
  const [info] = jsonLines((await runCli(['dataset', 'info', 'copy', '--json'], folder)).stdout);
  expect(info).toMatchObject({ decisions: { excluded: 0, relabelled: 0 } });
});
