import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MetricsReader } from '../../src/node/metrics-reader';
import { writeFileAtomically } from '../../src/node/write-file-atomically';
import { epochLine, stepLine } from '../support/run-records';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab-metrics-'));
  file = join(folder, 'metrics.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const [first, second, third] = [stepLine({ step: 1 }), stepLine({ step: 2 }), epochLine({ epoch: 1 })];
const text = (...lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

test('gives each line once, as it is appended', async () => {
  const reader = new MetricsReader(file);
  expect(await reader.read()).toEqual({ restarted: false, lines: [], skipped: 0 });
  await writeFile(file, text(first));
  expect(await reader.read()).toEqual({ restarted: false, lines: [first], skipped: 0 });
  expect((await reader.read()).lines).toEqual([]);
  await appendFile(file, text(second, third));
  expect((await reader.read()).lines).toEqual([second, third]);
});

test('a line that is still being written waits for its end', async () => {
  const reader = new MetricsReader(file);
  const line = text(second);
  await writeFile(file, text(first) + line.slice(0, 20));
  expect((await reader.read()).lines).toEqual([first]);
  await appendFile(file, line.slice(20, -1));
  expect((await reader.read()).lines).toEqual([]);
  await appendFile(file, '\n');
  expect((await reader.read()).lines).toEqual([second]);
});

test('starts again where the file was replaced or cut', async () => {
  const reader = new MetricsReader(file);
  await writeFile(file, text(first, second, third));
  await reader.read();
  // Longer than before: only its identity tells that it is another file.
  await writeFileAtomically(file, text(first, third, third, third));
  expect(await reader.read()).toEqual({ restarted: true, lines: [first, third, third, third], skipped: 0 });
  await truncate(file, text(first).length);
  expect(await reader.read()).toEqual({ restarted: true, lines: [first], skipped: 0 });
  await rm(file);
  expect(await reader.read()).toEqual({ restarted: true, lines: [], skipped: 0 });
});

test('reads asked for at the same time share the lines out among them', async () => {
  await writeFile(file, text(first, second, third));
  const reader = new MetricsReader(file);
  const reads = await Promise.all([reader.read(), reader.read(), reader.read()]);
  expect(reads.flatMap(({ lines }) => lines)).toEqual([first, second, third]);
});

test('counts lines that can not be read', async () => {
  await writeFile(file, `${text(first)}{"kind":"st\n${text(second)}`);
  expect(await new MetricsReader(file).read()).toEqual({ restarted: false, lines: [first, second], skipped: 1 });
});
