import { formatShape, productOfDims, type Dim } from '../../graph/dim';
import type { TensorType } from '../../graph/graph';
import { OpError } from '../op';
import { dimAt, requireEqual } from '../shapes';

/** The channels of `[N, C, …]`; throws an OpError where there is no such dimension. */
export function channelsOf(title: string, x: TensorType): Dim {
  if (x.shape.length < 2) {
    throw new OpError(`${title} expects an input (N, C, …), got shape ${formatShape(x.shape)}.`);
  }
  return dimAt(x.shape, 1);
}

/** Throws an OpError where weight, bias or a statistic has not one value for each channel; `argument` is the layer's that would mend it. */
export function requireChannels(
  title: string,
  x: TensorType,
  channels: Dim,
  tensor: TensorType,
  argument: string,
): void {
  const expected = tensor.shape.length === 1 ? dimAt(tensor.shape, 0) : formatShape(tensor.shape);
  const message = `${title} expects ${expected} channels, its input of shape ${formatShape(x.shape)} has ${channels}.`;
  const fix = typeof channels === 'number' ? { argument, value: channels } : undefined;
  if (tensor.shape.length !== 1) throw new OpError(message);
  requireEqual(channels, expected, message, fix);
}

/** How many values `[N, C, …]` has for each channel. */
export function valuesPerChannel(x: TensorType): Dim {
  return productOfDims(x.shape.filter((_, index) => index !== 1));
}

/** A mean and a variance need more than one value; throws an OpError. */
export function requireSeveralValues(title: string, x: TensorType): void {
  if (valuesPerChannel(x) !== 1) return;
  throw new OpError(`${title} needs more than one value per channel when training, got ${formatShape(x.shape)}.`);
}
