import type { KerasTensor } from './keras-tensor';

/** The variables that code has made (`tf.Variable`, `keras.Variable`), with the names that it gave them. */
export const variableNames = new WeakMap<KerasTensor, string | undefined>();
