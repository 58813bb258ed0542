import type { OpFamily } from '../encoder';
import { encodeClassLoss, encodeClassLossGrad } from './class-loss';
import { encodeCrossEntropy, encodeCrossEntropyGrad, encodeCrossEntropyGradTarget } from './cross-entropy';
import { encodeCtcLoss, encodeCtcLossGrad } from './ctc-loss';
import { pointwiseLossElements, pointwiseLossKernels } from './pointwise-loss';

export const lossEncoders: OpFamily = {
  elements: pointwiseLossElements,
  kernels: {
    ...pointwiseLossKernels,
    class_loss_grad: encodeClassLossGrad,
    cross_entropy: encodeCrossEntropy,
    cross_entropy_grad: encodeCrossEntropyGrad,
    cross_entropy_grad_target: encodeCrossEntropyGradTarget,
    ctc_loss: encodeCtcLoss,
    ctc_loss_grad: encodeCtcLossGrad,
    multi_margin_loss: encodeClassLoss,
    multilabel_margin_loss: encodeClassLoss,
    nll_loss: encodeClassLoss,
  },
};
