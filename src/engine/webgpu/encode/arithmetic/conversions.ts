import type { DType } from '../../../../core/graph/graph';
import type { ElementEncoder } from '../encoder';
import { truth } from './unary';

/** Of whole numbers that have fewer bits than a word: bits to clear, and whether they are signed. */
const narrow: Partial<Record<DType, readonly [shift: number, signed: boolean]>> = {
  u8: [24, false],
  i8: [24, true],
  i16: [16, true],
};

/** Elements of another type; whole numbers and truth values are words. */
const cast: ElementEncoder = ({ input, inputTensor, keep, step }) => {
  const from = inputTensor(0).dtype;
  const to = step.output.dtype;
  const x = keep(input(0));
  const isFloat = from === 'f32';
  if (to === 'f32') return isFloat ? x : `f32(${x})`;
  if (to === 'bool') return isFloat ? truth(`${x} != 0.0 || is_nan(${x})`) : truth(`${x} != 0`);
  const bits = narrow[to];
  const word = isFloat ? `to_word(${x})` : x;
  if (!bits || from === 'bool') return word;
  const [shift, signed] = bits;
  return signed ? `(${word} << ${shift}u) >> ${shift}u` : `i32(u32(${word} << ${shift}u) >> ${shift}u)`;
};

/** Operands of one element stand for all. */
const where: ElementEncoder = ({ input }) => `select(${input(2)}, ${input(1)}, ${input(0)} != 0)`;

export const conversionElements: Readonly<Record<string, ElementEncoder>> = { cast, where };
