import { classDimension } from '../../../../core/ops/loss/cross-entropy';
import type { KernelStep, PlanTensor } from '../../../plan';
import { numberAttribute, stringAttribute } from '../../../steps/attributes';
import { aroundDim, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import type { Encoder } from '../encoder';
import { runLines } from '../line-kernel';
import { encodeClassWeightSum, weightFunction } from './cross-entropy';
import { lossSlope, reduceLosses, type Divisor, type LossSlope } from './reduce-losses';
import { reductionOf } from '../../../steps/loss-reduction';

/** A loss of scores and class indices, or its gradient. */
interface ClassLoss {
  readonly scores: PlanTensor;
  readonly targets: PlanTensor;
  readonly weights: PlanTensor | undefined;
  readonly rows: number;
  readonly classes: number;
  /** Places of a row that have scores of their own. */
  readonly places: number;
  readonly tensors: Readonly<Record<string, PlanTensor>>;
}

/** nll_loss, multi_margin_loss and multilabel_margin_loss. */
export const encodeClassLoss: Encoder = (step, program) => {
  const { attrs, op, output } = step;
  const loss = describe(op, step.inputs);
  const count = loss.rows * loss.places;
  const reduction = reductionOf(attrs['reduction']);
  const losses = reduction === 'none' ? output : program.scratch(count);
  kindOf(op).value(step, loss, program, losses as PlanTensor);
  if (reduction === 'none') return;
  const divisor = reduction === 'mean' ? divisorOf(op, step, loss, program) : undefined;
  const factor = reduction === 'mean' && !divisor ? 1 / count : 1;
  const sum = { name: `${op}: sum`, tensors: { losses }, term: 'load_losses(i)' };
  reduceLosses(program, { ...sum, count, factor, divisor }, output);
};

export const encodeClassLossGrad: Encoder = (step, program) => {
  const [dloss, ...inputs] = step.inputs;
  const op = stringAttribute(step.attrs, 'loss');
  if (!dloss) throw new Error('A gradient of a loss has no gradient of the loss');
  const loss = describe(op, inputs);
  const reduction = reductionOf(step.attrs['reduction']);
  const divisor = reduction === 'mean' ? divisorOf(op, step, loss, program) : undefined;
  const factor = reduction === 'mean' && !divisor ? 1 / (loss.rows * loss.places) : 1;
  kindOf(op).gradient(step, loss, program, lossSlope(dloss, reduction, { factor, divisor }));
};

interface Kind {
  readonly value: (step: KernelStep, loss: ClassLoss, program: ProgramBuilder, losses: PlanTensor) => void;
  readonly gradient: (step: KernelStep, loss: ClassLoss, program: ProgramBuilder, slope: LossSlope) => void;
}

/** −w·x at the target of each place. */
const negativeLogLikelihood: Kind = {
  value: ({ op, attrs }, { tensors, weights, rows, classes, places }, program, losses) => {
    program.forEach({
      name: op,
      tensors: { ...tensors, losses },
      sizes: { classes, places },
      integers: { ignored: numberAttribute(attrs, 'ignoreIndex') },
      size: rows * places,
      functions: weightFunction(weights, 'p.classes'),
      body: `  let wanted = load_targets(i);
  var loss = 0.0;
  if (wanted != p.ignored) {
    let place = ((i / p.places) * p.classes + min(u32(wanted), p.classes - 1u)) * p.places + i % p.places;
    loss = -(weight_of(wanted) * load_scores(place));
  }
  store_losses(i, loss);`,
    });
  },
  gradient: ({ op, attrs, output }, { tensors, weights, classes, places }, program, slope) => {
    program.forEach({
      name: op,
      tensors: { ...tensors, ...slope.tensors, dx: output },
      sizes: { classes, places },
      integers: { ignored: numberAttribute(attrs, 'ignoreIndex') },
      numbers: slope.numbers,
      size: sizeOf(output),
      functions: `${weightFunction(weights, 'p.classes')}\n${slope.functions}`,
      body: `  let place = (i / (p.places * p.classes)) * p.places + i % p.places;
  let wanted = load_targets(place);
  var result = 0.0;
  if (wanted != p.ignored && wanted == i32((i / p.places) % p.classes)) {
    result = -(weight_of(wanted) * dloss_at(place));
  }
  store_dx(i, result);`,
    });
  },
};

/** w[y]·Σ max(0, margin − x[y] + x[i])^p / classes over i ≠ y. */
const multiMargin: Kind = {
  value: (step, { tensors, weights, rows, classes }, program, losses) => {
    runLines(program, {
      name: step.op,
      tensors: { ...tensors, losses },
      numbers: { margin: numberAttribute(step.attrs, 'margin') },
      lines: { outer: rows, length: classes, inner: 1 },
      folds: ['sum'],
      functions: weightFunction(weights, 'p.length'),
      body: `${marginBase}
  var part = 0.0;
  for (var k = lane; k < count; k += LANES) {
    let excess = base + load_scores(element(k));
    if (k != wanted && excess > 0.0) { part += ${step.attrs['p'] === 2 ? 'excess * excess' : 'excess'}; }
  }
  let total = sum(part);
  if (exists && lane == 0u) { store_losses(line, total * weight_of(i32(wanted)) / f32(p.length)); }`,
    });
  },
  gradient: (step, { tensors, weights, rows, classes }, program, slope) => {
    runLines(program, {
      name: step.op,
      tensors: { ...tensors, ...slope.tensors, dx: step.output },
      numbers: { ...slope.numbers, margin: numberAttribute(step.attrs, 'margin') },
      lines: { outer: rows, length: classes, inner: 1 },
      folds: ['sum'],
      functions: `${weightFunction(weights, 'p.length')}\n${slope.functions}
fn slope_of(excess: f32) -> f32 { return select(0.0, ${step.attrs['p'] === 2 ? 'excess + excess' : '1.0'}, excess > 0.0); }`,
      body: `${marginBase}
  var part = 0.0;
  for (var k = lane; k < count; k += LANES) {
    if (k != wanted) { part += slope_of(base + load_scores(element(k))); }
  }
  let total = sum(part);
  let known = wanted < p.length;
  let scale = select(0.0, dloss_at(min(line, p.lines - 1u)) * weight_of(i32(wanted)) / f32(p.length), known);
  for (var k = lane; k < count; k += LANES) {
    let i = element(k);
    store_dx(i, select(slope_of(base + load_scores(i)) * scale, -total * scale, k == wanted));
  }`,
    });
  },
};

/** What the score of each other class is added to. */
const marginBase = `  let own = min(line, p.lines - 1u);
  let wanted = u32(load_targets(own));
  let base = p.margin - load_scores(own * p.length + min(wanted, p.length - 1u));`;

/** Σ max(0, 1 − (x[y] − x[i])) / classes over the targets y, up to a −1, and all i that are none. */
const multilabelMargin: Kind = {
  value: (step, loss, program, losses) => {
    const { tensors, rows, classes } = loss;
    const among = encodeAmong(loss, program);
    runLines(program, {
      name: step.op,
      tensors: { ...tensors, among, losses },
      lines: { outer: rows, length: classes, inner: 1 },
      folds: ['sum'],
      body: `  var part = 0.0;
  for (var k = lane; k < count; k += LANES) {
    let i = element(k);
    if (load_among(i) != 0) { continue; }
    for (var j = 0u; j < count; j++) {
      let wanted = u32(load_targets(element(j)));
      if (wanted >= p.length) { break; }
      let excess = (1.0 - load_scores(element(wanted))) + load_scores(i);
      part += select(0.0, excess, excess > 0.0);
    }
  }
  let total = sum(part);
  if (exists && lane == 0u) { store_losses(line, total / f32(p.length)); }`,
    });
  },
  gradient: (step, loss, program, slope) => {
    const { tensors, rows, classes } = loss;
    const among = encodeAmong(loss, program);
    program.forEach({
      name: step.op,
      tensors: { ...tensors, ...slope.tensors, among, dx: step.output },
      sizes: { classes },
      numbers: slope.numbers,
      size: rows * classes,
      functions: slope.functions,
      // A class that is no target has a share of every target that it comes near to; a target has the rest of them.
      body: `  let row = i / p.classes;
  let first = row * p.classes;
  let own = load_scores(i);
  let often = load_among(i);
  var shares = 0;
  if (often == 0) {
    for (var j = 0u; j < p.classes; j++) {
      let wanted = u32(load_targets(first + j));
      if (wanted >= p.classes) { break; }
      shares += select(0, 1, (1.0 - load_scores(first + wanted)) + own > 0.0);
    }
  } else {
    for (var k = 0u; k < p.classes; k++) {
      if (load_among(first + k) == 0 && (1.0 - own) + load_scores(first + k) > 0.0) { shares -= often; }
    }
  }
  store_dx(i, f32(shares) * (dloss_at(row) / f32(p.classes)));`,
    });
  },
};

/** How often each class is among the targets of its row. */
function encodeAmong({ targets, rows, classes }: ClassLoss, program: ProgramBuilder) {
  const among = program.scratch(rows * classes, 'i32');
  program.forEach({
    name: 'multilabel_margin_loss: targets',
    tensors: { targets, among },
    sizes: { classes },
    size: rows * classes,
    body: `  let first = i - i % p.classes;
  var often = 0;
  for (var j = 0u; j < p.classes; j++) {
    let wanted = load_targets(first + j);
    if (wanted < 0) { break; }
    often += select(0, 1, u32(wanted) == i - first);
  }
  store_among(i, often);`,
  });
  return among;
}

function kindOf(loss: string): Kind {
  switch (loss) {
    case 'nll_loss':
      return negativeLogLikelihood;
    case 'multi_margin_loss':
      return multiMargin;
    default:
      return multilabelMargin;
  }
}

function describe(loss: string, [scores, targets, weights]: readonly PlanTensor[]): ClassLoss {
  if (!scores || !targets) throw new Error(`${loss} misses its tensors`);
  const dim = loss === 'nll_loss' ? classDimension(scores.shape) : scores.shape.length - 1;
  const [rows, classes, places] = aroundDim(scores, dim);
  const tensors = { scores, targets, ...(weights ? { weights } : {}) };
  return { scores, targets, weights, rows, classes, places, tensors };
}

/** What a mean is divided by where it is not the number of places. */
function divisorOf(
  loss: string,
  { attrs }: KernelStep,
  { scores, targets, weights }: ClassLoss,
  program: ProgramBuilder,
): Divisor {
  if (loss !== 'nll_loss') return undefined;
  return encodeClassWeightSum(program, {
    logits: scores,
    targets,
    weights,
    ignoreIndex: numberAttribute(attrs, 'ignoreIndex'),
  });
}
