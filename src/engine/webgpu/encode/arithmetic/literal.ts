import { literalNumber } from '../../../../core/ops/arithmetic/literal';
import { sizeOf } from '../../../steps/tensors';
import type { Encoder } from '../encoder';
import { floatWord } from '../../../steps/float-word';

/** Values that stand with the program, or one for all. */
export const encodeLiteral: Encoder = ({ attrs, op, output }, program) => {
  const values = (Array.isArray(attrs['values']) ? attrs['values'] : []).map(literalNumber);
  const isFloat = output.dtype === 'f32';
  const table = program.table(isFloat ? values.map(floatWord) : values);
  program.forEach({
    name: op,
    tensors: { values: { ...table, dtype: isFloat ? 'f32' : 'i32' }, y: output },
    sizes: { last: values.length - 1 },
    size: sizeOf(output),
    body: '  store_y(i, load_values(min(i, p.last)));',
  });
};
