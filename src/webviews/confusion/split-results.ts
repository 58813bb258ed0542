import { averageMetrics, type AverageMetrics } from '../../core/inspect/average-metrics';
import {
  classMetrics,
  confusionMatrix,
  isTakenFor,
  labelSetConfusion,
  predictedClasses,
  rocCurve,
  type ClassMetrics,
  type RocCurve,
} from '../../core/inspect/class-metrics';
import { multiLabelMetrics } from '../../core/inspect/score-metrics';
import type { SplitScores } from '../../protocol/inspection';

export interface ClassResult extends ClassMetrics {
  readonly index: number;
  readonly name: string;
}

/** All that is told of how a network does on a split. */
export interface SplitResults {
  readonly scores: SplitScores;
  readonly names: readonly string[];
  /** Of each image: the most probable class. */
  readonly predicted: Int32Array;
  /** [true × predicted]; of images with several classes as `labelSetConfusion` counts them. */
  readonly confusion: Int32Array;
  readonly classes: readonly ClassResult[];
  readonly areas: AreasUnderCurves;
  readonly accuracy: number;
  readonly meanLoss: number;
  /** Each class counts alike. */
  readonly macro: AverageMetrics;
}

export function splitResults(scores: SplitScores): SplitResults {
  const { classes: names, labels, labelSets, probabilities, losses } = scores;
  const count = names.length;
  const predicted = predictedClasses(probabilities, count);
  const several = labelSets && multiLabelMetrics(labelSets, probabilities, count);
  const confusion = labelSets
    ? labelSetConfusion(labelSets, probabilities, count)
    : confusionMatrix(labels, probabilities, count);
  const classes = (several?.classes ?? classMetrics(confusion, count)).map((metrics, index) => ({
    ...metrics,
    index,
    name: names[index] ?? String(index),
  }));
  const right = predicted.reduce((sum, each, row) => sum + (each === labels[row] ? 1 : 0), 0);
  return {
    scores,
    names,
    predicted,
    confusion,
    classes,
    areas: new AreasUnderCurves(scores),
    accuracy: several?.accuracy ?? right / labels.length,
    meanLoss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
    macro: averageMetrics(classes).macro,
  };
}

/** Names of the classes that an image has, and of those that were seen in it. */
export function namesOfImage(
  { scores, names, predicted }: SplitResults,
  image: number,
): { readonly truth: string; readonly seen: string } {
  const { labels, labelSets, probabilities } = scores;
  const name = (index: number | undefined) => names[index ?? -1] ?? String(index);
  if (!labelSets) return { truth: name(labels[image]), seen: name(predicted[image]) };
  const listed = (isIn: (cell: number) => boolean) =>
    names.filter((_, own) => isIn(image * names.length + own)).join(', ') || 'no class';
  return {
    truth: listed((cell) => labelSets[cell] === 1),
    seen: listed((cell) => (probabilities[cell] ?? 0) > 0.5),
  };
}

/** The curve of a class against all others. Not kept: a thousand of them would fill the memory. */
export function curveOf({ classes, labels, labelSets, probabilities }: SplitScores, own: number): RocCurve {
  const column = Float32Array.from(labels, (_, row) => probabilities[row * classes.length + own] ?? 0);
  const { length } = classes;
  return rocCurve(column, (row) => (labelSets ? labelSets[row * length + own] === 1 : labels[row] === own));
}

/** AUC of each class: many classes take a while, so that it is made in pieces. */
export class AreasUnderCurves {
  readonly values: Float64Array;
  private next = 0;

  constructor(private readonly scores: SplitScores) {
    this.values = new Float64Array(scores.classes.length).fill(NaN);
  }

  get complete(): boolean {
    return this.next === this.values.length;
  }

  /** Goes on for about so long, with one class at least. */
  work(milliseconds: number): void {
    const end = performance.now() + milliseconds;
    while (!this.complete) {
      this.values[this.next] = curveOf(this.scores, this.next).auc;
      this.next++;
      if (performance.now() >= end) return;
    }
  }
}

/** Numbers of the images of a cell, or of all; those with the largest losses first. */
export function imagesByLoss(
  { scores: { labels, labelSets, losses, probabilities, classes }, predicted }: SplitResults,
  cell: { readonly truth: number; readonly predicted: number } | null,
): readonly number[] {
  const images = Array.from({ length: labels.length }, (_, index) => index);
  const isIn = (at: number, { truth, predicted: seen }: NonNullable<typeof cell>) =>
    labelSets
      ? isTakenFor(labelSets, probabilities, classes.length, at, { truth, predicted: seen })
      : labels[at] === truth && predicted[at] === seen;
  const chosen = cell ? images.filter((at) => isIn(at, cell)) : images;
  return chosen.sort((a, b) => (losses[b] ?? 0) - (losses[a] ?? 0));
}
