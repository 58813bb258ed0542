import { multiplyDims, productOfDims } from '../../graph/dim';
import type { Arguments } from '../arguments';
import { OpError, type OpDefinition } from '../op';
import { unaryActivation } from './unary-activation';

export type GeluAttributes = {
  /** 'none': with erf; 'tanh': an approximation. */
  readonly approximate: 'none' | 'tanh';
};

/**
 * x · Φ(x): ½·x·(1 + erf(x / √2)), or ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))).
 * Source: Hendrycks and Gimpel, 2016; PyTorch, GELU.
 */
export const gelu: OpDefinition<GeluAttributes> = {
  ...unaryActivation({
    name: 'gelu',
    title: 'GELU',
    flopsPerElement: 5,
    gradient: 'input',
    attributes: readGelu,
    layer: "approximate='none'",
    functions: [{ names: ['torch.nn.functional.gelu'], signature: "input, *, approximate='none'" }],
    onnx: 'Gelu',
  }),
  flops: (_inputs, output, { approximate }) =>
    multiplyDims(approximate === 'tanh' ? 9 : 5, productOfDims(output.shape)),
};

function readGelu(args: Arguments): GeluAttributes {
  const approximate = args.string('approximate');
  if (approximate !== 'none' && approximate !== 'tanh') {
    throw new OpError(`GELU: approximate must be 'none' or 'tanh', got '${approximate}'.`);
  }
  return { approximate };
}
