import type { KernelStep } from '../../../plan';
import { listAttribute } from '../../../steps/attributes';
import { inputOf, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { asWords } from '../as-words';
import { splitIndex } from '../split-index';
import { denseStrides, encodeMove } from './move';

export function encodeFlip(step: KernelStep, program: ProgramBuilder): void {
  const { shape } = step.output;
  const flipped = listAttribute(step.attrs, 'dims');
  const strides = denseStrides(shape);
  let first = 0;
  for (const dim of flipped) first += ((shape[dim] ?? 1) - 1) * (strides[dim] ?? 0);
  const steps = strides.map((stride, dim) => (flipped.includes(dim) ? -stride : stride));
  const dims = shape.map((size, dim) => ({ size, source: steps[dim] ?? 0 }));
  encodeMove(program, { name: step.op, from: inputOf(step, 0), to: step.output, first, dims });
}

/** Along each rolled dimension the elements come from `back` places behind, and from the beginning where the end is passed. */
export function encodeRoll(step: KernelStep, program: ProgramBuilder): void {
  const [dims, shifts] = [listAttribute(step.attrs, 'dims'), listAttribute(step.attrs, 'shifts')];
  const rolled = mergeUnrolled(
    step.output.shape.map((size, dim) => {
      const at = dims.indexOf(dim);
      const shift = at < 0 || size === 0 ? 0 : (shifts[at] ?? 0) % size;
      return { size, back: shift > 0 ? size - shift : -shift };
    }),
  );
  const strides = denseStrides(rolled.map(({ size }) => size));
  const names = rolled.map((_, dim) => `d${dim}`);
  program.forEach({
    name: step.op,
    tensors: { x: asWords(inputOf(step, 0)), y: asWords(step.output) },
    sizes: Object.fromEntries(
      rolled.flatMap(({ size, back }, dim) => [
        [`size${dim}`, size],
        [`back${dim}`, back],
        [`step${dim}`, strides[dim] ?? 1],
      ]),
    ),
    size: sizeOf(step.output),
    body: `${splitIndex(
      'i',
      names,
      names.map((_, dim) => `p.size${dim}`),
    )}
  store_y(i, load_x(${names
    .map((name, dim) => `((${name} + p.back${dim}) % p.size${dim}) * p.step${dim}`)
    .join(' + ')}));`,
  });
}

interface RolledDimension {
  readonly size: number;
  readonly back: number;
}

function mergeUnrolled(dims: readonly RolledDimension[]): readonly RolledDimension[] {
  const merged: RolledDimension[] = [];
  for (const dim of dims) {
    const last = merged.at(-1);
    if (last?.back === 0 && dim.back === 0) merged[merged.length - 1] = { size: last.size * dim.size, back: 0 };
    else merged.push(dim);
  }
  return merged.length === 0 ? [{ size: 1, back: 0 }] : merged;
}
