import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  defaultRunName,
  listRuns,
  markRunFailed,
  openRun,
  renameRun,
  reserveRunFolder,
  writeRunRecord,
} from '../../src/node/run-store';
import { writeFileAtomically } from '../../src/node/write-file-atomically';
import { runRecord } from '../support/run-records';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab runs ü-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function makeRun(id: string, changes: Parameters<typeof runRecord>[0] = {}): Promise<string> {
  const path = join(folder, id);
  await mkdir(path);
  await writeRunRecord(path, runRecord({ id, ...changes }));
  return path;
}

describe('the list of runs', () => {
  test('has the newest first, whatever their names', async () => {
    await makeRun('a', { startedAt: '2026-03-01T09:00:00.000Z' });
    await makeRun('b', { startedAt: '2026-03-03T09:00:00.000Z' });
    await makeRun('c', { startedAt: '2026-03-02T09:00:00.000Z' });
    expect((await listRuns(folder)).map((run) => run.id)).toEqual(['b', 'c', 'a']);
  });

  test('is empty where there is no folder', async () => {
    expect(await listRuns(join(folder, 'missing'))).toEqual([]);
  });

  test('shows half-written runs as failed, with the reason, and leaves out what is no run', async () => {
    await makeRun('whole');
    await mkdir(join(folder, 'reserved'));
    await mkdir(join(folder, 'begun', 'checkpoints'), { recursive: true });
    await mkdir(join(folder, 'damaged'));
    const text = JSON.stringify(runRecord());
    await writeFile(join(folder, 'damaged', 'run.json'), text.slice(0, text.length / 2));
    await mkdir(join(folder, '.hidden'));
    await writeFile(join(folder, 'notes.txt'), 'not a run');

    const runs = new Map((await listRuns(folder)).map((run) => [run.id, run]));
    expect([...runs.keys()].sort()).toEqual(['begun', 'damaged', 'whole']);
    expect(runs.get('whole')?.status).toBe('completed');
    expect(runs.get('begun')).toMatchObject({ status: 'failed', record: undefined });
    expect(runs.get('begun')?.failure).toContain('run.json is missing');
    expect(runs.get('damaged')).toMatchObject({ status: 'failed', name: 'damaged', record: undefined });
    expect(runs.get('damaged')?.failure).toContain('run.json is damaged');
  });

  test('goes by the name of the folder, also of a copied one', async () => {
    const path = await makeRun('original');
    await mkdir(join(folder, 'copy'));
    await writeFile(join(folder, 'copy', 'run.json'), await readFile(join(path, 'run.json')));
    expect((await openRun(join(folder, 'copy')))?.id).toBe('copy');
  });
});

describe('a run that is marked running', () => {
  test('is running while its process lives', async () => {
    const path = await makeRun('live', { status: 'running', processId: process.pid });
    expect((await openRun(path))?.status).toBe('running');
  });

  test('has failed where its process is gone', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'close');
    const path = await makeRun('lost', { status: 'running', processId: child.pid ?? 0 });
    expect(await openRun(path)).toMatchObject({
      status: 'failed',
      failure: `The training process ended without a word (process ${child.pid}).`,
    });
  });

  test('has failed where the machine was started since: its process number is another’s', async () => {
    const path = await makeRun('old', { status: 'running', processId: process.pid });
    await utimes(join(path, 'run.json'), new Date('2001-01-01'), new Date('2001-01-01'));
    expect((await openRun(path))?.status).toBe('failed');
  });

  test('is marked failed by its host only while it is that process that runs it', async () => {
    const path = await makeRun('mine', { status: 'running', processId: 4711 });
    expect(await markRunFailed(path, 4712, 'Not mine.')).toBe(false);
    expect(await markRunFailed(path, 4711, 'It crashed.')).toBe(true);
    expect((await openRun(path))?.record).toMatchObject({ status: 'failed', failure: 'It crashed.' });
    expect(await markRunFailed(path, 4711, 'Again.')).toBe(false);
  });
});

describe('a new run folder', () => {
  const now = new Date(2026, 10, 21, 14, 5);

  test('is named after the minute and the run, with a number where that is taken', async () => {
    const made = [];
    for (let i = 0; i < 3; i++) made.push(basename(await reserveRunFolder(folder, 'LeNet · digits', now)));
    expect(made).toEqual([
      '2026-11-21-1405-lenet-digits',
      '2026-11-21-1405-lenet-digits-2',
      '2026-11-21-1405-lenet-digits-3',
    ]);
  });

  test('is given once, however many ask at the same time', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => reserveRunFolder(folder, 'x', now)));
    expect(new Set(made).size).toBe(8);
  });

  test('has a name that a file system takes', async () => {
    const made = basename(await reserveRunFolder(folder, "VGG('VGG16')/../: häßlich 数字 " + 'x'.repeat(300), now));
    expect(made).toMatch(/^2026-11-21-1405-vgg-vgg16-häßlich-数字-x+$/);
    expect(made.length).toBeLessThan(100);
    expect(basename(await reserveRunFolder(folder, '///', now))).toBe('2026-11-21-1405-run');
  });

  test('is called by model and data set', () => {
    expect(defaultRunName('/m/lenet.py', null, '/data/digits')).toBe('lenet · digits');
    expect(defaultRunName('/m/vgg.py', "VGG('VGG16')", '/data/shapes/')).toBe('VGG · shapes');
  });
});

describe('renaming a run', () => {
  test('changes what people see and nothing else', async () => {
    const path = await makeRun('r');
    await renameRun(path, '  The good one ');
    expect(await openRun(path)).toMatchObject({ id: 'r', name: 'The good one', status: 'completed' });
    await expect(renameRun(path, ' ')).rejects.toThrow('A run needs a name.');
  });
});

describe('changes to run.json', () => {
  test('that come at the same time all count', async () => {
    const path = await makeRun('r', { status: 'running', processId: 4711 });
    const marked = await Promise.all([
      renameRun(path, 'New'),
      markRunFailed(path, 4711, 'It crashed.'),
      ...Array.from({ length: 10 }, () => renameRun(path, 'Newer')),
    ]);
    expect(marked[1]).toBe(true);
    expect((await openRun(path))?.record).toMatchObject({ status: 'failed', failure: 'It crashed.' });
    expect((await openRun(path))?.name).toMatch(/^Newe?r?$/);
    expect(await readdir(path)).toEqual(['run.json']);
  });

  test('are not held up by a process that was killed while it made one', async () => {
    const path = await makeRun('r');
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'close');
    await writeFile(join(path, '.run.lock'), String(child.pid));
    await renameRun(path, 'Free');
    expect((await openRun(path))?.name).toBe('Free');
    // Killed after it took the lock, before it wrote its number there.
    const lock = join(path, '.run.lock');
    await writeFile(lock, '');
    await utimes(lock, new Date(Date.now() - 10_000), new Date(Date.now() - 10_000));
    await renameRun(path, 'Free again');
    expect((await openRun(path))?.name).toBe('Free again');
  });
});

describe('a file that is replaced as a whole', () => {
  test('is never seen in part, and leaves nothing beside it', async () => {
    const file = join(folder, 'run.json');
    const texts = ['a', 'b'].map((letter) => letter.repeat(300_000));
    await writeFileAtomically(file, texts[0] ?? '');
    let writing = true;
    const seen = new Set<string>();
    const reader = (async () => {
      while (writing) seen.add(await readFile(file, 'utf8'));
    })();
    for (let i = 0; i < 20; i++) await writeFileAtomically(file, texts[i % 2] ?? '');
    writing = false;
    await reader;
    for (const text of seen) expect(texts.includes(text)).toBe(true);
    expect(await readdir(folder)).toEqual(['run.json']);
  });

  test('a write that fails leaves the old contents and nothing else', async () => {
    const file = join(folder, 'target');
    await mkdir(file);
    await expect(writeFileAtomically(file, 'text')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['target']);
  });
});
