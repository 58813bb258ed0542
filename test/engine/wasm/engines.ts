import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Attributes } from '../../../src/core/graph/graph';
import type { Engine } from '../../../src/engine/engine';
import { createWasmEngine } from '../../../src/engine/wasm/wasm-engine';
import { bits, defaultTolerance, reference, type CheckOptions, type KernelEngines } from '../kernels/kernel-engines';
import { relativeError } from '../relative-error';
import { runOp, type OpInput } from '../run-op';
import { repositoryUrl } from '../torch-fixtures';

/** What `npm run build` made. */
export const assets = fileURLToPath(repositoryUrl('dist'));

/** Both builds of the kernels, and one to four threads. */
export class TestEngines implements KernelEngines {
  private constructor(
    readonly plain: Engine,
    /** By number of threads: 1, 2, 3, 4. */
    readonly relaxed: readonly Engine[],
  ) {}

  get all(): readonly Engine[] {
    return [this.plain, ...this.relaxed];
  }

  get alike(): readonly Engine[] {
    return this.relaxed;
  }

  static async create(): Promise<TestEngines> {
    return new TestEngines(
      await createWasmEngine({ assets, threads: 2, relaxedSimd: false }),
      await Promise.all([1, 2, 3, 4].map((threads) => createWasmEngine({ assets, threads }))),
    );
  }

  async dispose(): Promise<void> {
    await Promise.all(this.all.map((engine) => engine.dispose()));
  }

  /** The op's output on every engine: all alike to the tolerance, and the same bits for any number of threads. */
  async check(
    op: string,
    attrs: Attributes,
    inputs: readonly OpInput[],
    shape: readonly number[],
    { expected = reference(op, attrs, inputs, shape), tolerance = defaultTolerance }: CheckOptions = {},
  ): Promise<void> {
    expect(relativeError(await runOp(this.plain, op, attrs, inputs, shape), expected)).toBeLessThan(tolerance);
    const [first, ...others] = await this.runRelaxed(op, attrs, inputs, shape);
    expect(relativeError(first ?? [], expected)).toBeLessThan(tolerance);
    for (const other of others) expect(bits(other)).toEqual(bits(first));
  }

  private async runRelaxed(
    op: string,
    attrs: Attributes,
    inputs: readonly OpInput[],
    shape: readonly number[],
  ): Promise<readonly Float32Array[]> {
    const results: Float32Array[] = [];
    for (const engine of this.relaxed) results.push(await runOp(engine, op, attrs, inputs, shape));
    return results;
  }
}
