import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine';
import { createTestEngine } from './create-test-engine';
import { gradientError, lossInDoubles } from './finite-differences';
import { compileCase, readOpCases, runCase, type CompiledCase } from './op-case';
import { recordedNames } from './recorded-names';
import { relativeError } from './relative-error';
import { readTorchTensors } from './torch-fixtures';

/** Ten times stricter than what engines promise: doubles and float32 are apart by 5e-6 at most in these cases. */
const tolerance = 1e-5;

/** The tests of one family of ops: every case that test/fixtures/torch/ops.py recorded for it. */
export function describeOpCases(family: string): void {
  const recorded = readTorchTensors(`ops/${family}`);
  let engines: readonly Engine[] = [];
  beforeAll(async () => {
    engines = await Promise.all([createTestEngine(1), createTestEngine(2)]);
  });
  afterAll(async () => {
    for (const engine of engines) await engine.dispose();
  });

  const cases = readOpCases(family).map((testCase, index) => ({ ...testCase, index }));
  describe.each(cases)('$name', (testCase) => {
    const tensors = recorded.under(`${testCase.index}/`);
    const values = (name: string) => tensors.values(name);
    let compiled: CompiledCase;
    let results: readonly ReadonlyMap<string, Float32Array>[];

    beforeAll(async () => {
      compiled = compileCase(testCase);
      const runs: ReadonlyMap<string, Float32Array>[] = [];
      for (const engine of engines) runs.push(await runCase(engine, testCase, compiled, values));
      results = runs;
    });

    test('gives what torch gives: output, loss, running statistics and every gradient', () => {
      const [result] = results;
      expect(compiled.plan.outputs['y']?.shape).toEqual(tensors.shape('y'));
      for (const [ours, torch] of recordedNames(tensors)) {
        expect(relativeError(result?.get(ours) ?? [], tensors.values(torch)), ours).toBeLessThanOrEqual(tolerance);
      }
    });

    test('gives the same bits with one and with two threads', () => {
      const [one, two] = results;
      expect([...(one ?? [])].map(([name, values]) => [name, bits(values)])).toEqual(
        [...(two ?? [])].map(([name, values]) => [name, bits(values)]),
      );
    });

    // Where values tie, the largest has no derivative.
    const smooth = testCase.values !== 'small integers' && testCase.differences !== false;
    test.runIf(smooth)('has the gradients that finite differences show', () => {
      const [result] = results;
      const loss = lossInDoubles(testCase, compiled, values);
      for (const name of ['x', ...compiled.parameters]) {
        const gradient = result?.get(`grad:${name}`) ?? new Float32Array();
        expect(gradientError(loss, name, gradient), name).toBeLessThanOrEqual(tolerance);
      }
    });
  });
}

function bits(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');
}
