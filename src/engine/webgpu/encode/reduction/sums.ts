import { inputOf, planeShape } from '../../../steps/tensors';
import type { KernelStep, PlanTensor } from '../../../plan';
import type { Encoder } from '../encoder';
import type { Lines } from '../line-kernel';
import { channelSums } from './channel-sums';
import { reduceLines } from './reduce-lines';
import { reducedLayout } from '../../../steps/reduced-layout';

/** Sums, and means, along neighbouring dimensions, of floats or of whole numbers. */
export const encodeSum: Encoder = (step, program) => {
  const x = inputOf(step, 0);
  const lines = reducedLines(step, x);
  const isMean = step.op === 'mean';
  reduceLines(program, {
    name: step.op,
    tensors: { x },
    term: 'load_x(i)',
    kind: x.dtype === 'f32' ? 'sum' : 'word_sum',
    lines,
    to: step.output,
    ...(isMean ? { numbers: { share: 1 / lines.length }, result: 'total * p.share' } : {}),
  });
};

/** Σ a·b */
export const encodeProductSum: Encoder = (step, program) => {
  const [x, y] = [inputOf(step, 0), inputOf(step, 1)];
  reduceLines(program, {
    name: step.op,
    tensors: { x, y },
    term: 'load_x(i) * load_y(i)',
    kind: 'sum',
    lines: reducedLines(step, x),
    to: step.output,
  });
};

export const encodeProd: Encoder = (step, program) => {
  const x = inputOf(step, 0);
  reduceLines(program, {
    name: step.op,
    tensors: { x },
    term: 'load_x(i)',
    kind: x.dtype === 'f32' ? 'product' : 'word_product',
    lines: reducedLines(step, x),
    to: step.output,
  });
};

export const encodeChannelSum: Encoder = (step, program) => {
  const x = inputOf(step, 0);
  channelSums(program, {
    name: step.op,
    tensors: { x },
    term: 'load_x(i)',
    planes: planeShape(x),
    to: step.output,
  });
};

export function reducedLines(step: KernelStep, x: PlanTensor): Lines {
  const [outer, length, inner] = reducedLayout(step, x);
  return { outer, length, inner };
}
