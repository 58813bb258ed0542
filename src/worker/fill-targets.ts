import { fillLabels } from '../core/data/batches';
import type { ImageSplit } from '../core/data/dataset';
import { fillLabelRows, fillSoftTargets } from '../core/train/batch-targets';
import type { BatchMix } from '../core/train/draw-mixing';
import type { Head } from '../core/train/head';
import type { Program } from '../engine/engine';
import { floatInput, integerInput } from './model-session';

/** What targets are made of beyond the images' own classes. */
export interface SoftTargets {
  /** The images that are mixed into those of the batch. */
  readonly partners: Int32Array;
  readonly mix: BatchMix;
  readonly labelSmoothing: number;
}

/** Fills those inputs of a program that say what its images are: see core/train/loss-head.ts. */
export function fillTargets(
  program: Program,
  head: Head,
  split: ImageSplit,
  images: Int32Array,
  soft?: SoftTargets,
): void {
  const { targets, labels, softTargets } = program.plan.inputs;
  if (targets) fillLabels(split, images, integerInput(program, 'targets'));
  if (labels) fillLabelRows(rowsOf('labels', labels.shape), images);
  if (!softTargets) return;
  if (!soft) throw new Error(`${program.plan.name} takes targets that were not worked out`);
  // The op of a softmax smooths by itself.
  const smoothing = head === 'multi-class' ? 0 : soft.labelSmoothing;
  fillSoftTargets(rowsOf('softTargets', softTargets.shape), images, soft.partners, smoothing, soft.mix);

  function rowsOf(name: string, [, outputs = 1]: readonly number[]) {
    return { split, head, outputs, out: floatInput(program, name) };
  }
}

/** Fills what `mix_images` reads, all images of the batch alike. */
export function fillMix(program: Program, { share, box }: BatchMix): void {
  const rows = floatInput(program, 'mix');
  const row = [share, box.top, box.bottom, box.left, box.right];
  for (let start = 0; start < rows.length; start += row.length) rows.set(row, start);
}
