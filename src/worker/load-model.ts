import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../core/data/dataset';
import { UserError } from '../core/errors';
import type { Graph } from '../core/graph/graph';
import { declaredInput } from '../core/python/declared-input';
import { traceForTraining } from '../core/python/trace-model';
import { requireTrainable } from '../core/train/require-trainable';
import { canCompute } from '../engine/wasm/encode/can-compute';
import { graphFile, trainingGraphFile } from '../node/run-store';
import type { SourceText } from '../node/read-python-module';
import { readPythonModule } from '../node/read-python-module';
import type { ModelRequest } from '../protocol/worker';

export interface LoadedModel {
  readonly graph: Graph;
  /** What is computed in training, where the code branches on `self.training`. */
  readonly trainingGraph?: Graph;
  readonly target: string;
  /** [C, H, W] */
  readonly inputShape: readonly number[];
  /** SHA-256 (hex) of the model's own file. */
  readonly sourceHash: string;
  /** The model's own file, then those that it imports. */
  readonly sources: readonly SourceText[];
}

/** Reads a model's code for images of `inputShape` [C, H, W] in so many classes (undefined: as it has by itself). Throws a UserError for what it can't follow or train. */
export async function loadModel(
  request: ModelRequest,
  inputShape: readonly number[],
  classCount: number | undefined,
): Promise<LoadedModel> {
  const text = await readSource(request.file);
  const sources = new Map([[request.file, { file: request.file, text }]]);
  const { graph, trainingGraph, target } = traceForTraining({
    file: request.file,
    text,
    target: request.target,
    inputShape: ['N', ...inputShape],
    ...(classCount === undefined ? {} : { numClasses: classCount }),
    adaptInput: true,
    readModule(dottedName, fromFile) {
      const source = readPythonModule(dottedName, fromFile);
      if (source) sources.set(source.file, source);
      return source;
    },
  });
  requireTrainable(graph, canCompute, trainingGraph);
  const sourceHash = createHash('sha256').update(text).digest('hex');
  const own = trainingGraph ? { trainingGraph } : {};
  return { graph, ...own, target, inputShape, sourceHash, sources: [...sources.values()] };
}

/** Channels, height and width that the model's file says it takes; undefined where it says nothing. */
export async function declaredInputShape(request: ModelRequest): Promise<readonly number[] | undefined> {
  return declaredInput(await readSource(request.file), request.file, request.target);
}

export function imageShape({
  channels,
  height,
  width,
}: Pick<Dataset, 'channels' | 'height' | 'width'>): readonly [number, number, number] {
  return [channels, height, width];
}

/** The graph that a run trains, as it was when the run began. */
export function readGraph(runFolder: string): Promise<Graph> {
  return readGraphFile(join(runFolder, graphFile));
}

/** What a run computes in training, where that is another graph. */
export async function readTrainingGraph(runFolder: string): Promise<Graph | undefined> {
  const file = join(runFolder, trainingGraphFile);
  return existsSync(file) ? readGraphFile(file) : undefined;
}

async function readGraphFile(file: string): Promise<Graph> {
  try {
    const graph = JSON.parse(await readFile(file, 'utf8')) as Graph;
    if (graph.formatVersion !== 1 || !Array.isArray(graph.nodes) || !Array.isArray(graph.outputs)) {
      throw new Error('it is not a graph of this version');
    }
    return graph;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${file} can't be read: ${reason}.`, 'The run can no longer be used.', { cause: error });
  }
}

async function readSource(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`The model can't be read: ${reason}.`, undefined, { cause: error });
  }
}
