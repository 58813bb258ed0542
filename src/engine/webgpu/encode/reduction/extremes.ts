import type { KernelStep } from '../../../plan';
import { inputOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import type { Encoder } from '../encoder';
import { runLines } from '../line-kernel';
import { reducedLines } from './sums';

/** amax, amin, argmax, argmin: the largest, or where it first stands. NaN counts as the largest, and as the smallest. */
export const encodeExtreme: Encoder = (step, program) => {
  const x = inputOf(step, 0);
  const wantsPlace = step.op.startsWith('arg');
  runLines(program, {
    name: step.op,
    tensors: { x, y: step.output },
    lines: reducedLines(step, x),
    folds: ['first'],
    functions: keyFunction(step, step.op.endsWith('min')),
    body: `  var best = i32(-2147483648);
  var best_place = 0x7fffffffu;
  for (var k = lane; k < count; k += LANES) {
    let key = key_of(load_x(element(k)));
    if (key > best || best_place == 0x7fffffffu) { best = key; best_place = k; }
  }
  let place = u32(first(best, best_place).y);
  if (exists && lane == 0u) { store_y(line, ${wantsPlace ? 'i32(place)' : 'load_x(element(place))'}); }`,
  });
};

/** Words in the order of the values, or the other way round; NaN is the largest in both. */
function keyFunction(step: KernelStep, turned: boolean): string {
  if (inputOf(step, 0).dtype !== 'f32') return `fn key_of(x: i32) -> i32 { return ${turned ? '~x' : 'x'}; }`;
  return `fn key_of(x: f32) -> i32 { return ${turned ? 'select(~order_key(x), 0x7fffffff, is_nan(x))' : 'order_key(x)'}; }`;
}

/** dy where x is the extreme value y: shared evenly where it stands more than once, or the first one's. */
export function encodeExtremeGrad(step: KernelStep, program: ProgramBuilder): void {
  const x = inputOf(step, 1);
  const toFirst = step.attrs['ties'] === 'first';
  const countTies = `  var own_ties = 0;
  for (var k = lane; k < count; k += LANES) { own_ties += select(0, 1, is_same(load_x(element(k)), extreme)); }
  let share = load_dy(dy_place) / f32(word_sum(own_ties));`;
  const findFirst = `  var own_place = 0x7fffffffu;
  for (var k = lane; k < count; k += LANES) {
    if (own_place == 0x7fffffffu && is_same(load_x(element(k)), extreme)) { own_place = k; }
  }
  let place = u32(first(0, own_place).y);
  let share = load_dy(dy_place);`;
  runLines(program, {
    name: step.op,
    tensors: { dy: inputOf(step, 0), x, y: inputOf(step, 2), dx: step.output },
    lines: reducedLines(step, x),
    folds: [toFirst ? 'first' : 'word_sum'],
    functions: 'fn is_same(a: f32, b: f32) -> bool { return a == b || (is_nan(a) && is_nan(b)); }',
    body: `  let dy_place = min(line, p.lines - 1u);
  let extreme = load_y(dy_place);
${toFirst ? findFirst : countTies}
  for (var k = lane; k < count; k += LANES) {
    let i = element(k);
    store_dx(i, select(0.0, share, ${toFirst ? 'k == place' : 'is_same(load_x(i), extreme)'}));
  }`,
  });
}
