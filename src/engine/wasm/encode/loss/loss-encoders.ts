import type { Encoder } from '../encoder';
import { encodeClassLoss, encodeClassLossGrad } from './class-loss';
import { encodeCtcLoss, encodeCtcLossGrad } from './ctc-loss';
import { encodeCrossEntropy, encodeCrossEntropyGrad, encodeCrossEntropyGradTarget } from './cross-entropy';
import { encodePointwiseLoss, encodePointwiseLossGrad } from './pointwise-loss';
import { pointwiseLossNames } from '../../../steps/pointwise-loss-names';

export const lossEncoders: Readonly<Record<string, Encoder>> = {
  ...Object.fromEntries(pointwiseLossNames.map((name) => [name, encodePointwiseLoss])),
  class_loss_grad: encodeClassLossGrad,
  cross_entropy: encodeCrossEntropy,
  cross_entropy_grad: encodeCrossEntropyGrad,
  cross_entropy_grad_target: encodeCrossEntropyGradTarget,
  ctc_loss: encodeCtcLoss,
  ctc_loss_grad: encodeCtcLossGrad,
  multi_margin_loss: encodeClassLoss,
  multilabel_margin_loss: encodeClassLoss,
  nll_loss: encodeClassLoss,
  pointwise_loss_grad: encodePointwiseLossGrad,
};
