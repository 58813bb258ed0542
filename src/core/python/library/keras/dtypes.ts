import type { DType } from '../../../graph/graph';
import type { Value } from '../../runtime/values';

const names: Readonly<Partial<Record<string, DType>>> = {
  float32: 'f32',
  float: 'f32',
  int32: 'i32',
  int64: 'i64',
  bool: 'bool',
};

/** `float32` of 'f32'. */
export function dtypeName(dtype: DType): string {
  return Object.entries(names).find(([, known]) => known === dtype)?.[0] ?? dtype;
}

/**
 * The element type of `'float32'`, `tf.float32`, None (Keras' default); undefined for others. Half and double precision
 * and small integers are kept as what the engine has for them: shapes do not depend on it.
 */
export function dtypeOf(value: Value | undefined): DType | undefined {
  if (!value || value.kind === 'none') return 'f32';
  const name = value.kind === 'string' ? value.value : value.kind === 'opaque' ? value.description : '';
  const plain = name.replace(/^.*\./, '');
  if (/^(b?float(16|64)|mixed_b?float16)$/.test(plain)) return 'f32';
  if (/^u?int(8|16)$/.test(plain)) return 'i32';
  return names[plain];
}
