import { assertNever } from '../errors';
import type { ReceptiveFieldRule } from '../ops/op';
import type { Coverage, PixelRange } from './coverage';
import { refined, stepped, windowed } from './coverage';
import { addDims, productOfDims, subtractDims, type Dim } from './dim';
import type { Shape } from './graph';
import type { InputView, Part } from './input-view';
import {
  lose,
  loseEverything,
  mapPaths,
  mixDims,
  normalizeView,
  partsAlong,
  partsOf,
  reshapeView,
  uniteViews,
} from './input-view';

/**
 * What a node sees whose op has a rule. Rules speak of the first input (concat: of all); of others that see something
 * too nothing is known but that they are mixed in, so the node sees all that they see.
 */
export function followRule(
  rule: ReceptiveFieldRule,
  inputs: readonly (InputView | undefined)[],
  shape: Shape,
): InputView | undefined {
  if (rule.kind === 'none') return undefined;
  if (rule.kind === 'concat') return followConcat(rule.dim, inputs, shape);
  const [first, ...others] = inputs;
  const isWeighted = inputs.length > 1 && (rule.kind === 'window' || rule.kind === 'transposed');
  const main =
    first && withSizes(followFirst(rule, isWeighted ? mixChannels(first, rule.kernel) : first, shape), shape);
  const more = others.filter((view) => view !== undefined).map((view) => mixEverything(view, shape));
  const views = main ? [main, ...more] : more;
  return views.length === 0 ? undefined : uniteViews(views, shape);
}

function followFirst(
  rule: Exclude<ReceptiveFieldRule, { readonly kind: 'concat' | 'none' }>,
  view: InputView,
  shape: Shape,
): InputView {
  const sizeAt = (dim: number) => shape[dim] ?? 1;
  switch (rule.kind) {
    case 'window':
      return overLast(rule.kernel, view, shape, (current, dim, i) =>
        slide(current, dim, windowAt(rule, i), sizeAt(dim)),
      );
    case 'transposed':
      return overLast(rule.kernel, view, shape, (current, dim, i) => {
        const window = windowAt(rule, i);
        return refine(current, dim, [window.stride, 1], transposedTaps(window), sizeAt(dim));
      });
    case 'resample':
      return overLast(rule.scale, view, shape, (current, dim, i) => {
        const scale = asFraction(rule.scale[i] ?? 1);
        return refine(current, dim, scale, resampleTaps(scale, rule.taps[i] ?? 1), sizeAt(dim));
      });
    case 'pad':
      return overLast(rule.before, view, shape, (current, dim, i) => {
        const [start, size] = [0 - (rule.before[i] ?? 0), sizeAt(dim)];
        return crop(
          shift(current, dim, start, 1, size),
          current,
          dim,
          cutsAway(sizeOfDim(current, dim), size, start, 1),
        );
      });
    case 'slice':
      return followSlice(rule, view, shape);
    case 'global':
      return mixEverything(view, shape);
    case 'unknown':
      return loseEverything(view, shape);
    case 'mixes':
      return resized(mixDims(view, new Set(rule.dims)), rule.dims, shape);
    case 'reduces': {
      const { dims, axes } = mixDims(view, new Set(rule.dims));
      if (rule.keepDims) return resized({ dims, axes }, rule.dims, shape);
      return { dims: dims.filter((_, dim) => !rule.dims.includes(dim)), axes };
    }
    case 'permute':
      return { dims: rule.order.map((dim) => view.dims[dim] ?? []), axes: view.axes };
    case 'reshape':
      return reshapeView(view, shape);
    default:
      return assertNever(rule);
  }
}

/** A convolution mixes its channels (all of them, whatever its groups), which matters where pixels were moved into them. */
function mixChannels(view: InputView, kernel: readonly number[]): InputView {
  return mixDims(view, new Set([view.dims.length - kernel.length - 1]));
}

/** Gives dimensions that a rule does not speak of their new sizes. */
function withSizes(view: InputView, shape: Shape): InputView {
  if (view.dims.length !== shape.length) return loseEverything(view, shape);
  return shape.reduce<InputView>((current, size, dim) => {
    if (sizeOfDim(current, dim) === size) return current;
    const isMoving = moving(current, dim);
    const still = freeParts(current, size);
    if (current.axes.some((_, axis) => isMoving(axis))) return loseDim(current, dim, size);
    return { dims: withDim(current.dims, dim, still), axes: current.axes };
  }, view);
}

function followSlice(
  { dim, start, step }: Extract<ReceptiveFieldRule, { readonly kind: 'slice' }>,
  view: InputView,
  shape: Shape,
): InputView {
  const isSelected = shape.length === view.dims.length - 1;
  const before = sizeOfDim(view, dim);
  const size = isSelected ? 1 : (shape[dim] ?? 1);
  const cut = crop(shift(view, dim, start, step, size), view, dim, cutsAway(before, size, start, step));
  const dims = isSelected ? cut.dims.filter((_, at) => at !== dim) : cut.dims;
  return normalizeView({ dims, axes: cut.axes });
}

/** Whether elements are left out at an end, beyond those between the steps; true where the sizes do not say. */
function cutsAway(before: Dim, after: Dim, start: number, step: number): boolean {
  if (step === 1 && start <= 0) {
    const missing = subtractDims(addDims(before, -start), after);
    return typeof missing !== 'number' || missing > 0;
  }
  if (typeof before !== 'number' || typeof after !== 'number') return true;
  const [first, last] = [start, start + (after - 1) * step].sort((a, b) => a - b) as [number, number];
  return first >= Math.abs(step) || before - 1 - last >= Math.abs(step);
}

/** Marks the axes along which a dimension moves as cropped. */
function crop(cut: InputView, view: InputView, dim: number, isCut: boolean): InputView {
  if (!isCut) return cut;
  const isMoving = moving(view, dim);
  return { dims: cut.dims, axes: cut.axes.map((axis, index) => (isMoving(index) ? { ...axis, cropped: true } : axis)) };
}

function sizeOfDim(view: InputView, dim: number): Dim {
  return productOfDims((view.dims[dim] ?? []).map((part) => part.size));
}

function windowAt(
  rule: Extract<ReceptiveFieldRule, { readonly kind: 'window' | 'transposed' }>,
  index: number,
): Window {
  return {
    kernel: rule.kernel[index] ?? 1,
    stride: rule.stride[index] ?? 1,
    padding: rule.padding[index] ?? 0,
    dilation: rule.dilation[index] ?? 1,
  };
}

/** Applies a rule whose arrays are over the last dimensions, one dimension after the other. */
function overLast(
  rule: readonly number[],
  view: InputView,
  shape: Shape,
  follow: (view: InputView, dim: number, index: number) => InputView,
): InputView {
  const first = view.dims.length - rule.length;
  if (first < 0 || view.dims.length !== shape.length) return loseEverything(view, shape);
  return normalizeView(rule.reduce((current, _, index) => follow(current, first + index, index), view));
}

interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
}

function slide(view: InputView, dim: number, window: Window, size: Dim): InputView {
  const { kernel, stride, padding, dilation } = window;
  return alongDim(view, dim, size, stride, (coverage, step) =>
    windowed(coverage, kernel, dilation * step, -padding * step),
  );
}

/** Every `step`-th element from `start` on. */
function shift(view: InputView, dim: number, start: number, step: number, size: Dim): InputView {
  return alongDim(view, dim, size, step, (coverage, own) => windowed(coverage, 1, 0, start * own));
}

/** Changes what is seen along the axes on which a dimension moves; its index then moves `stride` times as fast. */
function alongDim(
  view: InputView,
  dim: number,
  size: Dim,
  stride: number,
  change: (coverage: Coverage, step: number) => Coverage,
): InputView {
  const [part, ...more] = view.dims[dim] ?? [];
  const isMoving = moving(view, dim);
  if (more.length > 0 && view.axes.some((_, axis) => isMoving(axis))) return loseDim(view, dim, size);
  const steps = view.axes.map((_, axis) => part?.steps[axis] ?? 0);
  return {
    dims: withDim(
      view.dims,
      dim,
      partsOf(
        size,
        steps.map((step) => step * stride),
      ),
    ),
    axes: view.axes.map((axis, index) => {
      const step = steps[index] ?? 0;
      return step === 0 ? axis : mapPaths(axis, (coverage) => change(coverage, step));
    }),
  };
}

/** Makes a dimension `dense / coarse` times as dense. `seen` says which old elements a new one mixes. */
function refine(
  view: InputView,
  dim: number,
  [dense, coarse]: Fraction,
  seen: (index: number) => PixelRange | undefined,
  size: Dim,
): InputView {
  const isMoving = moving(view, dim);
  const movingAxes = view.axes.map((_, axis) => axis).filter(isMoving);
  const alone = movingAxes.every((axis) => partsAlong(view, axis).length === 1) && view.dims[dim]?.length === 1;
  if (movingAxes.length > 0 && !alone) return loseDim(view, dim, size);
  const axes = view.axes.map((axis, index) => {
    const [along] = partsAlong(view, index);
    if (!along || !isMoving(index)) return axis;
    return mapPaths(axis, (coverage) => refined(stepped(coverage, 0, along.step), dense, coarse, seen));
  });
  const steps = axes.map((axis, index) => (isMoving(index) ? (axis.lost ? NaN : 1) : 0));
  return { dims: withDim(view.dims, dim, partsOf(size, steps)), axes };
}

/** Old elements i with v = stride·i − padding + dilation·k for some k of the kernel. Source: PyTorch, ConvTranspose2d. */
function transposedTaps({ kernel, stride, padding, dilation }: Window): (v: number) => PixelRange | undefined {
  return (v) => {
    const hits: number[] = [];
    for (let k = 0; k < kernel; k++) {
      const place = v + padding - k * dilation;
      if (place % stride === 0) hits.push(place / stride);
    }
    return hits.length === 0 ? undefined : [Math.min(...hits), Math.max(...hits)];
  };
}

/**
 * Old elements that a resampled one mixes: nearest takes ⌊v / scale⌋; others those around (v + ½) / scale − ½, only one
 * where that is a whole number. Source: PyTorch, Upsample (align_corners=False).
 */
function resampleTaps([dense, coarse]: Fraction, taps: number): (v: number) => PixelRange {
  return (v) => {
    if (taps <= 1) {
      const at = Math.floor((v * coarse) / dense);
      return [at, at];
    }
    const doubled = (2 * v + 1) * coarse - dense;
    const below = Math.floor(doubled / (2 * dense));
    const isBetween = doubled % (2 * dense) !== 0;
    return isBetween ? [below - (Math.ceil(taps / 2) - 1), below + Math.floor(taps / 2)] : [below, below];
  };
}

function followConcat(dim: number, inputs: readonly (InputView | undefined)[], shape: Shape): InputView | undefined {
  const known = inputs.filter((view) => view !== undefined);
  const at = dim < 0 ? dim + shape.length : dim;
  const moves = (axis: number) => known.some((view) => moving(view, at)(axis));
  const size = shape[at] ?? 1;
  // One after another along height or width: where an element stands no longer says by one formula what it sees.
  const still = known.every((view) => !view.axes.some((_, axis) => moves(axis)));
  const joined = known.map((view) =>
    still ? { dims: withDim(view.dims, at, freeParts(view, size)), axes: view.axes } : loseDim(view, at, size, moves),
  );
  return joined.length === 0 ? undefined : uniteViews(joined, shape);
}

function mixEverything(view: InputView, shape: Shape): InputView {
  const mixed = mixDims(view, new Set(view.dims.map((_, dim) => dim).filter((dim) => dim > 0)));
  return shape.length === view.dims.length ? resized(mixed, undefined, shape) : freed(mixed, shape);
}

/** Gives dimensions that move along no axis any more their new sizes; what has size 1 before and after stays. */
function resized(view: InputView, dims: readonly number[] | undefined, shape: Shape): InputView {
  if (view.dims.length !== shape.length) return loseEverything(view, shape);
  return {
    dims: view.dims.map((parts, dim) => {
      const size = shape[dim] ?? 1;
      const isDone = (dims && !dims.includes(dim)) || (size === 1 && parts.every((part) => part.size === 1));
      return isDone ? parts : freeParts(view, size);
    }),
    axes: view.axes,
  };
}

function freed(view: InputView, shape: Shape): InputView {
  return {
    dims: shape.map((size) => freeParts(view, size)),
    axes: view.axes,
  };
}

/** Of a dimension that moves along no axis. */
function freeParts(view: InputView, size: Dim): readonly Part[] {
  const steps = view.axes.map(() => 0);
  return partsOf(size, steps);
}

function withDim(dims: InputView['dims'], dim: number, parts: readonly Part[]): InputView['dims'] {
  return dims.map((each, at) => (at === dim ? parts : each));
}

/** Loses the axes along which a dimension moves. */
function loseDim(view: InputView, dim: number, size: Dim, isLost = moving(view, dim)): InputView {
  const steps = view.axes.map((_, axis) => (isLost(axis) ? NaN : 0));
  return lose({ dims: withDim(view.dims, dim, partsOf(size, steps)), axes: view.axes }, isLost);
}

function moving(view: InputView, dim: number): (axis: number) => boolean {
  return (axis) => view.dims[dim]?.some(({ steps }) => steps[axis] !== 0) ?? false;
}

/** [numerator, denominator] */
type Fraction = readonly [dense: number, coarse: number];

/** The simplest fraction that a scale stands for: 15 / 7 for 2.142857…; by continued fractions. */
function asFraction(scale: number): Fraction {
  let [before, numerator] = [0, 1];
  let [beforeBelow, denominator] = [1, 0];
  let rest = scale;
  for (let depth = 0; depth < 20; depth++) {
    const whole = Math.floor(rest);
    [before, numerator] = [numerator, whole * numerator + before];
    [beforeBelow, denominator] = [denominator, whole * denominator + beforeBelow];
    if (Math.abs(numerator / denominator - scale) < 1e-9 * scale) break;
    rest = 1 / (rest - whole);
  }
  return [numerator, denominator];
}
