import { expect, test } from 'vitest';
import { expectedGather, gatherCases, runGather } from '../gather-images-cases';
import { describeKernels } from './describe-kernels';

describeKernels((engines) => {
  test.each(gatherCases)('$title, to the bit and by any number of threads', async (gatherCase) => {
    const expected = expectedGather(gatherCase);
    for (const engine of engines.all) expect(await runGather(engine, gatherCase)).toEqual(expected);
  });
});
