import { unchanged, writePick, type ImageChange } from '../core/data/augmentation';
import type { ImageSplit } from '../core/data/dataset';
import type { Program } from '../engine/engine';
import type { EvaluationMetrics } from '../protocol/run-folder';
import { fillTargets } from './fill-targets';
import { InFlight, mostStepsInFlight } from './in-flight';
import { createYield } from './job';
import type { ModelSession } from './model-session';
import { integerInput, readScalar } from './model-session';

export interface EvaluationOptions {
  readonly batchSize: number;
  readonly signal: AbortSignal;
  /** How every image is moved and mirrored; absent: not at all. */
  readonly change?: ImageChange;
  /** Called with each batch's scores, batch by batch: [indices.length, classes], row-major. */
  readonly onLogits?: (logits: Float32Array, indices: Int32Array) => void;
}

interface BatchResult {
  readonly loss: number;
  readonly correct: number;
  readonly indices: Int32Array;
  readonly logits: Float32Array | undefined;
}

/** Loss and accuracy over a whole split, in its order; undefined where it was aborted. `model` was opened with images. */
export async function evaluateSplit(
  model: ModelSession,
  split: ImageSplit,
  options: EvaluationOptions,
): Promise<EvaluationMetrics | undefined> {
  const turn = createYield();
  let lossSum = 0;
  let correct = 0;
  const pass = model.images.pass(
    split,
    Int32Array.from({ length: split.count }, (_, index) => index),
  );
  const inFlight = new InFlight<BatchResult>((result) => {
    lossSum += result.loss * result.indices.length;
    correct += result.correct;
    if (result.logits) options.onLogits?.(result.logits, result.indices);
  });
  const batchSize = await model.evaluationSize(Math.min(options.batchSize, split.count));
  for (let start = 0; start < split.count; start += batchSize) {
    await turn();
    if (options.signal.aborted) {
      await inFlight.settle();
      return undefined;
    }
    const size = Math.min(batchSize, split.count - start);
    const indices = Int32Array.from({ length: size }, (_, index) => start + index);
    const program = await model.evaluation(size);
    await pass.ready(start, start + size);
    const picks = integerInput(program, 'picks');
    const words = picks.length / size;
    for (let i = 0; i < size; i++) writePick(picks, words, i, pass.slotOf(start + i), options.change ?? unchanged);
    fillTargets(program, model.head, split, indices);
    // What is random in evaluation too is the same each time, however many images are evaluated at once.
    if (program.plan.inputs['random']) integerInput(program, 'random').set([0, 0, 0, 0, start, split.count]);
    await program.run();
    inFlight.add(resultOf(program, indices, options.onLogits !== undefined));
    await pass.passed(start + size);
    await inFlight.settle(mostStepsInFlight);
  }
  await inFlight.settle();
  return { loss: lossSum / split.count, accuracy: correct / split.count, count: split.count };
}

/** Asks for everything before it waits for anything: a value is that of the latest run when it is asked for. */
async function resultOf(program: Program, indices: Int32Array, withLogits: boolean): Promise<BatchResult> {
  const [loss, correct, logits] = await Promise.all([
    readScalar(program, 'loss'),
    readScalar(program, 'correct'),
    withLogits ? readLogits(program) : undefined,
  ]);
  return { loss, correct, indices, logits };
}

async function readLogits(program: Program): Promise<Float32Array> {
  const logits = await program.read('logits');
  if (!(logits instanceof Float32Array)) throw new Error('The logits are not f32');
  return logits;
}
