import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../../src/core/graph/graph-builder';
import type { Graph, Initializer, NodeId } from '../../../src/core/graph/graph';
import { opNamed } from '../../../src/core/ops/table';
import type { OptimizerConfig } from '../../../src/core/train/config';
import { modelPlans } from '../../../src/engine/model-plans';
import type { KernelStep, Plan, PlanTensor } from '../../../src/engine/plan';

const zero: Initializer = { kind: 'constant', value: 0 };
const sgd: OptimizerConfig = { kind: 'sgd', learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 };
const conv = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 };

/** conv → batch norm → relu → dropout → + → pool → linear, with one parameter that is never used. */
function residualGraph(): Graph {
  const builder = new GraphBuilder('residual');
  const parameter = (path: string, shape: number[]): NodeId => builder.parameter(path, { shape, dtype: 'f32' }, zero);
  const buffer = (path: string): NodeId => builder.buffer(path, { shape: [4], dtype: 'f32' }, zero);
  const weight = parameter('conv.weight', [4, 4, 3, 3]);
  const scale = parameter('bn.weight', [4]);
  const shift = parameter('bn.bias', [4]);
  const mean = buffer('bn.running_mean');
  const variance = buffer('bn.running_var');
  parameter('unused.weight', [10, 10]);
  const head = parameter('fc.weight', [3, 64]);
  const bias = parameter('fc.bias', [3]);
  const images = builder.input('images', { shape: ['N', 4, 8, 8], dtype: 'f32' });
  const convolved = builder.add('conv2d', conv, [images, weight], { path: 'conv' });
  const norm = { eps: 1e-5, momentum: 0.1, affine: true, trackRunningStats: true };
  const normalized = builder.add('batch_norm', norm, [convolved, scale, shift, mean, variance], { path: 'bn' });
  const activated = builder.add('relu', {}, [normalized]);
  const dropped = builder.add('dropout', { p: 0.5, training: 'mode' }, [activated]);
  const sum = builder.add('add', {}, [dropped, images]);
  const window = { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1], ceilMode: false };
  const pooled = builder.add('max_pool2d', window, [sum]);
  const flat = builder.add('flatten', { startDim: 1, endDim: -1 }, [pooled]);
  return builder.finish([builder.add('linear', {}, [flat, head, bias], { path: 'fc' })]);
}

const kernels = (plan: Plan): KernelStep[] =>
  plan.steps.flatMap((step) => (step.kind === 'elementwise' ? step.steps : [step]));
const bytes = ({ shape }: PlanTensor): number => 4 * shape.reduce((product, size) => product * size, 1);

describe('a training plan', () => {
  const plans = modelPlans(residualGraph(), sgd);
  const plan = plans.training(5);

  test('takes the inputs that its nodes need and gives loss, correct and logits', () => {
    expect(Object.keys(plan.inputs).sort()).toEqual(['hyper', 'images', 'random', 'targets']);
    expect(plan.inputs['images']?.shape).toEqual([5, 4, 8, 8]);
    expect(Object.keys(plan.outputs).sort()).toEqual(['correct', 'logits', 'loss']);
    expect(plan.outputs['logits']?.shape).toEqual([5, 3]);
  });

  test('gathers its images from the data that the device keeps, where it is told to', () => {
    const images = { kind: 'resident', count: 30, mean: [0, 0, 0, 0], std: [1, 1, 1, 1] } as const;
    const resident = modelPlans(residualGraph(), sgd, { images });
    const { inputs, steps, arenaBytes } = resident.training(5);
    expect(Object.keys(inputs).sort()).toEqual(['hyper', 'picks', 'random', 'targets']);
    expect(inputs['picks']).toMatchObject({ region: 'arena', shape: [5, 4], dtype: 'i32' });
    expect(steps[0]).toMatchObject({
      op: 'gather_images',
      inputs: [{ region: 'data', offset: 0, shape: [30, 4, 8, 8], dtype: 'u8' }, inputs['picks']],
      output: { region: 'arena', shape: [5, 4, 8, 8], dtype: 'f32' },
    });
    expect(arenaBytes).toBeLessThanOrEqual(plan.arenaBytes + 256);
    // Dropout draws the same numbers.
    const withoutImages = (step: KernelStep) => [step.op, step.attrs];
    expect(kernels(resident.training(5)).slice(1).map(withoutImages)).toEqual(kernels(plan).map(withoutImages));
    expect(Object.keys(resident.evaluation(2).inputs).sort()).toEqual(['picks', 'targets']);
  });

  test('writes gradients and running statistics where the state keeps them', () => {
    const slots = new Map(plans.layout.slots.map((slot) => [slot.tensor.offset, slot.name]));
    const written = kernels(plan)
      .filter((step) => step.output.region === 'state' && step.op !== 'sgd')
      .map((step) => slots.get(step.output.offset));
    expect(written.sort()).toEqual([
      'bn.running_mean',
      'bn.running_var',
      'grad:bn.bias',
      'grad:bn.weight',
      'grad:conv.weight',
      'grad:fc.bias',
      'grad:fc.weight',
    ]);
  });

  test('updates every parameter that has a gradient, once, and no other', () => {
    const { parameters } = plans.layout;
    const updated = kernels(plan).filter((step) => step.op === 'sgd');
    const covered = plans.layout.slots
      .filter((slot) => slot.role === 'parameter')
      .filter(({ tensor }) =>
        updated.some(({ output }) => output.offset <= tensor.offset && tensor.offset < output.offset + bytes(output)),
      )
      .map((slot) => slot.name);
    expect(covered).toEqual(['conv.weight', 'bn.weight', 'bn.bias', 'fc.weight', 'fc.bias']);
    for (const step of updated) {
      const [values, gradients] = step.inputs;
      expect((values?.offset ?? 0) - parameters.offset).toBe((gradients?.offset ?? 0) - plans.layout.gradients.offset);
    }
  });

  test('never computes the gradient of the images', () => {
    expect(kernels(plan).some((step) => step.op === 'conv2d_grad_input')).toBe(false);
  });

  test('puts neighbouring element-wise steps into one pass', () => {
    const groups = plan.steps
      .filter((step) => step.kind === 'elementwise')
      .map((step) => step.steps.map(({ op }) => op));
    expect(groups).toContainEqual(['batch_norm_normalize', 'relu', 'dropout_apply', 'add']);
  });

  test('a kernel never writes over what it reads, but for an element-wise one at the same place', () => {
    for (const step of plan.steps) {
      if (step.kind === 'elementwise' || step.op === 'sgd') continue;
      const op = opNamed(step.op);
      const readByElement = op.elementwise?.(step.attrs, step.inputs)
        ? (op.elementwiseInputs ?? step.inputs.length)
        : 0;
      for (const [index, input] of step.inputs.entries()) {
        const samePlace = input.offset === step.output.offset && bytes(input) === bytes(step.output);
        const apart =
          (index < readByElement && samePlace) ||
          input.region !== step.output.region ||
          input.offset + bytes(input) <= step.output.offset ||
          step.output.offset + bytes(step.output) <= input.offset;
        expect(apart, `${step.op} ${step.path ?? ''}`).toBe(true);
      }
    }
  });

  test('reuses memory: the arena is smaller than the sum of the tensors', () => {
    const sum = kernels(plan)
      .filter((step) => step.output.region === 'arena')
      .reduce((total, step) => total + bytes(step.output), 0);
    expect(plan.arenaBytes).toBeLessThan(0.8 * sum);
  });
});

test('an evaluation plan draws no random numbers and changes no state', () => {
  const plan = modelPlans(residualGraph()).evaluation(2);
  expect(Object.keys(plan.inputs).sort()).toEqual(['images', 'targets']);
  expect(kernels(plan).map((step) => step.op)).toContain('batch_norm_inference');
  expect(kernels(plan).every((step) => step.output.region === 'arena')).toBe(true);
});

test('a plan is plain data', () => {
  const plan = modelPlans(residualGraph(), sgd).training(3);
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
});
