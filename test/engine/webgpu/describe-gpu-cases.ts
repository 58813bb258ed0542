import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../../src/engine/engine';
import { compileCase, readOpCases, runCase } from '../op-case';
import { relativeError } from '../relative-error';
import { recordedNames } from '../recorded-names';
import { readTorchTensors } from '../torch-fixtures';
import { createSoftwareGpuEngine, noGpuReason } from './software-gpu';

/** What engines promise to each other and to PyTorch. */
const tolerance = 1e-4;

/** The recorded cases of one family of ops on the GPU engine: output, loss, running statistics and every gradient. */
export function describeGpuCases(family: string): void {
  const recorded = readTorchTensors(`ops/${family}`);
  const cases = readOpCases(family).map((testCase, index) => ({ ...testCase, index }));
  let engine: Engine | undefined;
  beforeAll(async () => {
    if (noGpuReason === undefined) engine = await createSoftwareGpuEngine();
  });
  afterAll(() => engine?.dispose());

  describe.skipIf(noGpuReason !== undefined)(
    `${family} on the GPU${noGpuReason ? ` (skipped: ${noGpuReason})` : ''}`,
    () => {
      test.each(cases)('$name', async (testCase) => {
        if (!engine) throw new Error('There is no engine');
        const tensors = recorded.under(`${testCase.index}/`);
        const compiled = compileCase(testCase);
        const result = await runCase(engine, testCase, compiled, (name) => tensors.values(name));
        for (const [ours, torch] of recordedNames(tensors)) {
          expect(relativeError(result.get(ours) ?? [], tensors.values(torch)), ours).toBeLessThanOrEqual(tolerance);
        }
      });
    },
  );
}
