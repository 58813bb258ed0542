import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { traceModel } from '../../../src/core/python/trace-model';
import { modelPlans } from '../../../src/engine/model-plans';
import type { Plan, PlanTensor } from '../../../src/engine/plan';
import { repositoryUrl } from '../../engine/torch-fixtures';

const adam = { kind: 'adam', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const;

test.each([
  ['samples/models/lenet.py', 'LeNet', [1, 28, 28], 64],
  ['samples/models/three_block.py', 'ThreeBlock', [3, 32, 32], 64],
  ['samples/torchvision/models/vgg.py', 'vgg11', [3, 64, 64], 16],
  ['samples/torchvision/models/resnet.py', 'resnet18', [3, 64, 64], 32],
  ['samples/torchvision/models/resnet.py', 'resnet50', [3, 96, 96], 8],
  ['samples/torchvision/models/densenet.py', 'densenet121', [3, 64, 64], 8],
  ['samples/torchvision/models/squeezenet.py', 'squeezenet1_1', [3, 64, 64], 8],
])('the arena of %s:%s is at most 1.3 times what is alive at the worst moment', (file, target, size, batch) => {
  const text = readFileSync(repositoryUrl(file), 'utf8');
  const { graph } = traceModel({ file, text, target, inputShape: ['N', ...size], readModule });
  const plan = modelPlans(graph, adam).training(batch);
  expect(plan.arenaBytes).toBeLessThanOrEqual(1.3 * mostAlive(plan));
});

function readModule(name: string) {
  const file = `samples/torchvision/${name.replace(/^torchvision\./, '').replaceAll('.', '/')}.py`;
  try {
    return { file, text: readFileSync(repositoryUrl(file), 'utf8') };
  } catch {
    return undefined;
  }
}

/** Most bytes of the arena that hold, at one step, something that was written by then and is still read. */
function mostAlive(plan: Plan): number {
  const steps = plan.steps.map((step) => (step.kind === 'kernel' ? [step] : step.steps));
  const last = steps.length;
  const lives: { from: number; to: number; first: number; last: number }[] = [];
  /** The latest value written at each place. */
  const current = new Map<string, { from: number; to: number; first: number; last: number }>();
  const bytesOf = ({ offset, shape }: PlanTensor) => ({
    from: offset,
    to: offset + 4 * shape.reduce((product, dim) => product * dim, 1),
  });
  const write = (tensor: PlanTensor, at: number): void => {
    const life = { ...bytesOf(tensor), first: at, last: at };
    current.set(`${life.from}-${life.to}`, life);
    lives.push(life);
  };
  const read = (tensor: PlanTensor, at: number): void => {
    const { from, to } = bytesOf(tensor);
    // The latest writing that covers what is read: a view lies within it.
    const life = [...lives].reverse().find((each) => each.from <= from && to <= each.to);
    if (!life) throw new Error(`Step ${at} reads what nobody wrote`);
    life.last = at;
  };
  for (const tensor of Object.values(plan.inputs)) write(tensor, 0);
  steps.forEach((group, at) => {
    for (const { inputs, output } of group) {
      for (const input of inputs) if (input.region === 'arena') read(input, at);
      if (output.region === 'arena') write(output, at);
    }
  });
  for (const tensor of Object.values(plan.outputs)) if (tensor.region === 'arena') read(tensor, last);
  let most = 0;
  for (let at = 0; at <= last; at++) {
    const alive = lives.filter((life) => life.first <= at && at <= life.last).sort((a, b) => a.from - b.from);
    let bytes = 0;
    let end = 0;
    for (const { from, to } of alive) {
      bytes += Math.max(0, to - Math.max(from, end));
      end = Math.max(end, to);
    }
    most = Math.max(most, bytes);
  }
  return most;
}
