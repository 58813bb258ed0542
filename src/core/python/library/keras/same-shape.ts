import { native, none } from '../../runtime/values';
import { isKerasTensor } from './keras-tensor';

/** What is done to images before a trained network: values that are not followed, in the shape that they come in. */
export const sameShape = native('preprocess_input', (interpreter, [given = none]) => {
  if (!isKerasTensor(given)) return interpreter.unknown('The values of images are not known.');
  return interpreter.strict && interpreter.tracer.final
    ? interpreter.fail('preprocess_input in a model is not supported yet.')
    : given;
});
