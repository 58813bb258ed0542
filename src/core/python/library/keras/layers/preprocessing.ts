import { floorDivideDims, subtractDims, type Dim } from '../../../../graph/dim';
import { OpError } from '../../../../ops/op';
import type { Interpreter } from '../../../runtime/interpreter';
import type { ClassValue, TensorValue, Value } from '../../../runtime/values';
import { applyOp } from '../../tensor-calls';
import { makeWeight } from '../add-weight';
import { defineLayer, knownSize, oneTensorCall, weightOf } from '../define-layer';
import {
  arranged,
  asShown,
  formatKerasShape,
  identityOrder,
  imageOrder,
  kerasTensor,
  shownShape,
  type DataFormat,
  type KerasTensor,
} from '../keras-tensor';
import { binaryOf } from '../keras-operators';
import { readMode, resize } from './resizing';

/**
 * Layers that prepare images. Augmentations change nothing but values, and these only while training: their shapes are
 * the input's. Source: keras.layers, preprocessing.
 */
const augmentations: Readonly<Record<string, string>> = {
  RandomFlip: "mode='horizontal_and_vertical', seed=None, data_format=None",
  RandomRotation:
    "factor, fill_mode='reflect', interpolation='bilinear', seed=None, fill_value=0.0, value_range=(0, 255), data_format=None",
  RandomZoom:
    "height_factor, width_factor=None, fill_mode='reflect', interpolation='bilinear', seed=None, fill_value=0.0, data_format=None",
  RandomTranslation:
    "height_factor, width_factor, fill_mode='reflect', interpolation='bilinear', seed=None, fill_value=0.0, data_format=None",
  RandomContrast: 'factor, value_range=(0, 255), seed=None',
  RandomBrightness: 'factor, value_range=(0, 255), seed=None',
  RandomSaturation: 'factor, value_range=(0, 255), data_format=None, seed=None',
  RandomHue: 'factor, value_range=(0, 255), data_format=None, seed=None',
  RandomGrayscale: 'factor=0.5, data_format=None, seed=None',
  RandomShear:
    "x_factor=0.0, y_factor=0.0, interpolation='bilinear', fill_mode='reflect', fill_value=0.0, data_format=None, seed=None",
  RandomErasing: 'factor=1.0, scale=(0.02, 0.33), fill_value=None, value_range=(0, 255), seed=None, data_format=None',
};

const rescaling = defineLayer({
  name: 'Rescaling',
  signature: 'scale, offset=0.0',
  make(args) {
    const scale = args.number('scale');
    const offset = args.number('offset');
    return {
      call: oneTensorCall((_layer, interpreter, input) => {
        const scaled = binaryOf(interpreter, 'multiply', input, { kind: 'float', value: scale });
        return offset === 0 ? scaled : binaryOf(interpreter, 'add', scaled, { kind: 'float', value: offset });
      }),
    };
  },
});

/** (x − mean) / √variance; without both it has them as weights that `adapt` fills, and a counter. */
const normalization = defineLayer({
  name: 'Normalization',
  signature: 'axis=-1, mean=None, variance=None, invert=False',
  make(args) {
    const [axis] = args.isNone('axis') ? [undefined] : args.integers('axis');
    const isGiven = !args.isNone('mean') || !args.isNone('variance');
    if (args.isNone('mean') !== args.isNone('variance')) {
      throw new OpError('Normalization: mean and variance must both be given, or none of them.');
    }
    return {
      build(layer, interpreter, [shape]) {
        if (isGiven) return;
        const sizes = axis === undefined ? [] : [knownSize(shape, axis, args.title)];
        for (const [name, value] of [
          ['mean', 0],
          ['variance', 1],
        ] as const) {
          makeWeight(interpreter, layer, { name, shape: sizes, trainable: false, init: { kind: 'constant', value } });
        }
        const init = { kind: 'constant', value: 0 } as const;
        makeWeight(interpreter, layer, { name: 'count', shape: [], dtype: 'i32', trainable: false, init });
      },
      call: oneTensorCall((layer, interpreter, input) => {
        if (isGiven || axis !== -1) {
          return interpreter.strict && interpreter.tracer.final
            ? interpreter.fail('This Normalization is not supported yet.')
            : input;
        }
        const centred = binaryOf(
          interpreter,
          'subtract',
          input,
          kerasTensor(interpreter, weightOf(interpreter, layer, 'mean')),
        );
        const deviation = binaryOf(
          interpreter,
          'power',
          kerasTensor(interpreter, weightOf(interpreter, layer, 'variance')),
          { kind: 'float', value: 0.5 },
        );
        return binaryOf(interpreter, 'divide', centred, deviation);
      }),
    };
  },
});

const resizing = defineLayer({
  name: 'Resizing',
  signature:
    "height, width, interpolation='bilinear', crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, fill_mode='constant', fill_value=0.0, antialias=False, data_format=None",
  make(args) {
    const sizes = [args.positiveInteger('height'), args.positiveInteger('width')];
    const mode = readMode(args, 'interpolation');
    const dataFormat = args.dataFormat();
    const keepsAspect = args.boolean('crop_to_aspect_ratio') || args.boolean('pad_to_aspect_ratio');
    return {
      call: oneTensorCall((_layer, interpreter, input) => {
        if (keepsAspect && interpreter.strict && interpreter.tracer.final) {
          return interpreter.fail('Resizing that keeps the aspect ratio is not supported yet.');
        }
        return ofImage(interpreter, args.title, input, dataFormat, (x) => resize(interpreter, x, sizes, mode));
      }),
    };
  },
});

/** The middle of an image; one that is smaller is resized. */
const centerCrop = defineLayer({
  name: 'CenterCrop',
  signature: 'height, width, data_format=None',
  make(args) {
    const wanted = [args.positiveInteger('height'), args.positiveInteger('width')];
    const dataFormat = args.dataFormat();
    return {
      call: oneTensorCall((_layer, interpreter, input) =>
        ofImage(interpreter, args.title, input, dataFormat, (x) => cropMiddle(interpreter, x, wanted)),
      ),
    };
  },
});

function randomCrop(): ClassValue {
  return defineLayer({
    name: 'RandomCrop',
    signature: 'height, width, seed=None, data_format=None',
    make(args) {
      const wanted = [args.positiveInteger('height'), args.positiveInteger('width')];
      const dataFormat = args.dataFormat();
      return {
        call: oneTensorCall((_layer, interpreter, input) => {
          if (interpreter.strict && interpreter.tracer.final)
            return interpreter.fail('RandomCrop is not supported yet.');
          return ofImage(interpreter, args.title, input, dataFormat, (x) => cropMiddle(interpreter, x, wanted));
        }),
      };
    },
  });
}

function cropMiddle(interpreter: Interpreter, x: TensorValue, wanted: readonly number[]): TensorValue {
  const sizes = x.type.shape.slice(2);
  if (sizes.some((size, axis) => typeof size === 'number' && size < (wanted[axis] ?? 1))) {
    return resize(interpreter, x, wanted, 'bilinear');
  }
  return sizes.reduce<TensorValue>((cropped, size: Dim, axis) => {
    const length = wanted[axis] ?? 1;
    if (size === length) return cropped;
    const start = floorDivideDims(subtractDims(size, length), 2);
    return applyOp(interpreter, 'slice', { dim: axis + 2, start, length }, cropped);
  }, x);
}

/** Works on `[N, C, H, W]`; one image without a batch, too. */
function ofImage(
  interpreter: Interpreter,
  title: string,
  input: KerasTensor,
  dataFormat: DataFormat,
  run: (x: TensorValue) => TensorValue,
): KerasTensor {
  const shape = shownShape(input);
  if (shape.length === 4) {
    const order = imageOrder(4, dataFormat);
    return kerasTensor(interpreter, run(arranged(interpreter, input, order)), order);
  }
  if (shape.length !== 3) {
    throw new OpError(`${title} expects images (None, height, width, channels), got shape ${formatKerasShape(shape)}.`);
  }
  const one = kerasTensor(
    interpreter,
    applyOp(interpreter, 'reshape', { shape: [1, ...shape] }, asShown(interpreter, input)),
    identityOrder(4),
  );
  const result = ofImage(interpreter, title, one, dataFormat, run);
  const images = asShown(interpreter, result);
  return kerasTensor(interpreter, applyOp(interpreter, 'reshape', { shape: images.type.shape.slice(1) }, images));
}

function augmentation(name: string, signature: string): ClassValue {
  return defineLayer({
    name,
    signature,
    make: () => ({
      call: oneTensorCall((_layer, interpreter, input): Value => {
        if (interpreter.strict && interpreter.tracer.final) {
          return interpreter.fail(`${name} in a model is not supported yet; choose the augmentation when you train.`);
        }
        return input;
      }),
    }),
  });
}

export const preprocessingClasses: ReadonlyMap<string, ClassValue> = new Map([
  ...Object.entries(augmentations).map(([name, signature]) => [name, augmentation(name, signature)] as const),
  ['Rescaling', rescaling],
  ['Normalization', normalization],
  ['Resizing', resizing],
  ['CenterCrop', centerCrop],
  ['RandomCrop', randomCrop()],
]);
