import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeSafetensors, f32Tensor, i64Scalar, type SafeTensor } from '../../src/core/formats/safetensors';
import { elementBox } from '../../src/core/inspect/element-box';
import { layerNamed } from '../../src/core/inspect/layer-names';
import { traceModel } from '../../src/core/python/trace-model';
import { isCounter, stateTensors } from '../../src/core/rng/initialize';
import { PhiloxStream, streams } from '../../src/core/rng/philox';
import { startOfRun } from '../../src/core/train/run-progress';
import { startInspector, type InspectorProcess } from '../../src/node/inspector-process';
import { checkpointPath, graphFile, writeRunRecord } from '../../src/node/run-store';
import type { InspectionCalls, LayerEntry, Subject } from '../../src/protocol/inspection';
import { pseudoWeights } from '../engine/pseudo-weights';
import { relativeError } from '../engine/relative-error';
import { readTorchJson, readTorchTensors, repositoryUrl } from '../engine/torch-fixtures';
import { runRecord } from '../support/run-records';
import { dist } from '../support/small-run';

interface RecordedNetwork {
  readonly file: string;
  readonly input: readonly number[];
  readonly classes: number;
  /** The most probable one of the first image. */
  readonly class: number;
  readonly gradCam: readonly string[];
  readonly gradients: readonly string[];
  /** By module: [top, left, bottom, right) of what the middle element sees. */
  readonly supports: Readonly<Record<string, readonly number[]>>;
}

const { mean, std, networks } = readTorchJson('inspection') as {
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly networks: Readonly<Record<string, RecordedNetwork>>;
};
const recorded = readTorchTensors('inspection');
/** Torch computed in doubles. */
const tolerance = 1e-4;

let folder: string;
let process: InspectorProcess;
let calls: InspectionCalls;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab oracles-'));
  process = startInspector({ script: join(dist, 'inspector.js'), events: {} });
  calls = process.calls;
});
afterAll(async () => {
  await process.dispose();
  await rm(folder, { recursive: true, force: true });
});

describe.each(Object.entries(networks))('what is seen in %s is what torch sees', (name, network) => {
  const torch = recorded.under(`${name}/`);
  const image = { kind: 'data', split: 'test', index: 0 } as const;
  let subject: Subject;
  let layers: readonly LayerEntry[];
  beforeAll(async () => {
    subject = { kind: 'run', runFolder: await makeRun(name, network), checkpoint: 'best' };
    ({ layers } = await calls.describe(subject));
  });

  /** An empty Sequential computes nothing: there is no layer to look at. */
  const isShown = (module: string) =>
    layers.some(({ path }) => path === module.split('#')[0] || path.startsWith(`${module}.`));

  test('feature maps: the outputs of all modules', async () => {
    const modules = torch.under('maps/').names.filter(isShown);
    expect(modules.length).toBeGreaterThanOrEqual(7);
    const ids = modules.map((module) => layerNamed(layers, module).id);
    const maps = await calls.featureMaps({ subject, image, layers: ids });
    for (const [index, module] of modules.entries()) {
      expect([1, ...(maps[index]?.shape ?? [])], module).toEqual([1, ...torch.shape(`maps/${module}`)]);
      const error = relativeError(maps[index]?.values ?? [], torch.values(`maps/${module}`));
      expect(error, module).toBeLessThanOrEqual(tolerance);
    }
  });

  test.each(network.gradCam)('Grad-CAM in %s', async (module) => {
    const { id } = layerNamed(layers, module);
    const { shape, values } = await calls.gradCam({ subject, image, layer: id, class: network.class });
    expect(shape).toEqual(torch.shape(`gradCam/${module}`));
    expect(relativeError(values, torch.values(`gradCam/${module}`))).toBeLessThanOrEqual(tolerance);
  });

  test.each(network.gradients)('the effective field of %s', async (module) => {
    const { id } = layerNamed(layers, module);
    const images = { split: 'test', count: 2 } as const;
    const { shape, map } = await calls.effectiveField({ subject, layer: id, images, task: 1 });
    expect(shape).toEqual(network.input.slice(1));
    const expected = fieldOf(torch.values(`gradients/${module}`), torch.shape(`gradients/${module}`), id);
    expect(relativeError(map, expected)).toBeLessThanOrEqual(tolerance);
  });

  test('theoretical fields: the support of the gradient where no weight hinders it', async () => {
    const { input, rows } = await calls.receptiveFields(subject);
    const modules = Object.keys(network.supports).filter(isShown);
    expect(modules.length).toBeGreaterThanOrEqual(4);
    for (const module of modules) {
      const { id } = layerNamed(layers, module);
      const row = rows.find(({ layer }) => layer === id);
      const [height = 1, width = 1] = row?.map ?? [];
      if (!row?.field) throw new Error(`${module} has a window`);
      const box = elementBox(row.field, Math.floor(height / 2), Math.floor(width / 2));
      const { top, left, bottom, right } = box;
      const inside = [Math.max(0, top), Math.max(0, left), Math.min(input[0], bottom), Math.min(input[1], right)];
      expect(inside, module).toEqual(network.supports[module]);
    }
  });
});

/**
 * Of torch's gradients of each channel [images, channels, C, H, W]: the mean of |Σ ± gradient|, summed over C, as a share of the
 * whole. The signs are ours: drawn by the layer's number, one for each channel, image by image.
 */
function fieldOf(gradients: Float32Array, shape: readonly number[], layer: number): Float64Array {
  const [images = 0, channels = 0, depth = 0, height = 0, width = 0] = shape;
  const places = height * width;
  const signs = new PhiloxStream(1, streams.samples, layer);
  const map = new Float64Array(places);
  for (let image = 0; image < images; image++) {
    const sums = new Float64Array(depth * places);
    for (let channel = 0; channel < channels; channel++) {
      const sign = signs.nextUint32() & 1 ? 1 : -1;
      const start = (image * channels + channel) * depth * places;
      for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + sign * (gradients[start + i] ?? NaN);
    }
    sums.forEach((sum, i) => (map[i % places] = (map[i % places] ?? 0) + Math.abs(sum)));
  }
  const whole = map.reduce((sum, value) => sum + value, 0);
  return map.map((value) => value / whole);
}

/** A run folder whose weights are those that torch had, with both images as its test images. */
async function makeRun(name: string, { file, input, classes }: RecordedNetwork): Promise<string> {
  const path = repositoryUrl(file).pathname;
  const { graph } = traceModel({
    ...{ file: path, text: readFileSync(path, 'utf8'), target: name, numClasses: classes },
    inputShape: ['N', ...input],
  });
  const state = stateTensors(graph);
  const names = new Set(state.map((tensor) => tensor.name));
  const tensors = new Map<string, SafeTensor>(
    state.map((tensor) => {
      if (isCounter(tensor)) return [tensor.name, i64Scalar(0)];
      return [tensor.name, f32Tensor(tensor.shape, pseudoWeights(tensor.name, tensor.shape, names))];
    }),
  );
  const runFolder = join(folder, name);
  await mkdir(join(runFolder, 'checkpoints'), { recursive: true });
  await writeFile(join(runFolder, graphFile), JSON.stringify(graph));
  const metadata = { 'cnn-lab.progress': JSON.stringify(startOfRun) };
  await writeFile(checkpointPath(runFolder, 'best'), encodeSafetensors(tensors, metadata));
  const data = join(folder, `${name} images`);
  await makeImages(data, name, input);
  const [channels = 1] = input;
  const record = runRecord({ name });
  await writeRunRecord(runFolder, {
    ...record,
    model: { ...record.model, file: path, target: name, inputShape: input },
    data: {
      ...{ ...record.data, path: data, classes: ['0', '1'], trainCount: 2, valCount: 0, testCount: 2 },
      ...{ mean: mean.slice(0, channels), std: std.slice(0, channels) },
    },
  });
  return runFolder;
}

async function makeImages(data: string, name: string, [channels = 1, height = 1, width = 1]: readonly number[]) {
  const pixels = recorded.values(`${name}/images`);
  const plane = height * width;
  for (const split of ['train', 'test']) {
    // A class for each image: their order is that of the classes.
    for (const image of [0, 1]) {
      const start = image * channels * plane;
      const bytes = Uint8Array.from({ length: channels * plane }, (_, i) => {
        const [place, channel] = [Math.floor(i / channels), i % channels];
        return pixels[start + channel * plane + place] ?? 0;
      });
      const raw = { width, height, channels: channels as 1 | 3 };
      await mkdir(join(data, split, String(image)), { recursive: true });
      await sharp(bytes, { raw })
        .png()
        .toFile(join(data, split, String(image), 'image.png'));
    }
  }
}
