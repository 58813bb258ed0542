import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { traceModel } from '../../../src/core/python/trace-model';
import { hyperparameters } from '../../../src/core/train/optimizer';
import type { HostArray, Session } from '../../../src/engine/engine';
import { modelPlans, type ModelPlans } from '../../../src/engine/model-plans';
import { profileRows } from '../../../src/engine/profile-rows';
import { createTestEngine } from '../create-test-engine';
import { PseudoImages } from '../pseudo-images';
import { repositoryUrl } from '../torch-fixtures';

const optimizer = { kind: 'sgd', learningRate: 0.01, momentum: 0, nesterov: false, weightDecay: 0 } as const;
const batch = 32;

test.each([1, 2])('a profile with %i threads has every step once, and their times add up', async (threads) => {
  const plans = threeBlock();
  const engine = await createTestEngine(threads);
  try {
    const session = await engine.createSession(plans.layout);
    const program = await session.compile(plans.training(batch));
    const { plan } = program;
    const shares: number[] = [];
    for (let step = 1; step <= 5; step++) {
      fill(program, step);
      const startedAtMs = performance.now();
      const milliseconds = await program.profile();
      const wholeMs = performance.now() - startedAtMs;
      expect(milliseconds).toHaveLength(plan.steps.length);
      const rows = profileRows(plan, milliseconds);
      const ops = plan.steps.flatMap((each) => (each.kind === 'kernel' ? [each.op] : each.steps.map(({ op }) => op)));
      expect(rows.flatMap((row) => row.ops)).toEqual(ops);
      expect(rows.every((row) => row.milliseconds >= 0)).toBe(true);
      shares.push(rows.reduce((sum, row) => sum + row.milliseconds, 0) / wholeMs);
    }
    // Never more than the whole; and all of it but what the start of a run takes, where nothing came in between.
    expect(Math.max(...shares)).toBeLessThanOrEqual(1);
    expect(Math.max(...shares)).toBeGreaterThan(0.8);
  } finally {
    await engine.dispose();
  }
});

test('a profiled step computes what any other does', async () => {
  const plans = threeBlock();
  const engine = await createTestEngine(2);
  try {
    const [plain, profiled] = [await engine.createSession(plans.layout), await engine.createSession(plans.layout)];
    for (const session of [plain, profiled]) {
      const program = await session.compile(plans.training(batch));
      for (let step = 1; step <= 3; step++) {
        fill(program, step);
        await (session === profiled ? program.profile() : program.run());
      }
    }
    expect(await stateOf(profiled, plans)).toEqual(await stateOf(plain, plans));
  } finally {
    await engine.dispose();
  }
});

function threeBlock(): ModelPlans {
  const file = 'samples/models/three_block.py';
  const text = readFileSync(repositoryUrl(file), 'utf8');
  return modelPlans(traceModel({ file, text, target: 'ThreeBlock', inputShape: ['N', 3, 32, 32] }).graph, optimizer);
}

function fill(program: { input(name: string): HostArray }, step: number): void {
  const { images, labels } = new PseudoImages(step, 10, [3, 32, 32]).batch(batch);
  program.input('images').set(images);
  program.input('targets').set(labels);
  program.input('hyper').set(hyperparameters(optimizer, optimizer.learningRate, step));
}

async function stateOf(session: Session, { layout }: ModelPlans): Promise<HostArray[]> {
  return Promise.all(layout.slots.map(({ name }) => session.readState(name)));
}
