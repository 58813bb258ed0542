import type { DType } from '../../../../core/graph/graph';
import type { PadMode } from '../../../../core/ops/padding/pad';
import { isFloat } from '../../../../core/ops/shapes';
import type { KernelStep } from '../../../plan';
import { floatWord, type ProgramBuilder } from '../../program-builder';
import { listAttribute, numberAttribute } from '../attributes';
import type { Encoder } from '../encoder';
import { inputOf, sizeOf } from '../tensors';

/** One padded dimension: the place in x of each place in y, −1 where there is none. */
interface Axis {
  readonly size: number;
  readonly places: readonly number[];
}

/** `constant_pad` and its like. */
export function encodePad(mode: PadMode): Encoder {
  return (step, program) => {
    const x = inputOf(step, 0);
    const { outer, axes } = padAxes(mode, step, x.shape);
    const rowAxes = axes.slice(0, -1);
    const inner = axes.at(-1) ?? identity(1);
    // Rows of x between neighbours along each row dimension.
    const pitches = rowAxes.map((_, d) => rowAxes.slice(d + 1).reduce((rows, axis) => rows * axis.size, 1));
    const rows = outer * rowAxes.reduce((product, { places }) => product * places.length, 1);
    const rowsOfOuter = rowAxes.reduce((product, { size }) => product * size, 1);
    program.command('pad', [
      ...[program.address(x), program.address(step.output), rows, ...innerWords(program, inner)],
      ...[
        mode === 'constant' ? fillWord(numberAttribute(step.attrs, 'value'), step.output.dtype) : 0,
        rowsOfOuter,
        rowAxes.length,
      ],
      ...rowAxes.flatMap(({ places }, d) => [places.length, program.table(places), pitches[d] ?? 1]),
    ]);
  };
}

export function encodePadGrad(step: KernelStep, program: ProgramBuilder): void {
  const dy = inputOf(step, 0);
  const { axes } = padAxes(step.attrs['mode'] as PadMode, step, step.output.shape);
  const [upper = identity(1), lower = identity(1), inner = identity(1)] = [
    ...Array.from({ length: 3 - axes.length }, () => identity(1)),
    ...axes,
  ];
  program.command('pad_grad', [
    ...[program.address(dy), program.address(step.output), sizeOf(step.output) / inner.size],
    ...innerWords(program, inner),
    ...[upper, lower].flatMap((axis) => [axis.size, axis.places.length, ...listWords(program, axis)]),
  ]);
}

/** The padded dimensions, outermost first, and the product of those before. */
function padAxes(mode: PadMode, step: KernelStep, shape: readonly number[]): { outer: number; axes: readonly Axis[] } {
  const [before, after] = [listAttribute(step.attrs, 'before'), listAttribute(step.attrs, 'after')];
  const start = shape.length - before.length;
  let outer = shape.slice(0, start).reduce((product, size) => product * size, 1);
  const sides = before.map((low, d) => ({ size: shape[start + d] ?? 1, low, high: after[d] ?? 0 }));
  if (mode === 'constant') {
    // What is not padded joins its neighbour: rows get longer, row dimensions fewer.
    while (sides.length > 1 && sides[0]?.low === 0 && sides[0].high === 0) outer *= sides.shift()?.size ?? 1;
    for (let last = sides.at(-1); sides.length > 1 && last?.low === 0 && last.high === 0; last = sides.at(-1)) {
      const unit = last.size;
      sides.pop();
      const { size, low, high } = sides.pop() ?? last;
      sides.push({ size: size * unit, low: low * unit, high: high * unit });
    }
  }
  return { outer, axes: sides.map(({ size, low, high }) => ({ size, places: placesOf(mode, size, low, high) })) };
}

/** Source: PyTorch, torch.nn.functional.pad. */
function placesOf(mode: PadMode, size: number, low: number, high: number): readonly number[] {
  // Cropping comes first: what is cut off is not repeated.
  const kept = size + Math.min(low, 0) + Math.min(high, 0);
  return Array.from({ length: size + low + high }, (_, i) => {
    const place = i - low;
    switch (mode) {
      case 'constant':
        return place >= 0 && place < size ? place : -1;
      case 'reflect':
        return place < 0 ? -place : place >= size ? 2 * (size - 1) - place : place;
      case 'replicate':
        return Math.min(Math.max(place, 0), size - 1);
      case 'circular': {
        const first = Math.max(-low, 0);
        return ((((place - first) % kept) + kept) % kept) + first;
      }
    }
  });
}

function identity(size: number): Axis {
  return { size, places: Array.from({ length: size }, (_, i) => i) };
}

/** Sizes of a row of x and of y, the table, and the run of places that stand in x as they do in y. */
function innerWords(program: ProgramBuilder, { size, places }: Axis): readonly number[] {
  let [first, end] = [0, 0];
  for (let begin = 0; begin < places.length; begin = Math.max(begin + 1, end)) {
    let stop = begin;
    while (stop < places.length && (places[stop] ?? -1) >= 0 && places[stop] === (places[begin] ?? 0) + stop - begin) {
      stop++;
    }
    if (stop - begin > end - first) [first, end] = [begin, stop];
  }
  return [size, places.length, program.table(places), first, end];
}

/** For each place of x, the places of y that show it. */
function listWords(program: ProgramBuilder, { size, places }: Axis): readonly number[] {
  const lists = Array.from({ length: size }, (): number[] => []);
  places.forEach((place, i) => lists[place]?.push(i));
  const starts = [0];
  for (const list of lists) starts.push((starts.at(-1) ?? 0) + list.length);
  return [program.table(starts), program.table(lists.flat())];
}

/** The word that a filled place holds. */
export function fillWord(value: number, dtype: DType): number {
  if (dtype === 'bool') return Number(value !== 0);
  return isFloat({ shape: [], dtype }) ? floatWord(value) : Math.trunc(value);
}
