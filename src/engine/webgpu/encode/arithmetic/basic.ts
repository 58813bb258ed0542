import { numberAttribute } from '../../../steps/attributes';
import type { ElementEncoder } from '../encoder';

/** Copies and multiples: what gradients are made with. */
export const basicElements: Readonly<Record<string, ElementEncoder>> = {
  copy: ({ input }) => input(0),
  scale: ({ input, number, step }) => `${input(0)} * ${number(numberAttribute(step.attrs, 'factor'))}`,
  constant: ({ step, number, integer }) => {
    const value = numberAttribute(step.attrs, 'value');
    return step.output.dtype === 'f32' ? number(value) : integer(value);
  },
};
