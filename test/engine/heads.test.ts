import { afterAll, describe, expect, test } from 'vitest';
import { traceForTraining } from '../../src/core/python/trace-model';
import { fillLabelRows, fillSoftTargets } from '../../src/core/train/batch-targets';
import { partnerOf, unmixed } from '../../src/core/train/draw-mixing';
import type { Head } from '../../src/core/train/head';
import { groupHyperparameters } from '../../src/core/train/optimizer';
import { oneGroup } from '../../src/core/train/parameter-groups';
import type { Engine } from '../../src/engine/engine';
import { modelPlans } from '../../src/engine/model-plans';
import { createTestEngine } from './create-test-engine';
import { relativeError } from './relative-error';
import { readTorchJson } from './torch-fixtures';
import { createSoftwareGpuEngine, noGpuReason } from './webgpu/software-gpu';

interface RecordedCase {
  readonly head: Head;
  readonly outputs: number;
  readonly labelSmoothing: number;
  readonly weights: readonly number[] | null;
  /** λ, by which targets are mixed with those of the image before. */
  readonly share?: number;
  readonly initial: { readonly weight: readonly number[]; readonly bias: readonly number[] };
  readonly steps: readonly {
    readonly images: readonly number[];
    readonly labels: readonly number[];
    readonly loss: number;
    readonly correct: number;
  }[];
  readonly final: { readonly weight: readonly number[]; readonly bias: readonly number[] };
}

const { rate, batch, cases } = readTorchJson('heads') as {
  rate: number;
  batch: number;
  cases: readonly RecordedCase[];
};

const engines: Engine[] = [];
afterAll(async () => {
  for (const engine of engines) await engine.dispose();
});

const named = cases.map((recorded) => {
  const { head, labelSmoothing, weights, share } = recorded;
  const extras = [labelSmoothing > 0 ? 'smoothed' : '', weights ? 'weighted' : '', share === undefined ? '' : 'mixed'];
  return { title: [head, ...extras.filter(Boolean)].join(', '), recorded };
});

describe.each([
  { device: 'the CPU', reason: undefined, create: () => createTestEngine(2) },
  { device: 'the GPU', reason: noGpuReason, create: createSoftwareGpuEngine },
])('on $device', ({ reason, create }) => {
  let opened: Promise<Engine> | undefined;
  const engine = (): Promise<Engine> =>
    (opened ??= create().then((made) => {
      engines.push(made);
      return made;
    }));

  test.skipIf(reason !== undefined).each(named)(
    'steps have the losses and end at the weights of torch: $title',
    async ({ recorded }) => {
      const trained = await train(await engine(), recorded);
      expect(
        relativeError(
          trained.losses,
          recorded.steps.map(({ loss }) => loss),
        ),
      ).toBeLessThanOrEqual(1e-5);
      expect(trained.correct).toEqual(recorded.steps.map(({ correct }) => correct));
      for (const name of ['weight', 'bias'] as const) {
        expect(relativeError(trained[name], recorded.final[name]), name).toBeLessThanOrEqual(1e-5);
      }
    },
  );
});

const source = `
import torch.nn as nn


class HeadNet(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.fc = nn.Linear(36, num_classes)

    def forward(self, x):
        return self.fc(x.flatten(1))
`;

async function train(engine: Engine, recorded: RecordedCase) {
  const { head, outputs, labelSmoothing, weights, share, initial, steps } = recorded;
  const target = `HeadNet(${outputs})`;
  const { graph } = traceForTraining({ file: 'head_net.py', text: source, target, inputShape: ['N', 1, 6, 6] });
  const optimizer = { kind: 'sgd', learningRate: rate, momentum: 0, nesterov: false, weightDecay: 0 } as const;
  const loss = { labelSmoothing, classWeights: weights ? 'balanced' : 'none' } as const;
  const plans = modelPlans(graph, optimizer, { loss, head, mixed: share !== undefined });
  const session = await engine.createSession(plans.layout);
  try {
    await session.writeState('fc.weight', Float32Array.from(initial.weight));
    await session.writeState('fc.bias', Float32Array.from(initial.bias));
    const program = await session.compile(plans.training(batch));
    const losses: number[] = [];
    const correct: number[] = [];
    const indices = Int32Array.from({ length: batch }, (_, index) => index);
    const partners = indices.map((index) => partnerOf(index, batch));
    for (const [index, step] of steps.entries()) {
      const { inputs } = program.plan;
      const split = {
        ...{ count: batch, images: new Uint8Array() },
        labels: Int32Array.from(step.labels),
        ...(head === 'multi-label' ? { labelSets: Uint8Array.from(step.labels) } : {}),
      };
      const rowsOf = (name: string) => {
        const out = program.input(name);
        if (!(out instanceof Float32Array)) throw new Error(`${name} is not f32`);
        return { split, head, outputs, out };
      };
      program.input('images').set(step.images);
      if (inputs['targets']) program.input('targets').set(split.labels);
      if (inputs['labels']) fillLabelRows(rowsOf('labels'), indices);
      if (inputs['softTargets']) {
        const mix = share === undefined ? unmixed : { ...unmixed, share, targetShare: share };
        const smoothing = head === 'multi-class' ? 0 : labelSmoothing;
        fillSoftTargets(rowsOf('softTargets'), indices, partners, smoothing, mix);
      }
      if (weights) program.input('classWeights').set(weights);
      program.input('hyper').set(groupHyperparameters(optimizer, oneGroup.groups, () => rate, index + 1));
      await program.run();
      losses.push((await program.read('loss'))[0] ?? NaN);
      correct.push((await program.read('correct'))[0] ?? NaN);
    }
    const [weight, bias] = [await session.readState('fc.weight'), await session.readState('fc.bias')];
    return { losses, correct, weight, bias };
  } finally {
    await session.dispose();
  }
}
