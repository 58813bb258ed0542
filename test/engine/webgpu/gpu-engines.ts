import { expect } from 'vitest';
import type { Attributes } from '../../../src/core/graph/graph';
import type { Engine } from '../../../src/engine/engine';
import { bits, defaultTolerance, reference, type CheckOptions, type KernelEngines } from '../kernels/kernel-engines';
import { relativeError } from '../relative-error';
import { runOp, type OpInput } from '../run-op';
import { createSoftwareGpuEngine } from './software-gpu';

/** The GPU engine, for the tests of kernels. */
export class GpuEngines implements KernelEngines {
  private constructor(private readonly engine: Engine) {}

  get all(): readonly Engine[] {
    return [this.engine];
  }

  get alike(): readonly Engine[] {
    return this.all;
  }

  static async create(): Promise<GpuEngines> {
    return new GpuEngines(await createSoftwareGpuEngine());
  }

  async dispose(): Promise<void> {
    await this.engine.dispose();
  }

  /** The op's output, and the same bits when it runs again. */
  async check(
    op: string,
    attrs: Attributes,
    inputs: readonly OpInput[],
    shape: readonly number[],
    { expected = reference(op, attrs, inputs, shape), tolerance = defaultTolerance }: CheckOptions = {},
  ): Promise<void> {
    const first = await runOp(this.engine, op, attrs, inputs, shape);
    expect(relativeError(first, expected)).toBeLessThan(tolerance);
    expect(bits(await runOp(this.engine, op, attrs, inputs, shape))).toEqual(bits(first));
  }
}
