import { formatShape, type Dim } from '../../graph/dim';
import type { Shape, TensorType } from '../../graph/graph';
import { requireFloat, requireShape } from '../fits';
import { OpError } from '../op';
import { dimAt, inputAt, requireEqual } from '../shapes';
import type { RecurrentAttributes } from './recurrent';

export interface RecurrentSizes {
  /** `[N]`, or empty where there is no batch. */
  readonly batch: Shape;
  readonly steps: Dim;
  /** Features of one direction's output: hidden_size, or proj_size. */
  readonly outputSize: number;
  readonly directions: number;
}

/** Checks a sequence and the first states as PyTorch does, and says their sizes. Throws an OpError. */
export function recurrentSizes(inputs: readonly TensorType[], attrs: RecurrentAttributes): RecurrentSizes {
  const { layer, inputSize, hiddenSize, projSize, numLayers, bidirectional, batchFirst, states } = attrs;
  const x = inputAt(inputs, 0);
  const shown = formatShape(x.shape);
  requireFloat(layer, x);
  if (x.shape.length !== 2 && x.shape.length !== 3) {
    const order = batchFirst ? '(N, L, features)' : '(L, N, features)';
    throw new OpError(`${layer} expects a sequence ${order}, or (L, features) without a batch, got shape ${shown}.`);
  }
  const features = dimAt(x.shape, -1);
  const fix = typeof features === 'number' ? { argument: 'input_size', value: features } : undefined;
  requireEqual(features, inputSize, `${layer} expects ${inputSize} features, its input has shape ${shown}.`, fix);
  const batched = x.shape.length === 3;
  const batch = batched ? [dimAt(x.shape, batchFirst ? 0 : 1)] : [];
  const directions = bidirectional ? 2 : 1;
  const sizes = {
    batch,
    steps: dimAt(x.shape, batched && batchFirst ? 1 : 0),
    outputSize: projSize > 0 ? projSize : hiddenSize,
    directions,
  };
  const given = states === 0 ? [] : inputs.slice(-states);
  for (const [index, state] of given.entries()) {
    const expected = stateShape(sizes, numLayers, index === 0 ? sizes.outputSize : hiddenSize);
    const name = index === 0 ? 'hidden state' : 'cell state';
    requireShape(
      state.shape,
      expected,
      `${layer} expects a ${name} of shape ${formatShape(expected)}, got ${formatShape(state.shape)}.`,
    );
  }
  return sizes;
}

/** `[directions · layers, N, features]` */
export function stateShape(sizes: RecurrentSizes, numLayers: number, features: number): Shape {
  return [sizes.directions * numLayers, ...sizes.batch, features];
}
