import type { Dim } from '../../../graph/dim';
import type { Shape } from '../../../graph/graph';
import type { Interpreter } from '../../runtime/interpreter';
import {
  integer,
  none,
  tuple,
  type InstanceValue,
  type TensorValue,
  type TupleValue,
  type Value,
} from '../../runtime/values';
import { nativeClass, objectClass } from '../native-class';
import { rearrange } from './rearrange';
import type { KerasOperation } from './symbolic';

/**
 * A tensor as Keras code sees it. Its node in the Graph has PyTorch's layout (`[N, C, H, W]`), so that everything after
 * the front end is shared; `order` says which axis of the node each axis that Keras shows is.
 */
export interface KerasTensor extends InstanceValue {
  readonly keras: KerasTensorData;
}

/** keras.KerasTensor; its members are in keras-tensor-members.ts. */
export const kerasTensorClass = nativeClass('KerasTensor', [objectClass]);

export interface KerasTensorData {
  readonly tensor: TensorValue;
  /** Axis i of the shown shape is axis `order[i]` of the node: [0, 2, 3, 1] shows `[N, C, H, W]` as (N, H, W, C). */
  readonly order: readonly number[];
  /** Of a symbolic tensor: what made it. The functional API follows these from a model's outputs to its inputs. */
  readonly madeBy?: KerasOperation;
}

/** A tensor; without an order the node's axes are shown as they are. */
export function kerasTensor(
  interpreter: Interpreter,
  tensor: TensorValue,
  order: readonly number[] = identityOrder(tensor.type.shape.length),
  madeBy?: KerasOperation,
): KerasTensor {
  return {
    kind: 'instance',
    class: kerasTensorClass,
    attributes: new Map(),
    module: undefined,
    place: interpreter.place,
    keras: { tensor, order, ...(madeBy ? { madeBy } : {}) },
  };
}

export function isKerasTensor(value: Value | undefined): value is KerasTensor {
  return value?.kind === 'instance' && value.class === kerasTensorClass;
}

/** The shape as Keras writes it, the batch size being 'N': `['N', 112, 112, 64]`. */
export function shownShape(value: KerasTensor): Shape {
  const { tensor, order } = value.keras;
  return order.map((axis) => tensor.type.shape[axis] ?? 1);
}

/** `x.shape`: sizes that are not known are None. */
export function shapeTuple(shape: Shape): TupleValue {
  return tuple(shape.map((size) => (typeof size === 'number' ? integer(size) : none)));
}

/** `(None, 28, 28, 1)` */
export function formatKerasShape(shape: Shape): string {
  const sizes = shape.map((size) => (typeof size === 'number' ? String(size) : 'None'));
  return `(${sizes.join(', ')}${sizes.length === 1 ? ',' : ''})`;
}

/** The node's tensor with its axes as Keras shows them; a permutation where they are stored otherwise. */
export function asShown(interpreter: Interpreter, value: KerasTensor): TensorValue {
  const { tensor, order } = value.keras;
  return rearrange(interpreter, tensor, order);
}

/** The node's tensor such that `order` shows it: what a layer wants that works on another layout. */
export function arranged(interpreter: Interpreter, value: KerasTensor, order: readonly number[]): TensorValue {
  const current = value.keras.order;
  // Axis a of the wanted node is shown as axis order.indexOf(a), which is axis current[…] of the node that is there.
  return rearrange(
    interpreter,
    value.keras.tensor,
    order.map((_, axis) => current[order.indexOf(axis)] ?? axis),
  );
}

export function identityOrder(rank: number): readonly number[] {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** How `[N, C, …]` is shown: (N, …, C), or as it is with channels_first. */
export function imageOrder(rank: number, dataFormat: DataFormat): readonly number[] {
  if (dataFormat === 'channels_first') return identityOrder(rank);
  return [0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1];
}

export type DataFormat = 'channels_last' | 'channels_first';

/** Axis of the node that is shown as axis `axis`, which may be negative. */
export function nodeAxis(value: KerasTensor, axis: number): number {
  const { order } = value.keras;
  return order[axis < 0 ? axis + order.length : axis] ?? axis;
}

export function shownSize(value: KerasTensor, axis: number): Dim {
  return shownShape(value).at(axis) ?? 1;
}
