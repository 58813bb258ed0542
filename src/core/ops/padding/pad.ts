import { addDims, formatShape, type Dim } from '../../graph/dim';
import type { Shape } from '../../graph/graph';
import type { Arguments } from '../arguments';
import { OpError, type ModuleBinding, type OpDefinition } from '../op';
import { readDimList, readDims } from '../read-sizes';
import { inputAt } from '../shapes';
import { formatSize, paddingTerms, spatialFormulas } from '../size-formulas';

export type PadMode = 'constant' | 'reflect' | 'replicate' | 'circular';

export type PadAttributes = {
  /** Elements put before each of the last dimensions, outermost first; negative: cut off. */
  readonly before: readonly Dim[];
  readonly after: readonly Dim[];
};

const kinds: Readonly<Record<PadMode, { readonly op: string; readonly layer: string }>> = {
  constant: { op: 'constant_pad', layer: 'ConstantPad' },
  reflect: { op: 'reflection_pad', layer: 'ReflectionPad' },
  replicate: { op: 'replication_pad', layer: 'ReplicationPad' },
  circular: { op: 'circular_pad', layer: 'CircularPad' },
};

/**
 * What all padding ops share: `[…, size]` → `[…, before + size + after]` in the last dimensions.
 * Source: PyTorch, torch.nn.functional.pad.
 */
export function padding(mode: PadMode): OpDefinition<PadAttributes> {
  const { op, layer } = kinds[mode];
  return {
    name: op,
    halfStorage: true,
    title: layer,
    inferType(inputs, { before, after }) {
      const input = inputAt(inputs, 0);
      const shape = paddedShape(`${layer}${before.length}d`, mode, input.shape, before, after);
      return { shape, dtype: input.dtype };
    },
    // Mirrored and repeated elements stand for those beyond the border: they widen nothing.
    receptiveField: (_inputs, { before }) =>
      before.every((size) => typeof size === 'number') ? { kind: 'pad', before } : { kind: 'global' },
    formulas(inputs, output, { before, after }) {
      const rank = before.length;
      const [input, result] = [inputAt(inputs, 0).shape.slice(-rank), output.shape.slice(-rank)];
      return spatialFormulas(rank, (axis) => {
        const [size = 0, padded = 0] = [input[axis], result[axis]];
        const terms = paddingTerms(before[axis] ?? 0, after[axis] ?? 0);
        return terms === '' ? undefined : `${formatSize(size)}${terms} = ${formatSize(padded)}`;
      });
    },
    symbolicAttributes: ['before', 'after'],
  };
}

/** Layers of one mode: `ReflectionPad1d` … `ReflectionPad3d`. */
export function padModules(mode: PadMode, layer: string = kinds[mode].layer): readonly ModuleBinding[] {
  return [1, 2, 3].map((rank) => ({
    name: `${layer}${rank}d`,
    signature: 'padding',
    build: (args) => ({ op: kinds[mode].op, attrs: readModulePadding(`${layer}${rank}d`, args, rank), tensors: [] }),
  }));
}

export function padOpName(mode: PadMode): string {
  return kinds[mode].op;
}

export function isPadMode(name: string): name is PadMode {
  return name in kinds;
}

/** `padding=1`, or as `torch.nn.functional.pad` wants it. */
export function readModulePadding(title: string, args: Arguments, rank: number): PadAttributes {
  if (args.value('padding').kind === 'sequence') return fromPairs(title, readDimList(title, args, 'padding'));
  const sizes = readDims(title, args, 'padding', rank);
  return { before: sizes, after: sizes };
}

/** PyTorch's order is that of the last dimension first: (left, right, top, bottom, …). */
export function fromPairs(title: string, sizes: readonly Dim[]): PadAttributes {
  if (sizes.length % 2 !== 0) {
    throw new OpError(`${title}: padding needs two sizes for each dimension, got ${formatShape(sizes)}.`);
  }
  const before: Dim[] = [];
  const after: Dim[] = [];
  for (let index = 0; index < sizes.length; index += 2) {
    before.unshift(sizes[index] ?? 0);
    after.unshift(sizes[index + 1] ?? 0);
  }
  return { before, after };
}

/** The padded shape, checked as PyTorch checks it; what depends on symbols is taken to fit. */
export function paddedShape(
  title: string,
  mode: PadMode,
  input: Shape,
  before: readonly Dim[],
  after: readonly Dim[],
): Shape {
  const padded = before.length;
  if (padded > input.length || (mode !== 'constant' && !isRankFor(padded, input.length))) {
    throw new OpError(`${title}: an input of shape ${formatShape(input)} cannot be padded in ${padded} dimensions.`);
  }
  const start = input.length - padded;
  const output = input.map((size, index) => {
    const [low, high] = [before[index - start] ?? 0, after[index - start] ?? 0];
    if (index < start) return size;
    requirePaddingFits(title, mode, input, size, [low, high]);
    return addDims(size, addDims(low, high));
  });
  const changed = output.slice(start);
  if (mode !== 'constant' && changed.length > 0 && changed.every((size) => size === 0)) {
    throw new OpError(`${title}: nothing is left of the input of shape ${formatShape(input)}.`);
  }
  return output;
}

/** Sequences, images and volumes, with or without a batch. */
function isRankFor(padded: number, rank: number): boolean {
  return padded >= 1 && padded <= 3 && (rank === padded + 1 || rank === padded + 2);
}

function requirePaddingFits(
  title: string,
  mode: PadMode,
  input: Shape,
  size: Dim,
  [low, high]: readonly [Dim, Dim],
): void {
  if (typeof size !== 'number' || typeof low !== 'number' || typeof high !== 'number') return;
  const largest = Math.max(low, high);
  if (mode === 'reflect' && largest >= size) {
    throw new OpError(
      `${title}: the padding (${low}, ${high}) must be smaller than the size ${size} that it mirrors (input of shape ${formatShape(input)}).`,
    );
  }
  if (mode === 'circular' && largest > size) {
    throw new OpError(
      `${title}: the padding (${low}, ${high}) must not be larger than the size ${size} that it repeats (input of shape ${formatShape(input)}).`,
    );
  }
  if (size + Math.min(low, 0) + Math.min(high, 0) < 0 && (mode === 'constant' || size + low + high < 0)) {
    throw new OpError(
      `${title}: the padding (${low}, ${high}) cuts off more than the size ${size} (input of shape ${formatShape(input)}).`,
    );
  }
}
