import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { WorkerEvents } from '../../src/protocol/worker';
import { directTile, tiles } from '../../src/engine/webgpu/encode/gemm/tile';
import { defaultTuning } from '../../src/engine/webgpu/tuning';
import { distrustOf } from '../../src/worker/gpu/check-gpu';
import { readCheckRecord } from '../../src/worker/gpu/check-record';
import { findAdapter, type FoundAdapter } from '../../src/worker/gpu/adapters';
import { openTunedGpu, type TuningContext } from '../../src/worker/gpu/open-tuned-gpu';
import { tuningFile } from '../../src/worker/gpu/tuning-record';
import { trainJob } from '../../src/worker/train-job';
import { dist, makeSmallWorkplace, readMetrics, smallConfig, type SmallWorkplace } from '../support/small-run';
import { noSoftwareGpu, softwareGpuEnvironment } from '../support/software-gpu';

Object.assign(process.env, softwareGpuEnvironment);

const smallTile = tiles.find(({ name }) => name === '32x32') ?? directTile;
/** Nothing is measured: the only candidate is the tile. */
const atOnce = { budgetMs: 0, candidates: [directTile] };

describe.skipIf(noSoftwareGpu !== undefined)(`the tuning of a GPU (${noSoftwareGpu ?? 'SwiftShader'})`, () => {
  let folder: string;
  let place: SmallWorkplace;
  let found: FoundAdapter;
  let notes: string[];
  let context: TuningContext;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cnn-lab tuning-'));
    place = await makeSmallWorkplace(folder);
    const adapter = await findAdapter();
    if (!adapter) throw new Error('SwiftShader offers no adapter');
    found = adapter;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => {
    notes = [];
    context = { assets: dist, events: { ...silent, note: ({ message }) => void notes.push(message) } };
  });
  afterEach(async () => {
    delete process.env['CNN_LAB_GPU_TUNING'];
    await rm(tuningFile(found.record), { force: true });
  });

  test('begins with one that computes as the CPU does: found out, and opened afterwards', async () => {
    expect(await distrustOf(found, dist)).toBeUndefined();
    expect(await readCheckRecord(found.record, dist)).toEqual({ kind: 'passed' });
    await (await openTunedGpu(found, context)).dispose();
  });

  test('is left alone in software, where nobody asks for it', async () => {
    await (await openTunedGpu(found, context)).dispose();
    expect(notes).toEqual([]);
    await expect(readFile(tuningFile(found.record))).rejects.toThrow('ENOENT');
  });

  test('is measured once, kept, and read back; the numbers are those of the usual tiles', async () => {
    process.env['CNN_LAB_GPU_TUNING'] = 'on';
    const first = await openTunedGpu(found, context, { candidates: [smallTile] });
    expect(notes).toEqual([expect.stringMatching(/^The tiles of SwiftShader.* were measured in [\d.]+ s/)]);
    const kept = await readFile(tuningFile(found.record), 'utf8');
    const speeds = { [smallTile.name]: 1 };
    expect(JSON.parse(kept)).toMatchObject({
      ...{ status: 'measured', adapter: found.record.name, driver: found.record.driver },
      tuning: { speeds: { matrix: speeds, windows: speeds, weights: speeds }, threads: 1 },
    });
    await first.dispose();

    const losses = async (name: string) => {
      const request = place.request(join(folder, name), {
        ...{ model: { file: place.modelFile, target: 'Plain' }, device: 'gpu' },
        config: { ...smallConfig, epochs: 1 },
      });
      await trainJob(request, { ...context, signal: new AbortController().signal });
      return (await readMetrics(request.runFolder)).map(({ trainLoss }) => trainLoss);
    };
    notes = [];
    const tuned = await losses('tuned');
    expect(notes).toEqual([]);
    expect(await readFile(tuningFile(found.record), 'utf8')).toBe(kept);
    process.env['CNN_LAB_GPU_TUNING'] = 'off';
    const untuned = await losses('untuned');
    expect(tuned.length).toBe(untuned.length);
    tuned.forEach((loss, index) => expect(Math.abs(loss / (untuned[index] ?? 0) - 1)).toBeLessThan(1e-4));
  });

  test.each([
    ['that is cut off', () => '{"adapter": "Swift', 'can’t be read'],
    ['of another GPU', (kept: object) => ({ ...kept, adapter: 'GeForce' }), 'is of another GPU (GeForce)'],
    ['of an older driver', (kept: object) => ({ ...kept, driver: '4.0' }), 'is of another driver'],
    ['of another version', (kept: object) => ({ ...kept, version: '0.0.0' }), 'is of CNN Lab 0.0.0'],
    [
      'with tiles that there are no longer',
      (kept: object) => ({ ...kept, tuning: { ...defaultTuning, speeds: { matrix: { '9x9': 1 } } } }),
      'has other tiles',
    ],
  ])('does not take a file %s, says so, and measures again', async (_, change, complaint) => {
    process.env['CNN_LAB_GPU_TUNING'] = 'on';
    await (await openTunedGpu(found, context, atOnce)).dispose();
    const file = tuningFile(found.record);
    const kept = await readFile(file, 'utf8');
    const changed = change(JSON.parse(kept) as object);
    await writeFile(file, typeof changed === 'string' ? changed : JSON.stringify(changed));
    notes = [];
    await (await openTunedGpu(found, context, atOnce)).dispose();
    expect(notes).toEqual([
      `An earlier measurement is not used: ${file} ${complaint}.`,
      expect.stringMatching(/were measured/),
    ]);
    expect(await readFile(file, 'utf8')).toBe(kept);
  });

  test('that took its process with it is not tried again', async () => {
    process.env['CNN_LAB_GPU_TUNING'] = 'on';
    await (await openTunedGpu(found, context, atOnce)).dispose();
    const file = tuningFile(found.record);
    const kept = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...kept, status: 'measuring', processId: 0 }));
    notes = [];
    await (await openTunedGpu(found, context)).dispose();
    expect(notes).toEqual([expect.stringMatching(/usual tiles: measuring them failed \(the process .* did not live/)]);
  });
});

const silent: WorkerEvents = {
  runStarted: () => undefined,
  dataProgress: () => undefined,
  step: () => undefined,
  epoch: () => undefined,
  warning: () => undefined,
  note: () => undefined,
  foldProgress: () => undefined,
};
