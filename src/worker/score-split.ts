import { unchanged, type ImageChange } from '../core/data/augmentation';
import type { ImageSplit } from '../core/data/dataset';
import { lossOfProbabilities, probabilityRows } from '../core/inspect/head-scores';
import { multiClassMetrics, multiLabelMetrics, topShare, type ScoreMetrics } from '../core/inspect/score-metrics';
import type { EvaluationMetrics } from '../protocol/run-folder';
import { evaluateSplit } from './evaluate-split';
import type { ModelSession } from './model-session';

export interface ScoringOptions {
  readonly classes: number;
  readonly batchSize: number;
  readonly signal: AbortSignal;
  /** Looks at the images, whose probabilities are averaged: the same images in the same order. Absent: the split as it is. */
  readonly views?: readonly SplitView[];
  /** The probabilities are wanted, however many there are. */
  readonly keep?: boolean;
}

export interface SplitView {
  readonly split: () => ImageSplit;
  readonly change: ImageChange;
}

export interface ScoredSplit {
  readonly metrics: EvaluationMetrics;
  /** [count, classes]; undefined where they would be too many. */
  readonly probabilities: Float32Array | undefined;
  readonly scores: ScoreMetrics | undefined;
}

/** 200 MB: more scores than that are kept only where they are wanted. */
const mostScores = 5e7;

/** Evaluates a split with all measures that its scores give; undefined where it was aborted. */
export async function scoreSplit(
  model: ModelSession,
  split: ImageSplit,
  { classes, batchSize, signal, views, keep = false }: ScoringOptions,
): Promise<ScoredSplit | undefined> {
  const looks = views ?? [{ split: () => split, change: unchanged }];
  const kept = keep || looks.length > 1 || split.count * classes <= mostScores;
  const probabilities = kept ? new Float32Array(split.count * classes) : undefined;
  let plain: EvaluationMetrics | undefined;
  let inTopFive = 0;
  for (const { split: seen, change } of looks) {
    plain = await evaluateSplit(model, seen(), {
      batchSize,
      signal,
      change,
      onLogits(logits, indices) {
        const outputs = logits.length / indices.length;
        if (!probabilities) {
          const labels = indices.map((index) => split.labels[index] ?? 0);
          inTopFive += indices.length * topShare(labels, logits, outputs, 5);
          return;
        }
        const rows = probabilityRows(logits, outputs, model.head, classes);
        indices.forEach((index, row) => {
          for (let own = 0; own < classes; own++) {
            const cell = index * classes + own;
            probabilities[cell] = (probabilities[cell] ?? 0) + (rows[row * classes + own] ?? 0) / looks.length;
          }
        });
      },
    });
    if (!plain) return undefined;
  }
  if (!plain) throw new Error('A split was looked at in no way');
  if (!probabilities) {
    const top5 = model.head === 'multi-class' && classes > 5 ? { top5: inTopFive / split.count } : {};
    return { metrics: { ...plain, ...top5 }, probabilities, scores: undefined };
  }
  const scores = scoreMetrics(split, probabilities, classes);
  const { top5, labelAccuracy, f1, rocAuc, averagePrecision } = scores;
  const averaged =
    looks.length === 1
      ? plain
      : { ...plain, accuracy: scores.accuracy, loss: lossOfProbabilities(probabilities, classes, split) };
  const metrics: EvaluationMetrics = {
    ...averaged,
    ...(top5 === null ? {} : { top5 }),
    ...(labelAccuracy === null ? {} : { labelAccuracy }),
    ...{ f1, rocAuc, averagePrecision },
  };
  return { metrics, probabilities, scores };
}

function scoreMetrics({ labels, labelSets }: ImageSplit, probabilities: Float32Array, classes: number): ScoreMetrics {
  return labelSets
    ? multiLabelMetrics(labelSets, probabilities, classes)
    : multiClassMetrics(labels, probabilities, classes);
}
