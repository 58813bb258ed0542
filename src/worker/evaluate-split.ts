import { fillBatch, fillLabels } from '../core/data/batches';
import type { ImageSplit } from '../core/data/dataset';
import type { Normalization } from '../core/data/normalization';
import type { EvaluationMetrics } from '../protocol/run-folder';
import { createYield } from './job';
import type { ModelSession } from './model-session';
import { floatInput, integerInput, readScalar } from './model-session';

export interface EvaluationOptions {
  readonly batchSize: number;
  readonly signal: AbortSignal;
  /** Called with each batch's scores: [indices.length, classes], row-major. */
  readonly onLogits?: (logits: Float32Array, indices: Int32Array) => void;
}

/** Loss and accuracy over a whole split, in its order; undefined where it was aborted. */
export async function evaluateSplit(
  model: ModelSession,
  split: ImageSplit,
  normalization: Normalization,
  options: EvaluationOptions,
): Promise<EvaluationMetrics | undefined> {
  const turn = createYield();
  let lossSum = 0;
  let correct = 0;
  const batchSize = await model.evaluationSize(Math.min(options.batchSize, split.count));
  for (let start = 0; start < split.count; start += batchSize) {
    await turn();
    if (options.signal.aborted) return undefined;
    const size = Math.min(batchSize, split.count - start);
    const indices = Int32Array.from({ length: size }, (_, index) => start + index);
    const program = await model.evaluation(size);
    fillBatch(split, indices, normalization.mean, normalization.std, floatInput(program, 'images'));
    fillLabels(split, indices, integerInput(program, 'targets'));
    // What is random in evaluation too is the same each time, however many images are evaluated at once.
    if (program.plan.inputs['random']) integerInput(program, 'random').set([0, 0, 0, 0, start, split.count]);
    await program.run();
    lossSum += (await readScalar(program, 'loss')) * size;
    correct += await readScalar(program, 'correct');
    if (options.onLogits) options.onLogits(await readLogits(program), indices);
  }
  return { loss: lossSum / split.count, accuracy: correct / split.count, count: split.count };
}

async function readLogits(program: Awaited<ReturnType<ModelSession['evaluation']>>): Promise<Float32Array> {
  const logits = await program.read('logits');
  if (!(logits instanceof Float32Array)) throw new Error('The logits are not f32');
  return logits;
}
