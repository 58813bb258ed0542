import type { Attributes, DType } from '../../src/core/graph/graph';
import { alignUp } from '../../src/engine/align';
import type { Engine, HostArray } from '../../src/engine/engine';
import type { Plan, PlanStep, PlanTensor, StateLayout } from '../../src/engine/plan';

export interface OpInput {
  readonly shape: readonly number[];
  readonly data: HostArray;
}

/**
 * Runs one op on an engine and returns its output. The output's memory holds NaN before the run, so that an element
 * that is never written, or is added to what was there, shows.
 */
export async function runOp(
  engine: Engine,
  op: string,
  attrs: Attributes,
  inputs: readonly OpInput[],
  outputShape: readonly number[],
): Promise<Float32Array> {
  const result = await outputOf(engine, op, attrs, inputs, { shape: outputShape, dtype: 'f32' });
  if (!(result instanceof Float32Array)) throw new Error(`${op} has no f32 output`);
  return result;
}

/** The same of an op that makes whole numbers or truth values. */
export async function runOpToWords(
  engine: Engine,
  op: string,
  attrs: Attributes,
  inputs: readonly OpInput[],
  outputShape: readonly number[],
): Promise<Int32Array> {
  const result = await outputOf(engine, op, attrs, inputs, { shape: outputShape, dtype: 'i32' });
  if (!(result instanceof Int32Array)) throw new Error(`${op} has no i32 output`);
  return result;
}

async function outputOf(
  engine: Engine,
  op: string,
  attrs: Attributes,
  inputs: readonly OpInput[],
  { shape, dtype }: { readonly shape: readonly number[]; readonly dtype: 'f32' | 'i32' },
): Promise<HostArray | undefined> {
  const place = placer();
  const tensors = inputs.map((input) => place(input.shape, dtypeOf(input.data)));
  const output = place(shape, dtype);
  const count = elementCount(shape);
  const stale = dtype === 'f32' ? new Float32Array(count).fill(Number.NaN) : new Int32Array(count).fill(0x7fc00000);
  const step: PlanStep = { kind: 'kernel', op, attrs, inputs: tensors, output };
  const filled = [...inputs.map((input, i) => fill(tensors[i], input.data)), fill(output, stale)];
  const [result] = await runSteps(engine, [step], filled, [output], place.bytes());
  return result;
}

/** Runs an op whose output takes the place of its first input (optimisers, running statistics); returns what all inputs hold afterwards. */
export async function runOpInPlace(
  engine: Engine,
  op: string,
  attrs: Attributes,
  inputs: readonly OpInput[],
): Promise<readonly HostArray[]> {
  const place = placer();
  const tensors = inputs.map((input) => place(input.shape, dtypeOf(input.data)));
  const [output] = tensors;
  if (!output) throw new Error(`${op} needs an input`);
  const step: PlanStep = { kind: 'kernel', op, attrs, inputs: tensors, output };
  const filled = inputs.map((input, i) => fill(tensors[i], input.data));
  return runSteps(engine, [step], filled, tensors, place.bytes());
}

export interface FilledTensor {
  readonly tensor: PlanTensor;
  readonly data: HostArray;
}

/** Runs hand-made steps over arena tensors and `data` in a session of their own and returns what the tensors in `outputs` hold. */
export async function runSteps(
  engine: Engine,
  steps: readonly PlanStep[],
  filled: readonly FilledTensor[],
  outputs: readonly PlanTensor[],
  arenaBytes: number,
  data: Uint8Array = new Uint8Array(),
): Promise<readonly HostArray[]> {
  const plan: Plan = {
    name: 'test',
    batchSize: 1,
    steps,
    inputs: Object.fromEntries(filled.map(({ tensor }, i) => [`input${i}`, tensor])),
    outputs: Object.fromEntries(outputs.map((tensor, i) => [`output${i}`, tensor])),
    arenaBytes,
  };
  const session = await engine.createSession(noState);
  try {
    await session.reserveData(data.length);
    await session.writeData(0, data);
    const program = await session.compile(plan);
    filled.forEach(({ data }, i) => program.input(`input${i}`).set(data));
    await program.run();
    const results: HostArray[] = [];
    for (let i = 0; i < outputs.length; i++) results.push(await program.read(`output${i}`));
    return results;
  } finally {
    await session.dispose();
  }
}

export interface Placer {
  (shape: readonly number[], dtype: DType): PlanTensor;
  /** Arena bytes taken so far. */
  bytes(): number;
}

/** Places arena tensors one after the other, each where a tensor may begin. */
export function placer(): Placer {
  let next = 0;
  const place = (shape: readonly number[], dtype: DType): PlanTensor => {
    const offset = next;
    next += alignUp(Math.max(4, elementCount(shape) * 4));
    return { region: 'arena', offset, shape, dtype };
  };
  return Object.assign(place, { bytes: () => next });
}

/** A session without parameters. */
export const noState: StateLayout = {
  slots: [],
  byteLength: 0,
  parameters: { offset: 0, byteLength: 0 },
  gradients: { offset: 0, byteLength: 0 },
  moments: [],
};

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function dtypeOf(data: HostArray): DType {
  return data instanceof Int32Array ? 'i32' : 'f32';
}

function fill(tensor: PlanTensor | undefined, data: HostArray): FilledTensor {
  if (!tensor) throw new Error('Every input has a place');
  return { tensor, data };
}
