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
  const index = readOpCases().findIndex(({ name }) => name === 'network: conv, norm, pool, branches, classifier');
  const small = readOpCases().findIndex(({ name }) => name === 'linear: 7 to 5');
  const recorded = readTorchTensors('ops');
  const jobs = [index, small].map((at) => {
    const testCase = readOpCases()[at];
    if (!testCase) throw new Error('The case was renamed');
    const compiled = compileCase(testCase);
    const tensors = recorded.under(`${at}/`);
    return (engine: Engine) => runCase(engine, testCase, compiled, (name) => tensors.values(name));
  });
  const expected = await Promise.all(jobs.map((run) => run(one)));
  for (let round = 0; round < 300; round++) {
    for (const [at, run] of jobs.entries()) expect(await run(four), `round ${round}`).toEqual(expected[at]);
  }
});
