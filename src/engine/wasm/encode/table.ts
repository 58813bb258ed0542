import type { KernelStep } from '../../plan';
import type { ProgramBuilder } from '../program-builder';
import { encodeAdaptiveAvgPool2d, encodeAdaptiveAvgPool2dGrad } from './adaptive-avg-pool2d';
import { encodeAvgPool2d, encodeAvgPool2dGrad } from './avg-pool2d';
import {
  encodeBatchNormGradInput,
  encodeBatchNormGradStats,
  encodeBatchNormInference,
  encodeBatchNormInferenceGradInput,
  encodeBatchNormNormalize,
  encodeBatchNormRunning,
  encodeBatchNormStats,
} from './batch-norm';
import { encodeChannelSum } from './channel-sum';
import { encodeConcat, encodeSlice } from './concat';
import { encodeConv2d, encodeConv2dGradInput } from './conv2d';
import { encodeConv2dGradWeight } from './conv2d-grad-weight';
import { encodeCountCorrect, encodeCrossEntropy, encodeCrossEntropyGrad } from './cross-entropy';
import { encodeDropoutApply } from './dropout';
import { encodeConstant, encodeElementwise, encodeScale } from './elementwise';
import { encodeLinear, encodeLinearGradInput, encodeLinearGradWeight } from './linear';
import { encodeMaxPool2d, encodeMaxPool2dGrad } from './max-pool2d';
import { encodeAdam, encodeSgd } from './optimizers';
import { encodeSoftmax, encodeSoftmaxGrad } from './softmax';

/** Adds the commands of one step to a program. */
export type Encoder = (step: KernelStep, program: ProgramBuilder) => void;

/** How each op of a Plan is computed. */
export const encoders: ReadonlyMap<string, Encoder> = new Map<string, Encoder>([
  ['conv2d', encodeConv2d],
  ['conv2d_grad_input', encodeConv2dGradInput],
  ['conv2d_grad_weight', encodeConv2dGradWeight],
  ['channel_sum', encodeChannelSum],
  ['linear', encodeLinear],
  ['linear_grad_input', encodeLinearGradInput],
  ['linear_grad_weight', encodeLinearGradWeight],
  ['max_pool2d', encodeMaxPool2d],
  ['max_pool2d_grad', encodeMaxPool2dGrad],
  ['avg_pool2d', encodeAvgPool2d],
  ['avg_pool2d_grad', encodeAvgPool2dGrad],
  ['adaptive_avg_pool2d', encodeAdaptiveAvgPool2d],
  ['adaptive_avg_pool2d_grad', encodeAdaptiveAvgPool2dGrad],
  ['batch_norm_stats', encodeBatchNormStats],
  ['batch_norm_normalize', encodeBatchNormNormalize],
  ['batch_norm_grad_stats', encodeBatchNormGradStats],
  ['batch_norm_grad_input', encodeBatchNormGradInput],
  ['batch_norm_running', encodeBatchNormRunning],
  ['batch_norm_inference', encodeBatchNormInference],
  ['batch_norm_inference_grad_input', encodeBatchNormInferenceGradInput],
  ['relu', encodeElementwise],
  ['relu_grad', encodeElementwise],
  ['add', encodeElementwise],
  ['multiply', encodeElementwise],
  ['copy', encodeElementwise],
  ['scale', encodeScale],
  ['constant', encodeConstant],
  ['dropout_apply', encodeDropoutApply],
  ['concat', encodeConcat],
  ['slice', encodeSlice],
  ['softmax', encodeSoftmax],
  ['softmax_grad', encodeSoftmaxGrad],
  ['log_softmax', encodeSoftmax],
  ['log_softmax_grad', encodeSoftmaxGrad],
  ['cross_entropy', encodeCrossEntropy],
  ['cross_entropy_grad', encodeCrossEntropyGrad],
  ['count_correct', encodeCountCorrect],
  ['sgd', encodeSgd],
  ['adam', encodeAdam],
  ['adamw', encodeAdam],
]);
