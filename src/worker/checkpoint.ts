import { readFile } from 'node:fs/promises';
import { UserError } from '../core/errors';
import type { SafeTensor, SafeTensorsFile } from '../core/formats/safetensors';
import {
  encodeSafetensors,
  f32Tensor,
  i64Scalar,
  integerTensor,
  parseSafetensors,
  toFloat32,
  toInt32,
} from '../core/formats/safetensors';
import { sameShape } from '../core/ops/shapes';
import type { StateTensor } from '../core/rng/initialize';
import { initialValues, isCounter, stateTensors } from '../core/rng/initialize';
import type { TrainConfig } from '../core/train/config';
import type { RunProgress } from '../core/train/run-progress';
import { parseRunProgress } from '../core/train/run-progress';
import { momentNames } from '../core/train/optimizer';
import { momentSlot } from '../engine/layout-state';
import { writeFileAtomically } from '../node/write-file-atomically';
import type { ModelSession } from './model-session';

/*
 * A checkpoint is a safetensors file: parameters and buffers under their state_dict names, counters
 * (num_batches_tracked) as I64 scalars, other whole numbers and truth values in their own types, and in `last` the optimiser's moments as `optimizer.<moment>.<parameter>` and the loss's scale.
 * Its metadata say where the run stands. There are no times in it: the same run gives the same bytes.
 */

export interface CheckpointContents {
  readonly progress: RunProgress;
  readonly config: TrainConfig;
}

/** Written whole or not at all. `moments`: with all that the run needs to go on. */
export async function writeCheckpoint(
  file: string,
  model: ModelSession,
  contents: CheckpointContents,
  moments: boolean,
): Promise<void> {
  const { weights, whole } = await readCheckpoints(model, contents, moments);
  await writeCheckpointBytes(file, moments ? whole() : weights());
}

/** The same of bytes that were made before. */
export async function writeCheckpointBytes(file: string, bytes: Uint8Array): Promise<void> {
  await writeFileAtomically(file, bytes);
}

/** The bytes of both kinds of checkpoint, of the model as it was when it was read. */
export interface ReadCheckpoints {
  /** Parameters and buffers alone. */
  readonly weights: () => Uint8Array;
  /** With the moments, where they were read. */
  readonly whole: () => Uint8Array;
}

/** Every tensor is read from the device once, whatever is made of them. */
export async function readCheckpoints(
  model: ModelSession,
  contents: CheckpointContents,
  moments: boolean,
): Promise<ReadCheckpoints> {
  const tensors = new Map<string, SafeTensor>();
  const state = stateTensors(model.graph);
  for (const tensor of state) {
    const { name, dtype, shape } = tensor;
    if (isCounter(tensor)) tensors.set(name, i64Scalar(model.counters.get(name) ?? 0));
    else if (dtype === 'f32') tensors.set(name, f32Tensor(shape, await readSlot(model, name)));
    else tensors.set(name, integerTensor(dtype, shape, await model.state.readState(name)));
  }
  const weights = new Map(tensors);
  for (const moment of moments ? momentNames(contents.config.optimizer) : []) {
    for (const { name, kind, shape } of state) {
      if (kind !== 'parameter') continue;
      tensors.set(
        `${momentPrefix}${moment}.${name}`,
        f32Tensor(shape, await readSlot(model, momentSlot(moment, name))),
      );
    }
  }
  for (const name of moments ? scaleSlots(model) : []) {
    const values = await readSlot(model, name);
    tensors.set(`${momentPrefix}${name}`, f32Tensor([values.length], values));
  }
  const metadata = {
    format: 'pt',
    'cnn-lab.progress': JSON.stringify(contents.progress),
    'cnn-lab.config': JSON.stringify(contents.config),
  };
  return {
    weights: () => encodeSafetensors(weights, metadata),
    whole: () => encodeSafetensors(tensors, metadata),
  };
}

/** Puts a checkpoint's weights, and the moments if the model has an optimiser, into the model. Throws a UserError where they do not fit. */
export async function loadCheckpoint(
  file: string,
  model: ModelSession,
  optimizer?: TrainConfig['optimizer'],
): Promise<RunProgress> {
  const { tensors, metadata } = await readSafetensors(file);
  const progress = parseProgress(metadata['cnn-lab.progress']);
  if (!progress)
    throw new UserError(`${file} does not say where the run stands.`, 'It is not a checkpoint of CNN Lab.');
  const take = (name: string, shape: readonly number[]): SafeTensor => {
    const tensor = tensors.get(name);
    if (!tensor) throw new UserError(`${file} has no tensor ${name}.`, 'It belongs to another model.');
    if (!sameShape(tensor.shape, shape)) {
      throw new UserError(
        `${name} in ${file} is ${show(tensor.shape)}, the model's is ${show(shape)}.`,
        'It belongs to another model.',
      );
    }
    return tensor;
  };
  for (const own of stateTensors(model.graph)) {
    const { name, kind, shape } = own;
    await putTensor(model, own, take(name, shape));
    for (const moment of kind === 'parameter' && optimizer ? momentNames(optimizer) : []) {
      await model.state.writeState(
        momentSlot(moment, name),
        toFloat32(take(`${momentPrefix}${moment}.${name}`, shape)),
      );
    }
  }
  for (const name of optimizer ? scaleSlots(model) : []) {
    const tensor = tensors.get(`${momentPrefix}${name}`);
    if (tensor) await model.state.writeState(name, toFloat32(tensor));
  }
  return progress;
}

/** What the loss is scaled by, where it is. */
function scaleSlots({ layout }: ModelSession): readonly string[] {
  return layout.slots.filter(({ role }) => role === 'scale').map(({ name }) => name);
}

/** Gives the model its first values, PyTorch's default initialisation drawn by `seed`. */
export async function initializeModel(model: ModelSession, seed: number): Promise<void> {
  let index = 0;
  for (const tensor of stateTensors(model.graph)) {
    const values = initialValues(tensor, seed, index++);
    if (isCounter(tensor)) model.counters.set(tensor.name, values[0] ?? 0);
    else await model.state.writeState(tensor.name, values);
  }
}

/**
 * Overwrites the first values by those tensors of a file that fit by name and shape (a last layer for other classes
 * does not). Returns the names of those of the model that keep their own. Throws a UserError where none fits.
 */
export async function loadInitialWeights(file: string, model: ModelSession): Promise<readonly string[]> {
  const { tensors } = await readSafetensors(file);
  const state = stateTensors(model.graph);
  const fits = ({ name, shape }: StateTensor) => {
    const tensor = tensors.get(name);
    return tensor !== undefined && sameShape(tensor.shape, shape);
  };
  const fitting = state.filter(fits);
  if (!fitting.some(({ kind }) => kind === 'parameter')) {
    throw new UserError(
      `No tensor in ${file} fits the model by name and shape.`,
      `The model's first is ${state[0]?.name ?? 'none'}, the file's is ${[...tensors.keys()][0] ?? 'none'}.`,
    );
  }
  for (const own of fitting) {
    const tensor = tensors.get(own.name);
    if (tensor) await putTensor(model, own, tensor);
  }
  return state.filter((tensor) => !isCounter(tensor) && !fits(tensor)).map(({ name }) => name);
}

/** Gives a tensor of the model's state the values of a file's. */
async function putTensor(model: ModelSession, own: StateTensor, tensor: SafeTensor): Promise<void> {
  if (isCounter(own)) model.counters.set(own.name, readCounter(tensor));
  else await model.state.writeState(own.name, own.dtype === 'f32' ? toFloat32(tensor) : toInt32(tensor));
}

const momentPrefix = 'optimizer.';

async function readSlot(model: ModelSession, name: string): Promise<Float32Array> {
  const values = await model.state.readState(name);
  if (!(values instanceof Float32Array)) throw new Error(`State ${name} is not f32`);
  return values;
}

async function readSafetensors(file: string): Promise<SafeTensorsFile> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UserError(`There is no file ${file}.`, undefined, { cause: error });
  }
  return parseSafetensors(bytes, file);
}

function parseProgress(text: string | undefined): RunProgress | undefined {
  try {
    return text === undefined ? undefined : parseRunProgress(JSON.parse(text));
  } catch {
    return undefined; // Not JSON: the caller says what is wrong with the file.
  }
}

/** As a whole number: float32 counts to 2²⁴ only. */
function readCounter(tensor: SafeTensor): number {
  const { dtype, data } = tensor;
  if (dtype !== 'I64') return Math.round(toFloat32(tensor)[0] ?? 0);
  return Number(new DataView(data.buffer, data.byteOffset, data.byteLength).getBigInt64(0, true));
}

function show(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
