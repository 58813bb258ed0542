import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';

/** TensorFlow.js on its pure JavaScript backend: nobody here had a part in its numbers. */
export async function loadTensorflow(): Promise<typeof tf> {
  // Its banner recommends another package.
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
  await tf.ready();
  return tf;
}
