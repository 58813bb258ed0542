import type * as tensorflow from '@tensorflow/tfjs-core';

/**
 * What the engine needs of TensorFlow.js: the namespace of `@tensorflow/tfjs-node-gpu`, of `@tensorflow/tfjs-node`, or of
 * `@tensorflow/tfjs-core` with a backend and `register_all_gradients`. Whoever opens the engine loads it: nothing in this
 * folder imports more than its types.
 */
export type Tensorflow = typeof tensorflow;
export type Tensor = tensorflow.Tensor;
export type Tensor4D = tensorflow.Tensor4D;
export type Tensor5D = tensorflow.Tensor5D;
/** Keeps tensors for a gradient. */
export type SaveTensors = tensorflow.GradSaveFunc;
