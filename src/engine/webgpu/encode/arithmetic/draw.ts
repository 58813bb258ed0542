import { numberAttribute, stringAttribute } from '../../../steps/attributes';
import { batchWords } from '../../../steps/batch-words';
import type { ElementContext, ElementEncoder } from '../encoder';

/**
 * The four words of the counter that element `place` has with its three neighbours. `random`: index of the input of seed and
 * step (i32 [6]: seed low, seed high, step low, step high, then see placeOfDraw).
 */
export function drawnWords(element: ElementContext, random: number, place: string): string {
  const { at, integer, keep, step } = element;
  const words = [0, 1, 2].map((word) => `bitcast<u32>(${at(random, `${word}u`)})`);
  const key = `bitcast<u32>(${integer(numberAttribute(step.attrs, 'key'))})`;
  return keep(`philox(vec4<u32>(${place} >> 2u, 0u, ${key}, ${words[2]}), vec2<u32>(${words[0]}, ${words[1]}))`);
}

/** Where the number of a place stands among those of the whole batch: as `wasm/kernels/place-of-draw.ts` has it. */
export function placeOfDraw(element: ElementContext, random: number, place: string, shape: readonly number[]): string {
  const { at, keep, size, step } = element;
  const [perImage, run] = batchWords(step.attrs, shape);
  if (perImage === 0) return place;
  const [first, images] = ['4u', '5u'].map((word) => `bitcast<u32>(${at(random, word)})`);
  const inBatch = `(${place} / ${size(run)}) * (${images} * ${size(perImage)}) + ${first} * ${size(perImage)}`;
  return keep(`select(${place}, ${inBatch} + ${place} % ${size(run)}, ${images} != 0u)`);
}

/** A number in (0, 1) for element i. */
export function drawnNumber(element: ElementContext, random: number): string {
  const place = placeOfDraw(element, random, 'i', element.step.output.shape);
  return element.keep(`unit_number(${drawnWords(element, random, place)}[${place} & 3u])`);
}

const draw: ElementEncoder = (element) => {
  const { keep, step } = element;
  switch (stringAttribute(step.attrs, 'distribution')) {
    case 'uniform':
      return drawnNumber(element, 0);
    case 'gumbel':
      return `-logarithm(-logarithm(${drawnNumber(element, 0)}))`;
    default: {
      // Two words make two numbers (Box and Muller).
      const place = placeOfDraw(element, 0, 'i', step.output.shape);
      const words = drawnWords(element, 0, place);
      const radius = keep(`sqrt(logarithm(unit_number(${words}[${place} & 2u])) * -2.0)`);
      const angle = keep(`unit_number(${words}[(${place} & 2u) + 1u]) * 6.28318530717958648`);
      return `${radius} * select(cosine(${angle}), sine(${angle}), (${place} & 1u) == 1u)`;
    }
  }
};

export const drawElements: Readonly<Record<string, ElementEncoder>> = { draw };
