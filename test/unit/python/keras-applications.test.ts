import { describe, expect, test } from 'vitest';
import { analyzeKeras, layerShapes, traceKeras, weightCounts, withImports } from './keras-support';

/** All values of weights, as Keras' documentation lists them for the networks with their heads. */
describe('keras.applications', () => {
  test.each([
    ['VGG16', 138_357_544],
    ['VGG19', 143_667_240],
    ['ResNet50', 25_636_712],
    ['ResNet101', 44_707_176],
    ['ResNet50V2', 25_613_800],
    ['MobileNet', 4_253_864],
    ['MobileNetV2', 3_538_984],
    ['DenseNet121', 8_062_504],
    ['Xception', 22_910_480],
    ['InceptionV3', 23_851_784],
    ['EfficientNetB0', 5_330_571],
    ['EfficientNetB3', 12_320_535],
  ])('%s has %i weights', (name, total) => {
    const { trained, other } = weightCounts(
      traceKeras(withImports(`model = keras.applications.${name}(weights=None)`)),
    );
    expect(trained + other).toBe(total);
  });

  test('a frozen network without its head under a new one', () => {
    const code = `from tensorflow.keras.applications.mobilenet_v2 import MobileNetV2
base = MobileNetV2(input_shape=(160, 160, 3), include_top=False, weights='imagenet')
base.trainable = False
i = keras.Input(shape=(160, 160, 3))
x = base(i, training=False)
x = layers.GlobalAveragePooling2D()(x)
model = keras.Model(i, layers.Dense(1)(layers.Dropout(0.2)(x)))`;
    // As TensorFlow's tutorial on transfer learning prints them.
    expect(weightCounts(traceKeras(withImports(code)))).toEqual({ trained: 1_281, other: 2_257_984 });
    const analysis = analyzeKeras(withImports(code));
    expect([analysis.problems, analysis.unknowns]).toEqual([[], []]);
    expect(layerShapes(analysis)).toContain('mobilenetv2_1.00_160 (None, 5, 5, 1280)');
  });
});
