import type { Attributes } from '../../../src/core/graph/graph';
import type { Engine } from '../../../src/engine/engine';
import type { OpInput } from '../run-op';
import { gradients } from '../reference/gradients';
import { forwards } from '../reference/forwards';
import type { Tensor64 } from '../reference/tensor64';

/** What the tests of kernels run on: the builds and numbers of threads of an engine that must all agree. */
export interface KernelEngines {
  readonly all: readonly Engine[];
  /** Those of them that must give the same bits. */
  readonly alike: readonly Engine[];
  /** The op's output on every one: all alike to the tolerance, and the same bits where the engine promises them. */
  check(
    op: string,
    attrs: Attributes,
    inputs: readonly OpInput[],
    shape: readonly number[],
    options?: CheckOptions,
  ): Promise<void>;
  dispose(): Promise<void>;
}

export interface CheckOptions {
  /** That of the reference where it is absent. */
  readonly expected?: ArrayLike<number>;
  readonly tolerance?: number;
}

/** One of the engines, where one is enough. */
export function firstOf({ all }: KernelEngines): Engine {
  const [first] = all;
  if (!first) throw new Error('There is no engine');
  return first;
}

export const defaultTolerance = 1e-5;

/** The op in doubles. */
export function reference(
  op: string,
  attrs: Attributes,
  inputs: readonly OpInput[],
  shape: readonly number[],
): Float64Array {
  const compute = gradients[op] ?? forwards[op];
  if (!compute) throw new Error(`${op} has no reference`);
  return compute(inputs.map(toDoubles), attrs as never, shape);
}

export function toDoubles({ shape, data }: OpInput): Tensor64 {
  return { shape, data: Float64Array.from(data) };
}

/** The bits of floats: equal ones where results must be the same, NaN and zeros included. */
export function bits(values: Float32Array | undefined): Int32Array {
  return values ? new Int32Array(values.buffer, values.byteOffset, values.length) : new Int32Array();
}
