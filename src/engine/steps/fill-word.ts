import { isFloat } from '../../core/ops/shapes';
import type { DType } from '../../core/graph/graph';
import { floatWord } from './float-word';

/** The word that a filled place holds. */
export function fillWord(value: number, dtype: DType): number {
  if (dtype === 'bool') return Number(value !== 0);
  return isFloat({ shape: [], dtype }) ? floatWord(value) : Math.trunc(value);
}
