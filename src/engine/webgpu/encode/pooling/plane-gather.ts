import type { KernelStep } from '../../../plan';
import { booleanAttribute, numberAttribute } from '../../../steps/attributes';
import { volumesOf } from '../../../steps/volumes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { asWords, nothingWord } from '../as-words';
import { findItems } from '../scatter/item-loop';

export function encodePlaneGather(step: KernelStep, program: ProgramBuilder): void {
  const [x, indices, y] = [inputOf(step, 0), inputOf(step, 1), step.output];
  const { planes } = volumesOf(x, numberAttribute(step.attrs, 'rank'));
  program.forEach({
    name: step.op,
    tensors: { x: asWords(x), indices, y: asWords(y) },
    sizes: { size: sizeOf(x) / planes, places: sizeOf(y) / planes },
    size: sizeOf(y),
    body: `  let index = u32(load_indices(i));
  var value = ${nothingWord};
  if (index < p.size) { value = load_x((i / p.places) * p.size + index); }
  store_y(i, value);`,
  });
}

/** What goes to one place is summed in its order, or the last of it stays. */
export function encodePlaneScatter(step: KernelStep, program: ProgramBuilder): void {
  const [x, indices, y] = [inputOf(step, 0), inputOf(step, 1), step.output];
  const { planes } = volumesOf(x, numberAttribute(step.attrs, 'rank'));
  if (sizeOf(y) === 0) return;
  const [size, places, destinations] = [sizeOf(y) / planes, sizeOf(x) / planes, sizeOf(y)];
  const keys = program.scratch(sizeOf(x), 'i32');
  program.forEach({
    name: 'keys of places',
    tensors: { indices, keys },
    sizes: { size, places, destinations },
    size: sizeOf(x),
    body: `  let index = u32(load_indices(i));
  store_keys(i, i32(select(p.destinations, (i / p.places) * p.size + index, index < p.size)));`,
  });
  const items = findItems(program, {
    keys,
    destinations,
    elements: destinations,
    candidates: { count: places, first: '(i / p.size) * p.places', step: 1 },
  });
  const sums = booleanAttribute(step.attrs, 'sums');
  program.forEach({
    name: step.op,
    tensors: { ...items.tensors, x, y },
    sizes: { ...items.sizes, size, places },
    size: destinations,
    body: `  var value = 0.0;
${items.loop('i', sums ? '    value += load_x(item);' : '    value = load_x(item);')}
  store_y(i, value);`,
  });
}
