import { fillBatch } from '../../core/data/batches';
import type { ImageSplit } from '../../core/data/dataset';
import type { NodeId } from '../../core/graph/graph';
import { floatInput } from '../model-session';
import { normalizationOf } from './network-image';
import { readValue, type OpenedSubject } from './opened-subject';
import type { RunningTask } from './tasks';

/** Images that are computed at once. */
const batchSize = 32;

/** A node's values for the first `count` images of a split, some at a time: those of `size` images from `start` on, `[size, …]`. */
export async function* splitValues(
  opened: OpenedSubject,
  node: NodeId,
  split: ImageSplit,
  count: number,
  task: RunningTask,
): AsyncGenerator<{ readonly start: number; readonly size: number; readonly values: Float32Array }> {
  const { mean, std } = normalizationOf(opened);
  for (let start = 0; start < count; start += batchSize) {
    await task.checkpoint(start, count);
    const size = Math.min(batchSize, count - start);
    const program = await opened.activations([node], size);
    const indices = Int32Array.from({ length: size }, (_, i) => start + i);
    fillBatch(split, indices, mean, std, floatInput(program, 'images'));
    await program.run();
    yield { start, size, values: await readValue(program, node) };
  }
  await task.checkpoint(count, count);
}
