import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CurvesFeed } from '../../../src/extension/panels/curves-feed';
import { libraryRun, runRecord } from './run-record';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cnn-lab-feed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function makeRun(name: string, lines: readonly string[], record = runRecord) {
  const runFolder = join(folder, name);
  mkdirSync(runFolder);
  writeFileSync(join(runFolder, 'metrics.jsonl'), lines.join(''));
  return libraryRun(runFolder, { ...record, name });
}

const step = (number: number) =>
  `${JSON.stringify({ kind: 'step', step: number, epoch: number / 10, trainLoss: 1, learningRate: 0.1, imagesPerSecond: 9 })}\n`;
const stepsOf = (runs: readonly { readonly steps: readonly { readonly step: number }[] }[]) =>
  runs.map(({ steps }) => steps.map((line) => line.step));

describe('what the curves panel is told', () => {
  it('gives the metrics of runs that are shown or that train, and lists the others', async () => {
    const shown = makeRun('shown', [step(1)]);
    const hidden = makeRun('hidden', [step(2)]);
    const running = makeRun('running', [step(3)], { ...runRecord, status: 'running' });
    const feed = new CurvesFeed();
    const snapshot = await feed.snapshot([shown, hidden, running], new Set([shown.folder]));
    expect(snapshot.map(({ id, name }) => ({ id, name }))).toEqual(
      [shown, hidden, running].map((run) => ({ id: run.folder, name: run.name })),
    );
    expect(stepsOf(snapshot)).toEqual([[1], [], [3]]);
  });

  it('then gives only what is new', async () => {
    const run = makeRun('a', [step(1)]);
    const shown = new Set([run.folder]);
    const feed = new CurvesFeed();
    await feed.snapshot([run], shown);
    expect(await feed.increments([run], shown)).toEqual([]);
    appendFileSync(join(run.folder, 'metrics.jsonl'), `${step(2)}${step(3).slice(0, 10)}`);
    expect(stepsOf((await feed.increments([run], shown)) as [])).toEqual([[2]]);
    appendFileSync(join(run.folder, 'metrics.jsonl'), step(3).slice(10));
    expect(stepsOf((await feed.increments([run], shown)) as [])).toEqual([[3]]);
  });

  it('gives all of a run that is shown later', async () => {
    const run = makeRun('a', [step(1), step(2)]);
    const feed = new CurvesFeed();
    await feed.snapshot([run], new Set());
    expect(stepsOf((await feed.increments([run], new Set([run.folder]))) as [])).toEqual([[1, 2]]);
  });

  it('tells a new state or a new best epoch without new lines', async () => {
    const run = makeRun('a', [step(1)]);
    const feed = new CurvesFeed();
    await feed.snapshot([run], new Set());
    const stopped = libraryRun(run.folder, { ...runRecord, name: 'a', status: 'stopped', bestEpoch: 3 });
    const told = await feed.increments([stopped], new Set());
    expect(told).toEqual([{ id: run.folder, status: 'stopped', bestEpoch: 3, steps: [], epochs: [] }]);
  });

  it('starts over where the metrics were cut, as a resumed run does', async () => {
    const run = makeRun('a', [step(1), step(2)]);
    const shown = new Set([run.folder]);
    const feed = new CurvesFeed();
    await feed.snapshot([run], shown);
    writeFileSync(join(run.folder, 'metrics.jsonl'), step(1));
    expect(await feed.increments([run], shown)).toBe('restart');
  });

  it('needs a new snapshot when a run comes, goes or is renamed', async () => {
    const run = makeRun('a', []);
    const other = makeRun('b', []);
    const feed = new CurvesFeed();
    await feed.snapshot([run], new Set());
    expect(feed.fits([run])).toBe(true);
    expect(feed.fits([run, other])).toBe(false);
    expect(feed.fits([])).toBe(false);
    expect(feed.fits([{ ...run, name: 'other' }])).toBe(false);
  });
});
