import { adaptiveAvgPool2d, adaptiveAvgPool2dGrad } from './adaptive-avg-pool2d';
import { add } from './add';
import { avgPool2d, avgPool2dGrad } from './avg-pool2d';
import {
  batchNorm,
  batchNormGradInput,
  batchNormGradStats,
  batchNormInference,
  batchNormInferenceGradInput,
  batchNormNormalize,
  batchNormRunning,
  batchNormStats,
} from './batch-norm';
import { channelSum } from './channel-sum';
import { concat } from './concat';
import { constant } from './constant';
import { conv2d, conv2dGradInput, conv2dGradWeight } from './conv2d';
import { copy } from './copy';
import { countCorrect } from './count-correct';
import { crossEntropy, crossEntropyGrad } from './cross-entropy';
import { dropout, dropout2d, dropoutApply } from './dropout';
import { flatten } from './flatten';
import { linear, linearGradInput, linearGradWeight } from './linear';
import { logSoftmax, logSoftmaxGrad } from './log-softmax';
import { maxPool2d, maxPool2dGrad } from './max-pool2d';
import { multiply } from './multiply';
import type { FunctionBinding, ModuleBinding, OpDefinition } from './op';
import { relu, reluGrad } from './relu';
import { reshape } from './reshape';
import { row } from './row';
import { scale } from './scale';
import { slice } from './slice';
import { softmax, softmaxGrad } from './softmax';

/**
 * The only list of ops. It forgets the attributes' types: a node's attributes were made by its op's own binding or
 * gradient rule, so an op is never called with another's.
 */
export const ops: readonly OpDefinition[] = [
  adaptiveAvgPool2d,
  adaptiveAvgPool2dGrad,
  add,
  avgPool2d,
  avgPool2dGrad,
  batchNorm,
  batchNormGradInput,
  batchNormGradStats,
  batchNormInference,
  batchNormInferenceGradInput,
  batchNormNormalize,
  batchNormRunning,
  batchNormStats,
  channelSum,
  concat,
  constant,
  conv2d,
  conv2dGradInput,
  conv2dGradWeight,
  copy,
  countCorrect,
  crossEntropy,
  crossEntropyGrad,
  dropout,
  dropout2d,
  dropoutApply,
  flatten,
  linear,
  linearGradInput,
  linearGradWeight,
  logSoftmax,
  logSoftmaxGrad,
  maxPool2d,
  maxPool2dGrad,
  multiply,
  relu,
  reluGrad,
  reshape,
  row,
  scale,
  slice,
  softmax,
  softmaxGrad,
];

const byName = new Map(ops.map((op) => [op.name, op]));
const modules = new Map(ops.flatMap((op) => op.pytorch?.modules ?? []).map((binding) => [binding.name, binding]));
const functions = new Map(
  ops
    .flatMap((op) => op.pytorch?.functions ?? [])
    .flatMap((binding) => binding.names.map((name) => [name, binding] as const)),
);

/** The op of that name; a Graph never names another. */
export function opNamed(name: string): OpDefinition {
  const op = byName.get(name);
  if (!op) throw new Error(`No op is named ${name}`);
  return op;
}

/** The layer of that name in `torch.nn`. */
export function pytorchModule(name: string): ModuleBinding | undefined {
  return modules.get(name);
}

/** The function of that full name: `torch.nn.functional.relu`, `torch.Tensor.view`. */
export function pytorchFunction(fullName: string): FunctionBinding | undefined {
  return functions.get(fullName);
}
