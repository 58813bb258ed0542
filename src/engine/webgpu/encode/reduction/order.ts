import type { KernelStep, PlanTensor } from '../../../plan';
import { numberAttribute } from '../../../steps/attributes';
import { aroundDim, inputOf } from '../../../steps/tensors';
import type { WorkTensor } from '../../kernel-call';
import type { ProgramBuilder } from '../../program-builder';
import type { Encoder } from '../encoder';
import { runLines } from '../line-kernel';
import { reducedLines } from './sums';

type Layout = readonly [outer: number, length: number, inner: number];

/** The places of each line's elements in order, line by line; of equal values the first comes first, NaN is the largest. */
interface Sorted {
  readonly places: WorkTensor;
  /** Elements of `places` for each line. */
  readonly pitch: number;
}

/** Where each line's elements stand in order: all of them, or the first k. */
export const encodeOrder: Encoder = (step, program) => {
  const { attrs, op } = step;
  const layout = aroundDim(inputOf(step, 0), numberAttribute(attrs, 'dim'));
  const isTop = op === 'argtopk';
  const descending = isTop ? attrs['largest'] !== false : attrs['descending'] === true;
  copyPlaces(step, program, layout, descending, [0, isTop ? numberAttribute(attrs, 'k') : layout[1]]);
};

/** Where the k-th smallest stands. */
export const encodeRank: Encoder = (step, program) => {
  copyPlaces(step, program, reducedLayout(step), false, [numberAttribute(step.attrs, 'k') - 1, 1]);
};

/** Where the lower one of two in the middle stands; NaN where there is one. */
export const encodeMedian: Encoder = (step, program) => {
  const layout = reducedLayout(step);
  const x = inputOf(step, 0);
  const [outer, length, inner] = layout;
  const { places, pitch } = sortLines(program, x, layout, false);
  const firstNan = `  if (is_nan(load_x(place_of(line, load_places(own + p.length - 1u))))) {
    var low = 0u;
    var high = p.length - 1u;
    while (low < high) {
      let middle = (low + high) / 2u;
      if (is_nan(load_x(place_of(line, load_places(own + middle))))) { high = middle; } else { low = middle + 1u; }
    }
    wanted = low;
  }`;
  program.forEach({
    name: step.op,
    tensors: { places, x, y: step.output },
    sizes: { length, inner, pitch },
    size: outer * inner,
    functions: placeFunction,
    body: `  let line = i;
  let own = line * p.pitch;
  var wanted = (p.length - 1u) / 2u;
${x.dtype === 'f32' ? firstNan : ''}
  store_y(line, load_places(own + wanted));`,
  });
};

/** Where the smallest of the most frequent values stands last. */
export const encodeMode: Encoder = (step, program) => {
  const layout = reducedLayout(step);
  const x = inputOf(step, 0);
  const [outer, length, inner] = layout;
  const { places, pitch } = sortLines(program, x, layout, false);
  const lines = outer * inner;
  // How often the value occurs that ends here in the order, 0 within equal ones.
  const counts = program.scratch(lines * length, 'i32');
  program.forEach({
    name: `${step.op}: counts`,
    tensors: { places, x, counts },
    sizes: { length, inner, pitch },
    size: lines * length,
    functions: `${placeFunction}\n${keyFunction(x)}
fn key_at(line: u32, k: u32) -> i32 { return key_of(load_x(place_of(line, load_places(line * p.pitch + k)))); }`,
    body: `  let line = i / p.length;
  let k = i % p.length;
  let key = key_at(line, k);
  var count = 0;
  if (k + 1u == p.length || key_at(line, k + 1u) != key) {
    var low = 0u;
    var high = k;
    while (low < high) {
      let middle = (low + high) / 2u;
      if (key_at(line, middle) < key) { low = middle + 1u; } else { high = middle; }
    }
    count = i32(k - low) + 1;
  }
  store_counts(i, count);`,
  });
  runLines(program, {
    name: step.op,
    tensors: { places, counts, y: step.output },
    sizes: { pitch },
    lines: { outer: lines, length, inner: 1 },
    folds: ['first'],
    body: `  var best = 0;
  var best_place = 0x7fffffffu;
  for (var k = lane; k < count; k += LANES) {
    let occurrences = load_counts(element(k));
    if (occurrences > best) { best = occurrences; best_place = k; }
  }
  let place = u32(first(best, best_place).y);
  if (exists && lane == 0u) { store_y(line, load_places(line * p.pitch + place)); }`,
  });
};

function copyPlaces(
  step: KernelStep,
  program: ProgramBuilder,
  layout: Layout,
  descending: boolean,
  [skipped, count]: readonly [skipped: number, count: number],
): void {
  const [outer, , inner] = layout;
  const { places, pitch } = sortLines(program, inputOf(step, 0), layout, descending);
  program.forEach({
    name: step.op,
    tensors: { places, y: step.output },
    sizes: { inner, pitch, skipped, count },
    size: outer * count * inner,
    body: `  let line = (i / (p.inner * p.count)) * p.inner + i % p.inner;
  store_y(i, load_places(line * p.pitch + p.skipped + (i / p.inner) % p.count));`,
  });
}

/** Up to so many elements each one's place is found by counting those before it. */
const longestCounted = 2048;

function sortLines(program: ProgramBuilder, x: PlanTensor, layout: Layout, descending: boolean): Sorted {
  const [outer, length, inner] = layout;
  const lines = outer * inner;
  const key = keyFunction(x, descending);
  if (length > longestCounted) return sortLongLines(program, x, layout, key);
  const places = program.scratch(lines * length, 'i32');
  program.forEach({
    name: 'order by counting',
    tensors: { x, places },
    sizes: { length, inner },
    size: lines * length,
    functions: `${placeFunction}\n${key}`,
    body: `  let line = i / p.length;
  let own = i % p.length;
  let own_key = key_of(load_x(place_of(line, i32(own))));
  var rank = 0u;
  for (var k = 0u; k < p.length; k++) {
    let other = key_of(load_x(place_of(line, i32(k))));
    if (other < own_key || (other == own_key && k < own)) { rank++; }
  }
  store_places(line * p.length + rank, i32(own));`,
  });
  return { places, pitch: length };
}

/** Batcher's bitonic sort (1968) of key and place, which no two elements share; places beyond the length come last. */
function sortLongLines(program: ProgramBuilder, x: PlanTensor, [outer, length, inner]: Layout, key: string): Sorted {
  const lines = outer * inner;
  const pitch = 2 ** Math.ceil(Math.log2(length));
  const places = program.scratch(lines * pitch, 'i32');
  program.forEach({
    name: 'order: places',
    tensors: { places },
    sizes: { pitch },
    size: lines * pitch,
    body: '  store_places(i, i32(i % p.pitch));',
  });
  for (let run = 2; run <= pitch; run *= 2) {
    for (let distance = run / 2; distance >= 1; distance /= 2) {
      program.forEach({
        name: 'order by exchanges',
        tensors: { x, places },
        sizes: { length, inner, pitch, run, distance },
        size: (lines * pitch) / 2,
        functions: `${placeFunction}\n${key}
fn comes_before(line: u32, a: i32, b: i32) -> bool {
  if (u32(a) >= p.length || u32(b) >= p.length) { return a < b; }
  let left = key_of(load_x(place_of(line, a)));
  let right = key_of(load_x(place_of(line, b)));
  return left < right || (left == right && a < b);
}`,
        body: `  let half = p.pitch / 2u;
  let line = i / half;
  let pair = i % half;
  let first = (pair / p.distance) * 2u * p.distance + pair % p.distance;
  let left = line * p.pitch + first;
  let a = load_places(left);
  let b = load_places(left + p.distance);
  let rises = (first & p.run) == 0u;
  if (comes_before(line, b, a) == rises) {
    store_places(left, b);
    store_places(left + p.distance, a);
  }`,
      });
    }
  }
  return { places, pitch };
}

/** Where element k of a line stands. */
const placeFunction = `fn place_of(line: u32, k: i32) -> u32 {
  return ((line / p.inner) * p.length + u32(k)) * p.inner + line % p.inner;
}`;

/** Words in the order of the values, or the other way round. */
function keyFunction({ dtype }: PlanTensor, descending = false): string {
  const turn = descending ? '~' : '';
  if (dtype === 'f32') return `fn key_of(x: f32) -> i32 { return ${turn}order_key(x); }`;
  return `fn key_of(x: i32) -> i32 { return ${turn}x; }`;
}

function reducedLayout(step: KernelStep): Layout {
  const { outer, length, inner } = reducedLines(step, inputOf(step, 0));
  return [outer, length, inner];
}
