import type { KernelStep, PlanTensor } from '../../../plan';
import { align, type ProgramBuilder } from '../../program-builder';
import { booleanAttribute, numbersAttribute } from '../../../steps/attributes';
import { inputOf } from '../../../steps/tensors';
import { binsOf } from './bins';
import { inVolume, volumesOf, type Volumes } from '../../../steps/volumes';
import { floatWord } from '../../../steps/float-word';

export function encodeAvgPool(step: KernelStep, program: ProgramBuilder): void {
  const [x, y] = [inputOf(step, 0), step.output];
  encodeForward(program, windowPool(step, x, y), x, y);
}

export function encodeAvgPoolGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, dx] = [inputOf(step, 0), step.output];
  encodeGradient(program, windowPool(step, dx, dy), dx, dy);
}

export function encodeAdaptiveAvgPool(step: KernelStep, program: ProgramBuilder): void {
  const [x, y] = [inputOf(step, 0), step.output];
  encodeForward(program, adaptivePool(step, x, y), x, y);
}

export function encodeAdaptiveAvgPoolGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, dx] = [inputOf(step, 0), step.output];
  encodeGradient(program, adaptivePool(step, dx, dy), dx, dy);
}

/** The places [first, end) of x along one dimension that one place of y is made of, and the size that the divisor counts. */
interface PoolWindow {
  readonly first: number;
  readonly end: number;
  readonly size: number;
}

interface AveragePool {
  readonly x: Volumes;
  readonly y: Volumes;
  /** Along depth, height and width. */
  readonly windows: readonly [readonly PoolWindow[], readonly PoolWindow[], readonly PoolWindow[]];
  /** 0: the product of the windows' sizes. */
  readonly divisor: number;
}

function windowPool({ attrs }: KernelStep, x: PlanTensor, y: PlanTensor): AveragePool {
  const rank = Array.isArray(attrs['kernel']) ? attrs['kernel'].length : 0;
  const kernel = inVolume(numbersAttribute(attrs, 'kernel', rank), 1);
  const stride = inVolume(numbersAttribute(attrs, 'stride', rank), 1);
  const padding = inVolume(numbersAttribute(attrs, 'padding', rank), 0);
  const [from, to] = [volumesOf(x, rank), volumesOf(y, rank)];
  const countsPadding = booleanAttribute(attrs, 'countIncludePad');
  const along = (axis: 0 | 1 | 2): readonly PoolWindow[] =>
    windowsOf(from.size[axis], to.size[axis], kernel[axis], stride[axis], padding[axis], countsPadding);
  const divisor = attrs['divisorOverride'];
  return {
    x: from,
    y: to,
    windows: [along(0), along(1), along(2)],
    divisor: typeof divisor === 'number' ? divisor : 0,
  };
}

/** With countIncludePad a window's size counts the padding, but not what ceilMode adds beyond it (PyTorch, AvgPool2d). */
function windowsOf(
  size: number,
  count: number,
  kernel: number,
  stride: number,
  padding: number,
  countsPadding: boolean,
): readonly PoolWindow[] {
  return Array.from({ length: count }, (_, i) => {
    const start = i * stride - padding;
    const stop = Math.min(start + kernel, size + padding);
    const first = Math.max(start, 0);
    const end = Math.max(first, Math.min(stop, size));
    return { first, end, size: countsPadding ? stop - start : end - first };
  });
}

function adaptivePool({ attrs }: KernelStep, x: PlanTensor, y: PlanTensor): AveragePool {
  const rank = Array.isArray(attrs['outputSize']) ? attrs['outputSize'].length : 0;
  const [from, to] = [volumesOf(x, rank), volumesOf(y, rank)];
  const along = (axis: 0 | 1 | 2): readonly PoolWindow[] =>
    binsOf(from.size[axis], to.size[axis]).map(({ first, end }) => ({ first, end, size: end - first }));
  return { x: from, y: to, windows: [along(0), along(1), along(2)], divisor: 0 };
}

function encodeForward(program: ProgramBuilder, pool: AveragePool, x: PlanTensor, y: PlanTensor): void {
  const addresses = [program.address(x), program.address(y)];
  const units = pool.x.planes;
  if (isGlobal(pool)) program.command('plane_mean', [...addresses, ...globalWords(pool)], { units });
  else if (isHalving(pool)) program.command('average_halves', [...addresses, ...halvingWords(pool)], { units });
  else program.command('average_pool', [...addresses, ...words(program, pool)], { units });
}

function encodeGradient(program: ProgramBuilder, pool: AveragePool, dx: PlanTensor, dy: PlanTensor): void {
  const addresses = [program.address(dx), program.address(dy)];
  const units = pool.x.planes;
  if (isGlobal(pool)) program.command('plane_mean_grad', [...addresses, ...globalWords(pool)], { units });
  else if (isHalving(pool)) program.command('average_halves_grad', [...addresses, ...halvingWords(pool)], { units });
  else program.command('average_pool_grad', [...addresses, ...words(program, pool)], { units });
}

/** Whether each plane is one window. */
function isGlobal({ x, windows }: AveragePool): boolean {
  return windows.every((along, axis) => along.length === 1 && along[0]?.first === 0 && along[0].end === x.size[axis]);
}

function globalWords({ x, windows, divisor }: AveragePool): readonly number[] {
  const counted = windows.reduce((product, [only]) => product * (only?.size ?? 1), 1);
  return [x.planes, x.size[0] * x.size[1] * x.size[2], floatWord(divisor || counted)];
}

/** Whether the windows are 2×2 side by side, from the first place on. */
function isHalving({ windows: [slices, rows, columns] }: AveragePool): boolean {
  const arePairs = (along: readonly PoolWindow[]): boolean =>
    along.every(({ first, end, size }, i) => first === 2 * i && end === 2 * i + 2 && size === 2);
  return slices.length === 1 && slices[0]?.end === 1 && arePairs(rows) && arePairs(columns);
}

function halvingWords({ x, y, divisor }: AveragePool): readonly number[] {
  return [x.planes, x.size[1], x.size[2], y.size[1], y.size[2], floatWord(divisor || 4)];
}

function words(program: ProgramBuilder, { x, y, windows, divisor }: AveragePool): readonly number[] {
  const rowBytes = align((x.size[2] + 16) * 4);
  return [
    ...[x.planes, ...x.size, ...y.size, ...windows.map((along) => windowTable(program, along)), floatWord(divisor)],
    ...[...program.partScratch(rowBytes), ...uniformRun(windows[2])],
  ];
}

function windowTable(program: ProgramBuilder, windows: readonly PoolWindow[]): number {
  return program.table(windows.flatMap(({ first, end, size }) => [first, end, size]));
}

/** The longest run of windows alike, each as far from the one before: its first, its end, their kernel and their stride. */
function uniformRun(windows: readonly PoolWindow[]): readonly [number, number, number, number] {
  let best: readonly [number, number, number, number] = [0, 0, 1, 1];
  for (let from = 0; from < windows.length;) {
    const head = windows[from];
    const stride = (windows[from + 1]?.first ?? 0) - (head?.first ?? 0);
    let end = from + 1;
    while (end < windows.length && follows(windows[end - 1], windows[end], stride)) end++;
    if (head && end - from > best[1] - best[0] && end - from > 1 && head.end > head.first) {
      best = [from, end, head.end - head.first, stride];
    }
    from = end;
  }
  return best;
}

function follows(before: PoolWindow | undefined, next: PoolWindow | undefined, stride: number): boolean {
  if (!before || !next) return false;
  const isShifted = next.first - before.first === stride && next.end - before.end === stride;
  return isShifted && next.size === before.size && stride > 0;
}
