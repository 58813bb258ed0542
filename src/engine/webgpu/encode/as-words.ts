import type { KernelTensor } from '../kernel-call';

/** The tensor's elements as whole words: what is only moved keeps every bit, and one kernel serves all types. */
export function asWords<Tensor extends KernelTensor>(tensor: Tensor): Tensor & { readonly dtype: 'i32' } {
  return { ...tensor, dtype: 'i32' };
}

/** As it is read at a place that does not exist: NaN (the engines agree on it for whole numbers too). */
export const nothingWord = '0x7fc00000i';
