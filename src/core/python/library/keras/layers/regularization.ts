import { OpError } from '../../../../ops/op';
import type { ClassValue, Value } from '../../../runtime/values';
import { elementwise } from '../activations';
import { defineLayer, oneTensorCall } from '../define-layer';
import { arranged, formatKerasShape, imageOrder, kerasTensor, shownShape } from '../keras-tensor';
import { applyOp } from '../../tensor-calls';

/** Zeroes a share of the elements while training. Source: keras.layers.Dropout. */
const dropout = defineLayer({
  name: 'Dropout',
  signature: 'rate, noise_shape=None, seed=None',
  make(args) {
    const p = rateOf(args.title, args.number('rate'));
    const kept = args.value('noise_shape');
    const shape = kept && kept.kind !== 'none' ? args.interpreter.iterate(kept) : undefined;
    const isOne = (size: Value): boolean => size.kind === 'integer' && size.value === 1;
    // One draw for each image: whole branches are left out.
    const perImage = shape !== undefined && shape.length > 1 && shape.slice(1).every(isOne);
    return {
      call: oneTensorCall((_layer, interpreter, input, keyword) => {
        const given = keyword.get('training');
        const training = given?.kind === 'boolean' ? given.value : 'mode';
        if (shape && !perImage) {
          const isStrict = interpreter.strict && interpreter.tracer.final;
          return isStrict ? interpreter.fail('Dropout with this noise_shape is not supported yet.') : input;
        }
        if (perImage) {
          const attrs = { p, mode: 'row', training };
          return kerasTensor(
            interpreter,
            applyOp(interpreter, 'stochastic_depth', attrs, input.keras.tensor),
            input.keras.order,
          );
        }
        return kerasTensor(
          interpreter,
          applyOp(interpreter, 'dropout', { p, training }, input.keras.tensor),
          input.keras.order,
        );
      }),
    };
  },
});

/** Zeroes whole channels while training. Source: keras.layers.SpatialDropout2D. */
function spatialDropout(rank: number): ClassValue {
  const name = `SpatialDropout${rank}D`;
  return defineLayer({
    name,
    signature: rank === 1 ? 'rate, seed=None' : 'rate, data_format=None, seed=None',
    make(args) {
      const p = rateOf(name, args.number('rate'));
      const dataFormat = rank === 1 ? 'channels_last' : args.dataFormat();
      return {
        call: oneTensorCall((_layer, interpreter, input) => {
          const shape = shownShape(input);
          if (shape.length !== rank + 2) {
            throw new OpError(
              `${name} expects an input of ${rank + 2} dimensions, got shape ${formatKerasShape(shape)}.`,
            );
          }
          const order = imageOrder(rank + 2, dataFormat);
          const x = arranged(interpreter, input, order);
          return kerasTensor(interpreter, applyOp(interpreter, 'dropout2d', { p, training: 'mode' }, x), order);
        }),
      };
    },
  });
}

/** Noise that is only there while training: shapes stay, and at evaluation the values. */
function noise(name: string, signature: string, check: (value: number) => boolean): ClassValue {
  const [argument = 'stddev'] = signature.split(',');
  return defineLayer({
    name,
    signature,
    make(args) {
      const value = args.number(argument);
      if (!check(value)) throw new OpError(`${name}: ${argument} is out of range, got ${value}.`);
      return {
        call: oneTensorCall((_layer, interpreter, input) => {
          if (name === 'AlphaDropout')
            return elementwise(interpreter, 'torch.nn.functional.alpha_dropout', input, value);
          if (interpreter.strict && interpreter.tracer.final) return interpreter.fail(`${name} is not supported yet.`);
          return input;
        }),
      };
    },
  });
}

export const regularizationClasses: ReadonlyMap<string, ClassValue> = new Map([
  ['Dropout', dropout],
  ['SpatialDropout1D', spatialDropout(1)],
  ['SpatialDropout2D', spatialDropout(2)],
  ['SpatialDropout3D', spatialDropout(3)],
  ['GaussianNoise', noise('GaussianNoise', 'stddev, seed=None', (value) => value >= 0)],
  ['GaussianDropout', noise('GaussianDropout', 'rate, seed=None', (value) => value >= 0 && value <= 1)],
  ['AlphaDropout', noise('AlphaDropout', 'rate, noise_shape=None, seed=None', (value) => value >= 0 && value <= 1)],
]);

function rateOf(title: string, rate: number): number {
  if (rate < 0 || rate > 1) throw new OpError(`${title}: rate must be between 0 and 1, got ${rate}.`);
  return rate;
}
