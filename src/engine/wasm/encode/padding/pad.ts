import type { PadMode } from '../../../../core/ops/padding/pad';
import type { KernelStep } from '../../../plan';
import { type ProgramBuilder } from '../../program-builder';
import { numberAttribute } from '../../../steps/attributes';
import type { Encoder } from '../encoder';
import { inputOf, sizeOf } from '../../../steps/tensors';
import { identity, padAxes, placeLists, type PadAxis } from '../../../steps/pad-axes';
import { fillWord } from '../../../steps/fill-word';

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

/** Sizes of a row of x and of y, the table, and the run of places that stand in x as they do in y. */
function innerWords(program: ProgramBuilder, { size, places }: PadAxis): readonly number[] {
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

function listWords(program: ProgramBuilder, axis: PadAxis): readonly number[] {
  const { starts, places } = placeLists(axis);
  return [program.table(starts), program.table(places)];
}
