import { isFloating } from '../../../../core/ops/arithmetic/promote';
import { classDimension } from '../../../../core/ops/loss/cross-entropy';
import type { KernelStep, PlanTensor } from '../../../plan';
import { aroundDim, inputOf } from '../../../steps/tensors';
import type { KernelCall } from '../../kernel-call';
import type { ProgramBuilder } from '../../program-builder';
import { exponentialsOfLine, firstLargest } from '../activation/softmax';
import type { Encoder } from '../encoder';
import { runLines, type Lines } from '../line-kernel';
import { reduceLines } from '../reduction/reduce-lines';
import { lossSlope, reduceLosses, type Divisor } from './reduce-losses';
import { reductionOf } from '../../../steps/loss-reduction';

/** Scores, targets and class weights. */
interface Scores {
  readonly logits: PlanTensor;
  /** Absent for the gradient of the targets, which does not read them. */
  readonly targets: PlanTensor | undefined;
  readonly weights: PlanTensor | undefined;
}

/** What all kernels of the loss have in common: a line is the scores of one place. */
interface Parts extends Required<Pick<KernelCall, 'tensors' | 'sizes' | 'integers' | 'numbers'>> {
  readonly lines: Lines;
  readonly count: number;
  /**
   * `weight_of(class)`, NaN if there is none such; `is_ignored(place)`; and, given targets, `share_of(place, i, class, classes)`:
   * weight times smoothed probability of the class whose score stands at i.
   */
  readonly functions: string;
}

export const encodeCrossEntropy: Encoder = (step, program) => {
  const scores = { logits: inputOf(step, 0), targets: inputOf(step, 1), weights: step.inputs[2] };
  const parts = partsOf(step, scores);
  const reduction = reductionOf(step.attrs['reduction']);
  const losses = reduction === 'none' ? step.output : program.scratch(parts.count);
  // Every term is positive: nothing cancels, however large the scores are. A share of 0 is none, whatever the score.
  runLines(program, {
    ...parts,
    name: step.op,
    tensors: { ...parts.tensors, losses },
    folds: ['most', 'sum'],
    body: `${exponentialsOfLine}
  let rest = logarithm(total);
  let ignored = is_ignored(line);
  var part = 0.0;
  for (var k = lane; k < count; k += LANES) {
    let i = element(k);
    let share = share_of(line, i, k);
    if (share != 0.0 || is_nan(share)) { part += share * (rest + (shift - load_x(i))); }
  }
  let loss = sum(part);
  if (exists && lane == 0u) { store_losses(line, select(loss, 0.0, ignored)); }`,
  });
  if (reduction === 'none') return;
  const divisor = reduction === 'mean' ? encodeDivisor(step, scores, program) : undefined;
  const factor = reduction === 'mean' && !divisor ? 1 / parts.count : 1;
  const sum = { name: `${step.op}: sum`, tensors: { losses }, term: 'load_losses(i)' };
  reduceLosses(program, { ...sum, count: parts.count, factor, divisor }, step.output);
};

/** The gradient of the scores. */
export const encodeCrossEntropyGrad: Encoder = (step, program) => {
  const scores = { logits: inputOf(step, 1), targets: inputOf(step, 2), weights: step.inputs[3] };
  encodeGradient(step, scores, program, {
    folds: ['most', 'sum'],
    body: `  let ignored = is_ignored(line);
  var part = 0.0;
  for (var k = lane; k < count; k += LANES) { part += share_of(line, element(k), k); }
  let shares = sum(part);
  let dloss = dloss_at(min(line, p.lines - 1u));
  for (var k = lane; k < count; k += LANES) {
    let i = element(k);
    let slope = exponential(load_x(i) - shift) * (shares * dloss / total) - share_of(line, i, k) * dloss;
    store_dx(i, select(slope, 0.0, ignored));
  }`,
  });
};

/** The gradient of targets that are probabilities. */
export const encodeCrossEntropyGradTarget: Encoder = (step, program) => {
  const scores = { logits: inputOf(step, 1), targets: undefined, weights: step.inputs[2] };
  encodeGradient(step, scores, program, {
    folds: ['most', 'sum'],
    body: `  let rest = logarithm(total);
  let dloss = dloss_at(min(line, p.lines - 1u)) * (p.smoothing - 1.0);
  for (var k = lane; k < count; k += LANES) {
    let i = element(k);
    store_dx(i, dloss * weight_of(i32(k)) * ((load_x(i) - shift) - rest));
  }`,
  });
};

/** The number of rows whose first largest score is the target's. */
export const encodeCountCorrect: Encoder = (step, program) => {
  const [logits, targets] = [inputOf(step, 0), inputOf(step, 1)];
  const [rows = 1, classes = 1] = logits.shape;
  const hits = program.scratch(rows);
  runLines(program, {
    name: step.op,
    tensors: { x: logits, targets, hits },
    lines: { outer: rows, length: classes, inner: 1 },
    folds: ['first'],
    body: `${firstLargest}
  if (exists && lane == 0u) { store_hits(line, select(0.0, 1.0, i32(place) == load_targets(line))); }`,
  });
  reduceLosses(
    program,
    { name: `${step.op}: sum`, tensors: { hits }, term: 'load_hits(i)', count: rows, factor: 1 },
    step.output,
  );
};

function encodeGradient(
  step: KernelStep,
  scores: Scores,
  program: ProgramBuilder,
  { folds, body }: Pick<Parameters<typeof runLines>[1], 'folds' | 'body'>,
): void {
  const parts = partsOf(step, scores);
  const reduction = reductionOf(step.attrs['reduction']);
  const divisor = reduction === 'mean' && scores.targets ? encodeDivisor(step, scores, program) : undefined;
  const factor = reduction === 'mean' && !divisor ? 1 / parts.count : 1;
  const slope = lossSlope(inputOf(step, 0), reduction, { factor, divisor });
  runLines(program, {
    ...parts,
    name: step.op,
    tensors: { ...parts.tensors, ...slope.tensors, dx: step.output },
    numbers: { ...parts.numbers, ...slope.numbers },
    functions: `${parts.functions}\n${slope.functions}`,
    folds,
    body: `${exponentialsOfLine}\n${body}`,
  });
}

function partsOf({ attrs }: KernelStep, { logits, targets, weights }: Scores): Parts {
  const [outer, classes, inner] = aroundDim(logits, classDimension(logits.shape));
  const { ignoreIndex, labelSmoothing } = attrs;
  const soft = targets !== undefined && isFloating(targets.dtype);
  const ignores = typeof ignoreIndex === 'number' && targets !== undefined && !soft;
  const smoothing = typeof labelSmoothing === 'number' ? labelSmoothing : 0;
  const shares = soft
    ? 'return weight_of(i32(k)) * ((1.0 - p.smoothing) * load_targets(i) + p.even);'
    : `let target_class = load_targets(min(place, p.lines - 1u));
  if (u32(target_class) >= p.length) { return not_a_number(); }
  return weight_of(i32(k)) * select(p.even, (1.0 - p.smoothing) + p.even, i32(k) == target_class);`;
  return {
    tensors: { x: logits, ...(targets ? { targets } : {}), ...(weights ? { weights } : {}) },
    lines: { outer, length: classes, inner },
    count: outer * inner,
    sizes: {},
    integers: ignores ? { ignored: ignoreIndex } : {},
    numbers: { smoothing, even: smoothing / classes },
    functions: [
      weightFunction(weights, 'p.length'),
      `fn is_ignored(place: u32) -> bool { return ${ignores ? 'load_targets(min(place, p.lines - 1u)) == p.ignored' : 'false'}; }`,
      ...(targets ? [`fn share_of(place: u32, i: u32, k: u32) -> f32 {\n  ${shares}\n}`] : []),
    ].join('\n'),
  };
}

/** `weight_of(class)`: 1 where classes have no weights, NaN if there is no such class. */
export function weightFunction(weights: PlanTensor | undefined, classes: string): string {
  return `fn weight_of(k: i32) -> f32 {
  if (u32(k) >= ${classes}) { return not_a_number(); }
  return ${weights ? 'load_weights(u32(k))' : '1.0'};
}`;
}

/** The mean is weighted where classes have weights or places may be ignored. */
function encodeDivisor(step: KernelStep, { logits, targets, weights }: Scores, program: ProgramBuilder): Divisor {
  const { ignoreIndex } = step.attrs;
  if (!targets || isFloating(targets.dtype)) return undefined;
  if (!weights && typeof ignoreIndex !== 'number') return undefined;
  return encodeClassWeightSum(program, { logits, targets, weights, ignoreIndex });
}

/** The sum of the weights of the classes that targets name; targets that are ignored weigh nothing. */
export function encodeClassWeightSum(
  program: ProgramBuilder,
  given: {
    readonly logits: PlanTensor;
    readonly targets: PlanTensor;
    readonly weights: PlanTensor | undefined;
    readonly ignoreIndex: unknown;
  },
): Divisor {
  const { logits, targets, weights, ignoreIndex } = given;
  const [outer, classes, inner] = aroundDim(logits, classDimension(logits.shape));
  const total = program.scratch(1);
  const ignores = typeof ignoreIndex === 'number';
  reduceLines(program, {
    name: 'weights of classes',
    tensors: { targets, ...(weights ? { weights } : {}) },
    sizes: { classes },
    integers: ignores ? { ignored: ignoreIndex } : {},
    functions: weightFunction(weights, 'p.classes'),
    term: ignores
      ? 'select(weight_of(load_targets(i)), 0.0, load_targets(i) == p.ignored)'
      : 'weight_of(load_targets(i))',
    kind: 'sum',
    lines: { outer: 1, length: outer * inner, inner: 1 },
    to: total,
  });
  return total;
}
