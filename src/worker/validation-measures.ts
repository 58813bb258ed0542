import type { ImageSplit } from '../core/data/dataset';
import { topShare } from '../core/inspect/score-metrics';
import { outputCount } from '../core/train/training-graph';
import type { EvaluationMetrics } from '../protocol/run-folder';
import type { EvaluationOptions } from './evaluate-split';
import type { ModelSession } from './model-session';

export type ValidationMetrics = Pick<EvaluationMetrics, 'loss' | 'accuracy' | 'top5' | 'f1'>;

/**
 * What is told of every epoch's validation beyond loss and accuracy, as it costs no more than reading the scores: top-5 accuracy of
 * more than five classes, and the macro F1 of images of several classes, whose accuracy says little.
 */
export class ValidationMeasures {
  /** For `evaluateSplit`; undefined where nothing is measured. */
  readonly onLogits: EvaluationOptions['onLogits'] | undefined;
  private inTopFive = 0;
  /** [classes, 3]: true positives, false positives, false negatives. */
  private readonly counts: Int32Array;

  constructor(
    { head, graph }: ModelSession,
    private readonly split: ImageSplit,
    classCount = outputCount(graph) ?? 0,
  ) {
    const { labelSets, count } = split;
    const classes = labelSets && count > 0 ? labelSets.length / count : 0;
    this.counts = new Int32Array(3 * classes);
    if (head === 'multi-class' && classCount > 5) {
      this.onLogits = (logits, indices) => this.countTop(logits, indices);
    } else if (head === 'multi-label') {
      this.onLogits = (logits, indices) => this.countYes(logits, indices, classes);
    }
  }

  results(): Pick<ValidationMetrics, 'top5' | 'f1'> {
    if (!this.onLogits) return {};
    if (this.counts.length === 0) return { top5: this.inTopFive / this.split.count };
    let sum = 0;
    for (let start = 0; start < this.counts.length; start += 3) {
      const [right = 0, wrong = 0, missed = 0] = this.counts.subarray(start, start + 3);
      const all = 2 * right + wrong + missed;
      sum += all === 0 ? 0 : (2 * right) / all;
    }
    return { f1: sum / (this.counts.length / 3) };
  }

  private countTop(logits: Float32Array, indices: Int32Array): void {
    const labels = indices.map((index) => this.split.labels[index] ?? 0);
    this.inTopFive += Math.round(indices.length * topShare(labels, logits, logits.length / indices.length, 5));
  }

  private countYes(logits: Float32Array, indices: Int32Array, classes: number): void {
    const { labelSets } = this.split;
    const outputs = logits.length / indices.length;
    indices.forEach((image, row) => {
      for (let own = 0; own < classes; own++) {
        const said = (logits[row * outputs + own] ?? 0) > 0;
        const isSo = labelSets?.[image * classes + own] === 1;
        const place = 3 * own + (said && isSo ? 0 : said ? 1 : 2);
        if (said || isSo) this.counts[place] = (this.counts[place] ?? 0) + 1;
      }
    });
  }
}
