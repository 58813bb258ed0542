import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine';
import { createTestEngine } from './create-test-engine';
import { compileCase, readOpCases, runCase } from './op-case';
import { readTorchTensors } from './torch-fixtures';

let one: Engine;
let four: Engine;
beforeAll(async () => {
  [one, four] = await Promise.all([createTestEngine(1), createTestEngine(4)]);
});
afterAll(async () => {
  await one.dispose();
  await four.dispose();
});

/**
 * More threads than most machines that test have cores, so that threads fall asleep in barriers and wake late; sessions
 * that come and go, so that a late thread would find other commands where its own were.
 */
test('threads stay in step while sessions come and go', async () => {
  const jobs = [
    { family: 'networks', name: 'network: conv, norm, pool, branches, classifier' },
    { family: 'matrix', name: 'linear: 7 to 5' },
  ].map(({ family, name }) => {
    const cases = readOpCases(family);
    const at = cases.findIndex((testCase) => testCase.name === name);
    const testCase = cases[at];
    if (!testCase) throw new Error('The case was renamed');
    const compiled = compileCase(testCase);
    const tensors = readTorchTensors(`ops/${family}`).under(`${at}/`);
    return (engine: Engine) => runCase(engine, testCase, compiled, (tensor) => tensors.values(tensor));
  });
  const expected = await Promise.all(jobs.map((run) => run(one)));
  for (let round = 0; round < 300; round++) {
    for (const [at, run] of jobs.entries()) expect(await run(four), `round ${round}`).toEqual(expected[at]);
  }
});
