import type { KernelStep } from '../../../plan';
import { booleanAttribute, numberAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { gatherRows, rowItems } from '../shape/gather';

export function encodeEmbedding(step: KernelStep, program: ProgramBuilder): void {
  const [index, weight] = [inputOf(step, 0), inputOf(step, 1)];
  const [rows = 1, columns = 1] = weight.shape;
  const sizes = { outer: 1, size: rows, inner: columns, count: sizeOf(index) };
  gatherRows(program, step.op, { x: weight, index, y: step.output, kind: 'rows', sizes });
}

/** Each row gets the sum of what was made of it, or with `byFrequency` the mean. */
export function encodeEmbeddingGrad(step: KernelStep, program: ProgramBuilder): void {
  const [dy, index, dweight] = [inputOf(step, 0), inputOf(step, 1), step.output];
  const [rows = 1, columns = 1] = dweight.shape;
  const skipped = step.attrs['paddingIdx'] === null ? -1 : numberAttribute(step.attrs, 'paddingIdx');
  const count = sizeOf(index);
  const items = rowItems(program, index, { outer: 1, size: rows, inner: columns, count }, sizeOf(dweight), { skipped });
  program.forEach({
    name: step.op,
    tensors: { ...items.tensors, dy, dweight },
    sizes: { ...items.sizes, columns, by_frequency: Number(booleanAttribute(step.attrs, 'byFrequency')) },
    size: sizeOf(dweight),
    body: `  var sum = 0.0;
  var times = 0u;
${items.loop(
  '(i / p.columns)',
  `    sum += load_dy(item * p.columns + i % p.columns);
    times++;`,
)}
  if (p.by_frequency != 0u && times > 1u) { sum /= f32(times); }
  store_dweight(i, sum);`,
  });
}

/** 1 at the class, else 0. */
export function encodeOneHot(step: KernelStep, program: ProgramBuilder): void {
  program.forEach({
    name: step.op,
    tensors: { index: inputOf(step, 0), y: step.output },
    sizes: { classes: numberAttribute(step.attrs, 'classes') },
    size: sizeOf(step.output),
    body: '  store_y(i, i32(u32(load_index(i / p.classes)) == i % p.classes));',
  });
}
