import type { PadMode } from '../../../../core/ops/padding/pad';
import type { KernelStep } from '../../../plan';
import { numberAttribute } from '../../../steps/attributes';
import { identity, padAxes, placeLists, type PadAxis } from '../../../steps/pad-axes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { asWords } from '../as-words';
import type { Encoder } from '../encoder';
import { splitIndex } from '../split-index';
import { fillWord } from '../../../steps/fill-word';

export function encodeConstantPad(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 0);
  const { axes } = padAxes('constant', step, x.shape);
  program.forEach({
    name: step.op,
    tensors: { x: asWords(x), y: asWords(step.output) },
    sizes: axisSizes(axes),
    integers: {
      fill: fillWord(numberAttribute(step.attrs, 'value'), step.output.dtype),
      ...Object.fromEntries(axes.map(({ low }, d) => [`low${d}`, low])),
    },
    size: sizeOf(step.output),
    body: `${splitPlaces(axes)}
  var place = outer;
  var inside = true;
  ${axes
    .map(
      (_, d) => `let from${d} = u32(i32(d${d}) - p.low${d});
  inside = inside && from${d} < p.size${d};
  place = place * p.size${d} + from${d};`,
    )
    .join('\n  ')}
  var value = p.fill;
  if (inside) { value = load_x(place); }
  store_y(i, value);`,
  });
}

/** `reflection_pad` and its like: a table for each dimension says where its places come from. */
export function encodePad(mode: PadMode): Encoder {
  return (step, program) => {
    const x = inputOf(step, 0);
    const { axes } = padAxes(mode, step, x.shape);
    program.forEach({
      name: step.op,
      tensors: { x: asWords(x), y: asWords(step.output), places: program.table(axes.flatMap(({ places }) => places)) },
      sizes: { ...axisSizes(axes), ...tableStarts(axes.map(({ places }) => places.length)) },
      size: sizeOf(step.output),
      body: `${splitPlaces(axes)}
  var place = outer;
  ${axes.map((_, d) => `place = place * p.size${d} + u32(load_places(p.table${d} + d${d}));`).join('\n  ')}
  store_y(i, load_x(place));`,
    });
  };
}

/** Each element of x is the sum of the places that show it. */
export function encodePadGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, dx] = [inputOf(step, 0), step.output];
  const { axes } = padAxes(step.attrs['mode'] as PadMode, step, dx.shape);
  const three = [...Array.from({ length: 3 - axes.length }, () => identity(1)), ...axes];
  const lists = three.map(placeLists);
  const words = lists.flatMap(({ starts, places }) => [...starts, ...places]);
  const starts = lists.flatMap((list) => [list.starts.length, list.places.length]);
  program.forEach({
    name: step.op,
    tensors: { dy, dx, lists: program.table(words) },
    sizes: { ...axisSizes(three), ...tableStarts(starts) },
    size: sizeOf(dx),
    body: `${splitIndex('i', ['outer', 'd0', 'd1', 'd2'], ['', 'p.size0', 'p.size1', 'p.size2'])}
  var sum = 0.0;
  for (var a = load_lists(d0); a < load_lists(d0 + 1u); a++) {
    let slice = outer * p.padded0 + u32(load_lists(p.table1 + u32(a)));
    for (var b = load_lists(p.table2 + d1); b < load_lists(p.table2 + d1 + 1u); b++) {
      let line = slice * p.padded1 + u32(load_lists(p.table3 + u32(b)));
      for (var c = load_lists(p.table4 + d2); c < load_lists(p.table4 + d2 + 1u); c++) {
        sum += load_dy(line * p.padded2 + u32(load_lists(p.table5 + u32(c))));
      }
    }
  }
  store_dx(i, sum);`,
  });
}

function splitPlaces(axes: readonly PadAxis[]): string {
  const names = ['outer', ...axes.map((_, d) => `d${d}`)];
  return splitIndex('i', names, ['', ...axes.map((_, d) => `p.padded${d}`)]);
}

function axisSizes(axes: readonly PadAxis[]): Record<string, number> {
  return Object.fromEntries(
    axes.flatMap(({ size, places }, d) => [
      [`size${d}`, size],
      [`padded${d}`, places.length],
    ]),
  );
}

/** Where lists of these lengths begin that stand one behind the other. */
function tableStarts(lengths: readonly number[]): Record<string, number> {
  let start = 0;
  return Object.fromEntries(
    lengths.map((length, index) => {
      const own = start;
      start += length;
      return [`table${index}`, own];
    }),
  );
}
