import { elementCount } from '../../core/graph/dim';
import type { PlanTensor } from '../plan';

/** A tensor `[…, …size]` as planes of depth × height × width; sizes that it has not are 1. */
export interface Volumes {
  readonly planes: number;
  readonly size: readonly [number, number, number];
}

export function volumesOf({ shape }: Pick<PlanTensor, 'shape'>, rank: number): Volumes {
  return { planes: elementCount(shape.slice(0, -rank)), size: inVolume(shape.slice(-rank), 1) };
}

/** One number for each of the last `rank` dimensions as three, `other` for those that there are not. */
export function inVolume(values: readonly number[], other: number): readonly [number, number, number] {
  const [depth = other, height = other, width = other] = [...Array<number>(3 - values.length).fill(other), ...values];
  return [depth, height, width];
}
