import type { ImageSplit } from '../data/dataset';
import type { BatchMix } from './draw-mixing';
import { unmixed } from './draw-mixing';
import type { Head } from './head';

/* What images of a batch are, as rows of a number for each output of a model. */

/** Where the targets of images are written, and of which. */
export interface TargetRows {
  readonly split: ImageSplit;
  readonly head: Head;
  /** Outputs of the model: columns of `out`. */
  readonly outputs: number;
  /** [images.length, outputs] at least; what is beyond is left alone. */
  readonly out: Float32Array;
}

/** 1 for what an image is, 0 for what it is not. */
export function fillLabelRows(rows: TargetRows, images: Int32Array): void {
  rows.out.fill(0, 0, images.length * rows.outputs);
  images.forEach((image, row) => addLabels(rows, image, row, 1));
}

/**
 * Each image's labels and its partner's, by their shares: λ·own + (1 − λ)·other. `smoothing` ε makes (1 − ε)·t + ε / 2 of
 * each: for logits that say yes or no, whose other half is no.
 */
export function fillSoftTargets(
  rows: TargetRows,
  images: Int32Array,
  partners: Int32Array,
  smoothing: number,
  { targetShare }: BatchMix = unmixed,
): void {
  const { out, outputs } = rows;
  const values = images.length * outputs;
  out.fill(0, 0, values);
  images.forEach((image, row) => {
    addLabels(rows, image, row, targetShare);
    if (targetShare !== 1) addLabels(rows, partners[row] ?? image, row, 1 - targetShare);
  });
  if (smoothing === 0) return;
  for (let i = 0; i < values; i++) out[i] = (1 - smoothing) * (out[i] ?? 0) + smoothing / 2;
}

function addLabels({ split, head, outputs, out }: TargetRows, image: number, row: number, share: number): void {
  const { labels, labelSets } = split;
  const start = row * outputs;
  const add = (output: number) => (out[start + output] = (out[start + output] ?? 0) + share);
  const label = labels[image] ?? -1;
  switch (head) {
    case 'multi-class':
      add(label);
      return;
    case 'binary':
      if (label === 1) add(0);
      return;
    case 'multi-label': {
      if (!labelSets) throw new Error('Images of several classes have no sets of labels');
      const classes = labelSets.length / split.count;
      for (let own = 0; own < classes; own++) if (labelSets[image * classes + own] === 1) add(own);
      return;
    }
  }
}
