import { classDimension } from '../../../../core/ops/loss/cross-entropy';
import { isFloating } from '../../../../core/ops/arithmetic/promote';
import type { KernelStep, PlanTensor } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { aroundDim, inputOf } from '../../../steps/tensors';
import { blockSums, placeOfLosses, reduceLosses } from './reduce-loss';
import { reductionOf } from '../../../steps/loss-reduction';
import { floatWord } from '../../../steps/float-word';

/** Scores, targets and class weights as the kernels see them. */
interface Scores {
  readonly logits: PlanTensor;
  /** Absent for the gradient of the targets, which does not read them. */
  readonly targets: PlanTensor | undefined;
  readonly weights: PlanTensor | undefined;
}

export function encodeCrossEntropy(step: KernelStep, program: ProgramBuilder): void {
  const scores = { logits: inputOf(step, 0), targets: inputOf(step, 1), weights: step.inputs[2] };
  const { words, count, inner } = describe(step, scores, program);
  const reduction = reductionOf(step.attrs['reduction']);
  const losses = placeOfLosses(program, reduction, count, step.output);
  program.command(inner === 1 ? 'cross_entropy_rows' : 'cross_entropy_planes', [...words, losses]);
  if (reduction === 'none') return;
  const divisors = reduction === 'mean' ? encodeDivisors(step, scores, program) : 0;
  const factor = reduction === 'mean' && divisors === 0 ? 1 / count : 1;
  reduceLosses(program, { losses, divisors, count, factor }, step.output);
}

export function encodeCrossEntropyGrad(step: KernelStep, program: ProgramBuilder): void {
  const scores = { logits: inputOf(step, 1), targets: inputOf(step, 2), weights: step.inputs[3] };
  const kernel = describe(step, scores, program).inner === 1 ? 'cross_entropy_grad_rows' : 'cross_entropy_grad_planes';
  encodeGradient(step, scores, kernel, program);
}

export function encodeCrossEntropyGradTarget(step: KernelStep, program: ProgramBuilder): void {
  const scores = { logits: inputOf(step, 1), targets: undefined, weights: step.inputs[2] };
  encodeGradient(step, scores, 'cross_entropy_grad_target', program);
}

/** The number of rows that are right. */
export function encodeCountCorrect(step: KernelStep, program: ProgramBuilder): void {
  const [logits, targets] = [inputOf(step, 0), inputOf(step, 1)];
  const [rows = 1, classes = 1] = logits.shape;
  const hits = program.scratch(rows * 4);
  program.command('count_correct_rows', [program.address(logits), program.address(targets), hits, rows, classes]);
  reduceLosses(program, { losses: hits, count: rows, factor: 1 }, step.output);
}

function encodeGradient(step: KernelStep, scores: Scores, kernel: string, program: ProgramBuilder): void {
  const { words, count } = describe(step, scores, program);
  const reduction = reductionOf(step.attrs['reduction']);
  const divisors = reduction === 'mean' && scores.targets ? encodeDivisors(step, scores, program) : 0;
  const factor = reduction === 'mean' && divisors === 0 ? 1 / count : 1;
  program.command(kernel, [
    ...[...words, program.address(step.output), program.address(inputOf(step, 0))],
    ...[reduction === 'none' ? 1 : 0, floatWord(factor), divisors],
  ]);
}

function describe({ attrs }: KernelStep, { logits, targets, weights }: Scores, program: ProgramBuilder) {
  const [outer, classes, inner] = aroundDim(logits, classDimension(logits.shape));
  const { ignoreIndex, labelSmoothing } = attrs;
  const soft = targets !== undefined && isFloating(targets.dtype);
  const words = [
    ...[program.address(logits), program.addressOrZero(targets), program.addressOrZero(weights)],
    ...[outer, classes, inner],
    ...(typeof ignoreIndex === 'number' && !soft ? [ignoreIndex, 1] : [0, 0]),
    ...[floatWord(typeof labelSmoothing === 'number' ? labelSmoothing : 0), soft ? 1 : 0],
  ];
  return { words, count: outer * inner, inner };
}

/** The mean is weighted where classes have weights or places may be ignored. Returns the divisors' block sums, or 0. */
function encodeDivisors(step: KernelStep, { logits, targets, weights }: Scores, program: ProgramBuilder): number {
  const { ignoreIndex } = step.attrs;
  if (!targets || isFloating(targets.dtype)) return 0;
  if (!weights && typeof ignoreIndex !== 'number') return 0;
  return encodeClassWeightSums(program, { logits, targets, weights, ignoreIndex });
}

/** The sums of blocks of the weights of the classes that targets name. */
export function encodeClassWeightSums(
  program: ProgramBuilder,
  given: {
    readonly logits: PlanTensor;
    readonly targets: PlanTensor;
    readonly weights: PlanTensor | undefined;
    readonly ignoreIndex: unknown;
  },
): number {
  const { logits, targets, weights, ignoreIndex } = given;
  const [outer, classes, inner] = aroundDim(logits, classDimension(logits.shape));
  const sums = blockSums(program, outer * inner);
  program.command('class_weight_blocks', [
    ...[program.address(targets), program.addressOrZero(weights), sums, outer * inner],
    ...(typeof ignoreIndex === 'number' ? [ignoreIndex, 1] : [0, 0]),
    classes,
  ]);
  return sums;
}
