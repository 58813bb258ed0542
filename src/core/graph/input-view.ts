import type { Coverage, PixelRange } from './coverage';
import {
  constant,
  enclosing,
  greatestCommonDivisor,
  jumpOf,
  ownPixel,
  rangeAt,
  sizeOf,
  stepped,
  united,
  windowed,
} from './coverage';
import { divideExactly, multiplyDims, type Dim } from './dim';
import type { Shape } from './graph';

/**
 * What the elements of a tensor see of the network's input. A dimension's index is made of parts (more than one after a
 * view has merged dimensions); the position on an axis is the sum of the parts' indices, each times its step, and the
 * axis says which pixels are seen from that position. So permutes, views that split and merge dimensions (windows of
 * attention, channels last) and slices lose nothing.
 */
export interface InputView {
  /** For each dimension of the tensor its parts, outermost first; none for a size of 1. */
  readonly dims: readonly (readonly Part[])[];
  /** For each spatial dimension of the input. */
  readonly axes: readonly Axis[];
}

export interface Part {
  readonly size: Dim;
  /** For each axis; 0: the part does not move along it, NaN: it may, nobody knows how. */
  readonly steps: readonly number[];
}

export interface Axis {
  /** Size of the input along it. */
  readonly length: Dim;
  /** A path sees all of it from everywhere. */
  readonly seesAll: boolean;
  /** The union of the other paths, and the smallest of them; null: there are none, or (`lost`) they are not known. */
  readonly paths: { readonly all: Coverage; readonly smallest: Coverage } | null;
  readonly lost: boolean;
  /** A part of the input or of a map was cut away: all positions together need not see everything. */
  readonly cropped: boolean;
}

/** Of the input itself: `spatial` are the numbers of its spatial dimensions. */
export function viewOfInput(shape: Shape, spatial: readonly number[]): InputView {
  return {
    dims: shape.map((size, dim) =>
      partsOf(
        size,
        spatial.map((axisDim) => (axisDim === dim ? 1 : 0)),
      ),
    ),
    axes: spatial.map((dim) => ({
      length: shape[dim] ?? 1,
      seesAll: false,
      paths: { all: ownPixel, smallest: ownPixel },
      lost: false,
      cropped: false,
    })),
  };
}

/** A dimension's parts where it is one piece. A size of 1 keeps its steps: what is computed from it may be larger. */
export function partsOf(size: Dim, steps: readonly number[]): readonly Part[] {
  return size === 1 && steps.every((step) => step === 0) ? [] : [{ size, steps }];
}

/** Replaces an axis' coverages by what `change` makes of them; where that is undefined the axis is lost. */
export function mapPaths(axis: Axis, change: (coverage: Coverage) => Coverage | undefined): Axis {
  if (!axis.paths) return axis;
  const all = change(axis.paths.all);
  const smallest = axis.paths.all === axis.paths.smallest ? all : change(axis.paths.smallest);
  return all && smallest ? { ...axis, paths: { all, smallest } } : loseAxis(axis);
}

export function loseAxis(axis: Axis): Axis {
  return axis.paths ? { ...axis, paths: null, lost: true } : axis;
}

/** The same view, with these axes lost: the parts that moved along them still say so. */
export function lose(view: InputView, isLost: (axis: number) => boolean): InputView {
  return {
    dims: view.dims.map((parts) => mapSteps(parts, (step, axis) => (step !== 0 && isLost(axis) ? NaN : step))),
    axes: view.axes.map((axis, index) => (isLost(index) ? loseAxis(axis) : axis)),
  };
}

/** Of a tensor of that shape, where nothing is known of how it came about. */
export function loseEverything(view: InputView, shape: Shape): InputView {
  const all = view.axes.map(() => NaN);
  return lose({ dims: shape.map((size) => partsOf(size, all)), axes: view.axes }, () => true);
}

/** The parts that move along an axis, with the dimension that they are in. */
export function partsAlong(view: InputView, axis: number): PartAlong[] {
  const along: PartAlong[] = [];
  view.dims.forEach((parts, dim) => {
    for (const part of parts) {
      const step = part.steps[axis] ?? 0;
      if (step !== 0) along.push({ part, dim, step });
    }
  });
  return along;
}

export interface PartAlong {
  readonly part: Part;
  readonly dim: number;
  readonly step: number;
}

export function mapSteps(parts: readonly Part[], change: (step: number, axis: number) => number): readonly Part[] {
  return parts.map((part) => ({ ...part, steps: part.steps.map(change) }));
}

/** Gives an axis that one part moves along that part's step 1 (several: steps without a common factor): equal views are then written equally. */
export function normalizeView(view: InputView): InputView {
  return view.axes.reduce<InputView>((current, axis, index) => {
    const steps = partsAlong(current, index).map(({ step }) => Math.abs(step));
    if (!axis.paths || steps.some(Number.isNaN)) return current;
    const common = steps.reduce(greatestCommonDivisor, 0);
    if (common <= 1) return current;
    const rescaled = mapPaths(axis, (coverage) => stepped(coverage, 0, common));
    return {
      dims: current.dims.map((parts) => mapSteps(parts, (step, at) => (at === index ? step / common : step))),
      axes: current.axes.map((each, at) => (at === index ? rescaled : each)),
    };
  }, view);
}

/** Every element sees what all elements along these dimensions saw together. */
export function mixDims(view: InputView, mixed: ReadonlySet<number>): InputView {
  const axes = view.axes.map((axis, index): Axis => {
    const along = partsAlong(view, index);
    const gone = along.filter(({ dim, part }) => mixed.has(dim) && part.size !== 1);
    if (gone.length === 0) return axis;
    if (gone.length === along.filter(({ part }) => part.size !== 1).length) return mixAll(axis, along);
    const paths = gone.reduce<Axis>((current, { part, step }) => {
      const { size } = part;
      return mapPaths(current, (coverage) =>
        typeof size === 'number' && !Number.isNaN(step) ? windowed(coverage, size, step, 0) : undefined,
      );
    }, axis);
    return paths;
  });
  const free = view.dims.map((parts, dim) =>
    mixed.has(dim)
      ? parts.map((part) => (part.size === 1 ? part : { ...part, steps: part.steps.map(() => 0) }))
      : parts,
  );
  return normalizeView({ dims: free, axes });
}

/** All positions of an axis together: mostly the whole input along it, but for what was cut away. */
function mixAll(axis: Axis, along: readonly { readonly part: Part; readonly step: number }[]): Axis {
  const seesAll: Axis = { ...axis, seesAll: true, paths: null, lost: false };
  if (!axis.paths) return axis.lost && axis.cropped && !axis.seesAll ? axis : seesAll;
  const range = (coverage: Coverage) => rangeOverAll(coverage, along);
  const all = range(axis.paths.all);
  const smallest = range(axis.paths.smallest);
  if (!all || !smallest || typeof axis.length !== 'number') return axis.cropped ? loseAxis(axis) : seesAll;
  // What strides leave over at the end is less than a jump: nobody would call that a part of the input.
  const slack = Math.max(0, axis.paths.all.advance - 1);
  if (all[0] <= slack && all[1] >= axis.length - 1 - slack) return seesAll;
  return { ...axis, paths: { all: constant(all), smallest: constant(smallest) } };
}

function rangeOverAll(
  coverage: Coverage,
  along: readonly { readonly part: Part; readonly step: number }[],
): PixelRange | undefined {
  const [from, to] = [0, 0].map((_, end) =>
    along.reduce((sum, { part, step }) => {
      const last = typeof part.size === 'number' ? part.size - 1 : NaN;
      return sum + (step > 0 === (end === 1) ? last * step : 0);
    }, 0),
  ) as [number, number];
  if (Number.isNaN(from + to)) return undefined;
  const ranges = [];
  for (let u = from; u <= to; u++) ranges.push(rangeAt(coverage, u));
  return [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))];
}

/** What an element-wise op over tensors that are broadcast to `shape` sees: the union. */
export function uniteViews(views: readonly InputView[], shape: Shape): InputView {
  if (views.some((view) => view.dims.length > shape.length)) {
    return uniteViews(
      views.map((view) => loseEverything(view, shape)),
      shape,
    );
  }
  const [first, ...rest] = views.map((view) => normalizeView(broadcastView(view, shape)));
  if (!first) throw new Error('There is nothing to unite');
  return rest.reduce((united, view) => uniteTwo(united, view), first);
}

function broadcastView(view: InputView, shape: Shape): InputView {
  const none = view.axes.map(() => 0);
  const missing = shape.length - view.dims.length;
  // A size of 1 that is repeated: its index stays 0.
  const isRepeated = (size: Dim, dim: number) =>
    size !== 1 && (view.dims[dim - missing] ?? []).every((part) => part.size === 1);
  if (missing === 0 && !shape.some(isRepeated)) return view;
  const dims = shape.map((size, dim) =>
    isRepeated(size, dim) ? [{ size, steps: none }] : (view.dims[dim - missing] ?? []),
  );
  return { dims, axes: view.axes };
}

function uniteTwo(a: InputView, b: InputView): InputView {
  if (a === b) return a;
  const isAlike = isSameDims(a.dims, b.dims);
  const dims = isAlike ? a.dims : a.dims.map((parts, dim) => uniteParts(parts, b.dims[dim] ?? []));
  const clashes = (axis: number) =>
    dims.some((parts, dim) => !parts && [...(a.dims[dim] ?? []), ...(b.dims[dim] ?? [])].some(moves(axis)));
  const axes = a.axes.map((axis, index): Axis => {
    const other = b.axes[index] ?? axis;
    const both = {
      length: axis.length,
      seesAll: axis.seesAll || other.seesAll,
      cropped: axis.cropped && other.cropped,
    };
    if (axis.lost || other.lost || clashes(index)) return { ...both, paths: null, lost: true };
    if (!axis.paths || !other.paths) return { ...both, paths: axis.paths ?? other.paths, lost: false };
    const [left, right] = [stillPaths(a, index, axis.paths), stillPaths(b, index, other.paths)];
    const all =
      (isAlike ? united(left.all, right.all) : undefined) ??
      uniteCoverages(left.all, right.all, placesOf(a, index), placesOf(b, index), axis.length);
    const smallest = sizeOf(right.smallest) < sizeOf(left.smallest) ? right.smallest : left.smallest;
    return all ? { ...both, paths: { all, smallest }, lost: false } : { ...both, paths: null, lost: true };
  });
  const result = { dims: dims.map((parts, dim) => parts ?? clash(a.dims[dim] ?? [], b.dims[dim] ?? [])), axes };
  return axes.some(({ lost }) => lost) ? lose(result, (axis) => axes[axis]?.lost === true) : result;
}

function isSameDims(a: InputView['dims'], b: InputView['dims']): boolean {
  return a.every((parts, dim) => {
    const others = b[dim] ?? [];
    return (
      parts === others ||
      (parts.length === others.length &&
        parts.every((part, index) => {
          const other = others[index];
          return part.size === other?.size && part.steps.every((step, axis) => step === other.steps[axis]);
        }))
    );
  });
}

/** Where a view does not move along an axis, what it sees from everywhere is what it sees from position 0. */
function stillPaths(view: InputView, axis: number, paths: NonNullable<Axis['paths']>): NonNullable<Axis['paths']> {
  if (partsAlong(view, axis).length > 0) return paths;
  return { all: constant(rangeAt(paths.all, 0)), smallest: constant(rangeAt(paths.smallest, 0)) };
}

interface Places {
  /** Equal for views that move along the axis in the same way; '' for one that stands still. */
  readonly key: string;
  /** How many positions there are, where one part moves and its size is known. */
  readonly count: number | undefined;
}

function placesOf(view: InputView, axis: number): Places {
  const along = partsAlong(view, axis);
  const size = along.length === 1 ? along[0]?.part.size : undefined;
  return {
    key: along.map(({ part, dim, step }) => `${dim}:${part.size}:${step}`).join(),
    count: typeof size === 'number' ? size : undefined,
  };
}

function uniteCoverages(a: Coverage, b: Coverage, atA: Places, atB: Places, length: Dim): Coverage | undefined {
  if (atA.key !== atB.key && atA.key !== '' && atB.key !== '') return undefined;
  const together = united(a, b);
  if (together) return together;
  const count = atA.key === '' ? atB.count : atA.count;
  if (count === undefined) return undefined;
  // The path that keeps pace with the input is the better one to go by.
  const pace = typeof length === 'number' ? length / count : Infinity;
  const aIsNearer = Math.abs(jumpOf(a) - pace) <= Math.abs(jumpOf(b) - pace);
  return aIsNearer ? enclosing(a, b, count) : enclosing(b, a, count);
}

function moves(axis: number): (part: Part) => boolean {
  return ({ steps }) => steps[axis] !== 0;
}

/** One dimension's parts in both views; undefined where they are cut differently. */
function uniteParts(a: readonly Part[], b: readonly Part[]): readonly Part[] | undefined {
  const move = (parts: readonly Part[]) => parts.some(({ steps }) => steps.some((step) => step !== 0));
  if (a.length !== b.length || a.some((part, index) => part.size !== b[index]?.size)) {
    if (!move(a)) return b;
    return move(b) ? undefined : a;
  }
  return a.map((part, index) => {
    const other = b[index]?.steps ?? [];
    return { size: part.size, steps: part.steps.map((step, axis) => (step === 0 ? (other[axis] ?? 0) : step)) };
  });
}

function clash(a: readonly Part[], b: readonly Part[]): readonly Part[] {
  const size = a.reduce<Dim>((product, part) => multiplyDims(product, part.size), 1);
  const steps = (a[0] ?? b[0])?.steps ?? [];
  return [{ size, steps: steps.map((_, axis) => ([...a, ...b].some(moves(axis)) ? NaN : 0)) }];
}

/** The same elements under another shape. Axes whose parts would have to be cut where they can't be are lost. */
export function reshapeView(view: InputView, shape: Shape): InputView {
  const queue = joinFree(view.dims.flat().filter((part) => part.size !== 1));
  const dims: (readonly Part[])[] = [];
  for (const size of shape) {
    const taken = takeParts(queue, size);
    if (!taken) break;
    dims.push(taken);
  }
  if (dims.length === shape.length) return normalizeView({ dims, axes: view.axes });
  const moving = (axis: number) => queue.some(moves(axis));
  const rest = shape
    .slice(dims.length)
    .map((size) => ({ size, steps: view.axes.map((_, axis) => (moving(axis) ? NaN : 0)) }));
  return lose({ dims: [...dims, ...rest.map((part) => [part])], axes: view.axes }, moving);
}

/** Neighbouring parts that move along no axis are one. */
function joinFree(parts: readonly Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const before = joined.at(-1);
    const free = (each: Part) => each.steps.every((step) => step === 0);
    if (before && free(before) && free(part))
      joined.splice(-1, 1, { ...part, size: multiplyDims(before.size, part.size) });
    else joined.push(part);
  }
  return joined;
}

/** Takes parts of that size from the front of the queue; undefined (the queue as it was) where none fit. */
function takeParts(queue: Part[], size: Dim): readonly Part[] | undefined {
  const taken: Part[] = [];
  const rest = [...queue];
  let missing = size;
  while (missing !== 1) {
    const part = rest.shift();
    if (!part) return undefined;
    const more = divideExactly(missing, part.size);
    if (more !== undefined && more !== 0) {
      taken.push(part);
      missing = more;
      continue;
    }
    const inner = divideExactly(part.size, missing);
    const moves = part.steps.some((step) => step !== 0);
    if (inner === undefined || (moves && typeof inner !== 'number')) return undefined;
    const factor = typeof inner === 'number' ? inner : 0;
    taken.push({ size: missing, steps: part.steps.map((step) => step * factor) });
    rest.unshift({ size: inner, steps: part.steps });
    missing = 1;
  }
  queue.splice(0, queue.length, ...rest);
  return taken;
}
