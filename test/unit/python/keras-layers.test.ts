import { describe, expect, test } from 'vitest';
import { kerasError, layerResult, withImports } from './keras-support';

/** Layer, input, output, trained values, other values. By hand, from Keras' documented rules. */
type Case = readonly [layer: string, input: string, shape: string, trained?: number, other?: number];

function holds(cases: readonly Case[]): void {
  for (const [layer, input, shape, trained = 0, other = 0] of cases) {
    test(`${layer} of ${input} gives ${shape}`, () => {
      expect(layerResult(layer, input)).toEqual({ shape, trained, other });
    });
  }
}

describe('Dense', () => {
  holds([
    ['layers.Dense(10)', '(784,)', '(None, 10)', 7850],
    ['layers.Dense(10, use_bias=False)', '(784,)', '(None, 10)', 7840],
    ['layers.Dense(4, activation="relu")', '(5, 6, 7)', '(None, 5, 6, 4)', 32],
    ['layers.Dense(units=3, activation=tf.nn.softmax)', '(2,)', '(None, 3)', 9],
    ['layers.Dense(3, "relu", False)', '(2,)', '(None, 3)', 6],
  ]);
});

describe('convolutions', () => {
  holds([
    ['layers.Conv2D(32, 3)', '(28, 28, 1)', '(None, 26, 26, 32)', 320],
    ['layers.Conv2D(32, (5, 3), strides=2)', '(28, 28, 3)', '(None, 12, 13, 32)', 1472],
    ['layers.Conv2D(8, 3, padding="same")', '(28, 28, 1)', '(None, 28, 28, 8)', 80],
    ['layers.Conv2D(8, 3, 2, "same")', '(7, 8, 1)', '(None, 4, 4, 8)', 80],
    ['layers.Conv2D(8, 3, strides=3, padding="SAME")', '(7, 8, 1)', '(None, 3, 3, 8)', 80],
    ['layers.Conv2D(8, 3, dilation_rate=2)', '(28, 28, 4)', '(None, 24, 24, 8)', 296],
    ['layers.Conv2D(8, 3, groups=4, use_bias=False)', '(28, 28, 4)', '(None, 26, 26, 8)', 72],
    ['layers.Conv2D(8, 3, data_format="channels_first")', '(3, 28, 28)', '(None, 8, 26, 26)', 224],
    ['layers.Conv2D(8, 3, data_format="channels_first")', '(5, 28, 30)', '(None, 8, 26, 28)', 368],
    ['layers.Conv2D(4, 3)', '(None, None, 3)', '(None, H-2, W-2, 4)', 112],
    ['layers.Conv2D(4, 3, strides=2, padding="same")', '(None, None, 3)', '(None, (H+1)//2, (W+1)//2, 4)', 112],
    ['layers.Conv1D(8, 3)', '(128, 4)', '(None, 126, 8)', 104],
    ['layers.Conv1D(8, 3, padding="causal", dilation_rate=4)', '(128, 4)', '(None, 128, 8)', 104],
    ['layers.Conv1D(8, 4, strides=2, padding="same")', '(127, 4)', '(None, 64, 8)', 136],
    ['layers.Conv3D(8, 3)', '(16, 28, 28, 1)', '(None, 14, 26, 26, 8)', 224],
    ['layers.Conv3D(8, (1, 3, 3), strides=(1, 2, 2), padding="same")', '(16, 28, 27, 2)', '(None, 16, 14, 14, 8)', 152],
    ['layers.DepthwiseConv2D(3)', '(28, 28, 16)', '(None, 26, 26, 16)', 160],
    ['layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same")', '(28, 28, 16)', '(None, 28, 28, 32)', 320],
    ['layers.DepthwiseConv1D(3, use_bias=False)', '(28, 16)', '(None, 26, 16)', 48],
    ['layers.SeparableConv2D(64, 3)', '(28, 28, 16)', '(None, 26, 26, 64)', 1232],
    [
      'layers.SeparableConv2D(64, 3, strides=2, padding="same", depth_multiplier=2)',
      '(28, 28, 16)',
      '(None, 14, 14, 64)',
      2400,
    ],
    ['layers.SeparableConv1D(8, 3, use_bias=False)', '(28, 4)', '(None, 26, 8)', 44],
  ]);
});

describe('transposed convolutions', () => {
  // 'valid': (n − 1)·s + max(k, s); 'same': n·s; with output_padding p: (n − 1)·s + k − 2·⌊k/2⌋ + p and (n − 1)·s + k + p.
  holds([
    ['layers.Conv2DTranspose(8, 3)', '(7, 7, 4)', '(None, 9, 9, 8)', 296],
    ['layers.Conv2DTranspose(8, 3, strides=2)', '(7, 7, 4)', '(None, 15, 15, 8)', 296],
    ['layers.Conv2DTranspose(8, 1, strides=3)', '(7, 7, 4)', '(None, 21, 21, 8)', 40],
    ['layers.Conv2DTranspose(8, 3, strides=2, padding="same")', '(7, 7, 4)', '(None, 14, 14, 8)', 296],
    ['layers.Conv2DTranspose(8, 5, strides=2, padding="same", use_bias=False)', '(7, 5, 4)', '(None, 14, 10, 8)', 800],
    ['layers.Conv2DTranspose(8, 2, strides=3, padding="same")', '(7, 7, 4)', '(None, 21, 21, 8)', 136],
    [
      'layers.Conv2DTranspose(8, 3, strides=2, padding="same", output_padding=1)',
      '(7, 7, 4)',
      '(None, 14, 14, 8)',
      296,
    ],
    [
      'layers.Conv2DTranspose(8, 3, strides=2, padding="same", output_padding=0)',
      '(7, 7, 4)',
      '(None, 13, 13, 8)',
      296,
    ],
    ['layers.Conv2DTranspose(8, 3, strides=2, output_padding=1)', '(7, 7, 4)', '(None, 16, 16, 8)', 296],
    ['layers.Conv2DTranspose(8, 4, strides=2, padding="same")', '(None, None, 4)', '(None, 2·H, 2·W, 8)', 520],
    ['layers.Conv1DTranspose(8, 3, strides=2, padding="same")', '(7, 4)', '(None, 14, 8)', 104],
    ['layers.Conv3DTranspose(2, 2, strides=2)', '(3, 4, 5, 4)', '(None, 6, 8, 10, 2)', 66],
  ]);
});

describe('pools', () => {
  holds([
    ['layers.MaxPooling2D()', '(27, 28, 3)', '(None, 13, 14, 3)'],
    ['layers.MaxPooling2D(3, 2, "same")', '(27, 28, 3)', '(None, 14, 14, 3)'],
    ['layers.MaxPool2D((2, 1))', '(27, 28, 3)', '(None, 13, 28, 3)'],
    ['layers.MaxPooling2D(2, strides=1, padding="same")', '(27, 28, 3)', '(None, 27, 28, 3)'],
    ['layers.MaxPooling2D(3, strides=2, padding="same")', '(None, None, 3)', '(None, (H+1)//2, (W+1)//2, 3)'],
    ['layers.MaxPooling2D(2, padding="same")', '(None, None, 3)', '(None, (H+1)//2, (W+1)//2, 3)'],
    ['layers.AveragePooling2D(2, padding="same")', '(27, 28, 3)', '(None, 14, 14, 3)'],
    ['layers.AveragePooling2D(3, strides=1, padding="same")', '(27, 28, 3)', '(None, 27, 28, 3)'],
    ['layers.AveragePooling2D(2, strides=1, padding="same")', '(27, 28, 3)', '(None, 27, 28, 3)'],
    ['layers.AveragePooling2D(1, strides=3, padding="same")', '(8, 9, 3)', '(None, 3, 3, 3)'],
    ['layers.AvgPool2D((4, 4), data_format="channels_first")', '(3, 32, 32)', '(None, 3, 8, 8)'],
    ['layers.MaxPooling1D()', '(27, 3)', '(None, 13, 3)'],
    ['layers.AveragePooling1D(3, padding="same")', '(27, 3)', '(None, 9, 3)'],
    ['layers.MaxPooling3D()', '(8, 9, 10, 3)', '(None, 4, 4, 5, 3)'],
    ['layers.AveragePooling3D(2, strides=1)', '(8, 9, 10, 3)', '(None, 7, 8, 9, 3)'],
    ['layers.GlobalAveragePooling2D()', '(7, 7, 512)', '(None, 512)'],
    ['layers.GlobalAveragePooling2D(keepdims=True)', '(7, 7, 512)', '(None, 1, 1, 512)'],
    ['layers.GlobalMaxPooling2D()', '(None, None, 512)', '(None, 512)'],
    ['layers.GlobalMaxPool2D(keepdims=True, data_format="channels_first")', '(5, 7, 7)', '(None, 5, 1, 1)'],
    ['layers.GlobalAveragePooling1D()', '(7, 512)', '(None, 512)'],
    ['layers.GlobalMaxPooling3D()', '(7, 8, 9, 5)', '(None, 5)'],
  ]);
});

describe('normalisation', () => {
  holds([
    ['layers.BatchNormalization()', '(28, 28, 32)', '(None, 28, 28, 32)', 64, 64],
    ['layers.BatchNormalization(scale=False)', '(28, 28, 32)', '(None, 28, 28, 32)', 32, 64],
    ['layers.BatchNormalization(center=False, scale=False)', '(28, 28, 32)', '(None, 28, 28, 32)', 0, 64],
    ['layers.BatchNormalization(axis=1)', '(8, 28, 30)', '(None, 8, 28, 30)', 16, 16],
    ['layers.BatchNormalization()', '(100,)', '(None, 100)', 200, 200],
    ['layers.LayerNormalization()', '(28, 28, 32)', '(None, 28, 28, 32)', 64],
    ['layers.LayerNormalization(axis=[1, 2, 3])', '(7, 5, 3)', '(None, 7, 5, 3)', 210],
    ['layers.LayerNormalization(center=False)', '(10, 64)', '(None, 10, 64)', 64],
    ['layers.GroupNormalization(8)', '(28, 28, 32)', '(None, 28, 28, 32)', 64],
    ['layers.GroupNormalization(groups=-1)', '(28, 28, 32)', '(None, 28, 28, 32)', 64],
    ['layers.UnitNormalization()', '(28, 32)', '(None, 28, 32)'],
    ['layers.Normalization()', '(28, 28, 3)', '(None, 28, 28, 3)', 0, 7],
    ['layers.Normalization(mean=0.5, variance=2.0)', '(28, 28, 3)', '(None, 28, 28, 3)'],
    ['layers.Rescaling(1.0 / 255)', '(28, 28, 3)', '(None, 28, 28, 3)'],
    ['layers.Rescaling(scale=1 / 127.5, offset=-1)', '(28, 28, 3)', '(None, 28, 28, 3)'],
  ]);
});

describe('shapes', () => {
  holds([
    ['layers.Flatten()', '(5, 6, 7)', '(None, 210)'],
    ['layers.Flatten()', '(5,)', '(None, 5)'],
    ['layers.Flatten()', '()', '(None, 1)'],
    ['layers.Reshape((7, 30))', '(5, 6, 7)', '(None, 7, 30)'],
    ['layers.Reshape((-1, 7))', '(5, 6, 7)', '(None, 30, 7)'],
    ['layers.Reshape(target_shape=(28, 28, 1))', '(784,)', '(None, 28, 28, 1)'],
    ['layers.Permute((2, 1))', '(10, 64)', '(None, 64, 10)'],
    ['layers.Permute((3, 1, 2))', '(5, 6, 7)', '(None, 7, 5, 6)'],
    ['layers.RepeatVector(3)', '(32,)', '(None, 3, 32)'],
    ['layers.ZeroPadding2D()', '(5, 6, 7)', '(None, 7, 8, 7)'],
    ['layers.ZeroPadding2D((1, 2))', '(5, 6, 7)', '(None, 7, 10, 7)'],
    ['layers.ZeroPadding2D(((1, 0), (2, 3)))', '(5, 6, 7)', '(None, 6, 11, 7)'],
    ['layers.ZeroPadding1D((1, 2))', '(5, 6)', '(None, 8, 6)'],
    ['layers.ZeroPadding3D(2)', '(5, 6, 7, 1)', '(None, 9, 10, 11, 1)'],
    ['layers.Cropping2D()', '(5, 6, 7)', '(None, 5, 6, 7)'],
    ['layers.Cropping2D(((1, 0), (2, 3)))', '(5, 6, 7)', '(None, 4, 1, 7)'],
    ['layers.Cropping1D()', '(5, 6)', '(None, 3, 6)'],
    ['layers.Cropping3D()', '(5, 6, 7, 1)', '(None, 3, 4, 5, 1)'],
    ['layers.UpSampling2D()', '(5, 6, 7)', '(None, 10, 12, 7)'],
    ['layers.UpSampling2D((2, 3), interpolation="bilinear")', '(5, 6, 7)', '(None, 10, 18, 7)'],
    ['layers.UpSampling1D(3)', '(5, 6)', '(None, 15, 6)'],
    ['layers.UpSampling3D()', '(5, 6, 7, 2)', '(None, 10, 12, 14, 2)'],
    ['layers.Resizing(24, 20)', '(5, 6, 3)', '(None, 24, 20, 3)'],
    ['layers.CenterCrop(4, 4)', '(5, 6, 3)', '(None, 4, 4, 3)'],
    ['layers.RandomFlip("horizontal")', '(5, 6, 3)', '(None, 5, 6, 3)'],
    ['layers.RandomRotation(0.1)', '(5, 6, 3)', '(None, 5, 6, 3)'],
    ['layers.RandomCrop(4, 3)', '(5, 6, 3)', '(None, 4, 3, 3)'],
  ]);
});

describe('activations and noise', () => {
  const names = 'relu relu6 sigmoid tanh elu selu celu gelu silu swish mish softplus softsign exponential hard_sigmoid';
  const more =
    'hard_silu hard_swish hard_tanh hard_shrink soft_shrink tanh_shrink log_sigmoid leaky_relu softmax log_softmax linear';
  holds(
    `${names} ${more}`.split(' ').map((name): Case => [`layers.Activation("${name}")`, '(5, 6, 7)', '(None, 5, 6, 7)']),
  );
  holds([
    ['layers.Activation(lambda x: x * tf.sigmoid(x))', '(5, 6)', '(None, 5, 6)'],
    ['layers.Activation(keras.activations.gelu)', '(5, 6)', '(None, 5, 6)'],
    ['layers.ReLU()', '(5, 6, 7)', '(None, 5, 6, 7)'],
    ['layers.ReLU(max_value=6, negative_slope=0.1)', '(5, 6, 7)', '(None, 5, 6, 7)'],
    ['layers.LeakyReLU(0.2)', '(5, 6, 7)', '(None, 5, 6, 7)'],
    ['layers.LeakyReLU(alpha=0.2)', '(5, 6, 7)', '(None, 5, 6, 7)'],
    ['layers.ELU()', '(5, 6, 7)', '(None, 5, 6, 7)'],
    ['layers.PReLU()', '(5, 6, 7)', '(None, 5, 6, 7)', 210],
    ['layers.PReLU(shared_axes=[1, 2])', '(5, 6, 7)', '(None, 5, 6, 7)', 7],
    ['layers.Softmax(axis=1)', '(5, 6)', '(None, 5, 6)'],
    ['layers.Dropout(0.5)', '(5, 6)', '(None, 5, 6)'],
    ['layers.SpatialDropout2D(0.5)', '(5, 6, 7)', '(None, 5, 6, 7)'],
    ['layers.SpatialDropout1D(0.5)', '(5, 6)', '(None, 5, 6)'],
    ['layers.GaussianNoise(0.1)', '(5, 6)', '(None, 5, 6)'],
    ['layers.GaussianDropout(0.1)', '(5, 6)', '(None, 5, 6)'],
    ['layers.AlphaDropout(0.1)', '(5, 6)', '(None, 5, 6)'],
    ['layers.Masking()', '(5, 6)', '(None, 5, 6)'],
    ['layers.Identity()', '(5, 6)', '(None, 5, 6)'],
  ]);
});

describe('sequences', () => {
  // LSTM: 4·u·(f + u + 1); GRU: 3·u·(f + u + 2); SimpleRNN: u·(f + u + 1).
  holds([
    ['layers.Embedding(1000, 64)', '(10,), dtype="int32"', '(None, 10, 64)', 64000],
    ['layers.Embedding(1000, 64)', '(10,)', '(None, 10, 64)', 64000],
    ['layers.LSTM(32)', '(10, 8)', '(None, 32)', 5248],
    ['layers.LSTM(32, return_sequences=True)', '(None, 8)', '(None, L, 32)', 5248],
    ['layers.LSTM(32, return_state=True)', '(10, 8)', '[(None, 32), (None, 32), (None, 32)]', 5248],
    ['layers.LSTM(32, use_bias=False, go_backwards=True)', '(10, 8)', '(None, 32)', 5120],
    ['layers.GRU(32)', '(10, 8)', '(None, 32)', 4032],
    ['layers.GRU(32, reset_after=False)', '(10, 8)', '(None, 32)', 3936],
    ['layers.SimpleRNN(32)', '(10, 8)', '(None, 32)', 1312],
    ['layers.Bidirectional(layers.LSTM(32))', '(10, 8)', '(None, 64)', 10496],
    [
      'layers.Bidirectional(layers.GRU(32, return_sequences=True), merge_mode="sum")',
      '(10, 8)',
      '(None, 10, 32)',
      8064,
    ],
    ['layers.TimeDistributed(layers.Dense(4))', '(10, 8)', '(None, 10, 4)', 36],
    ['layers.TimeDistributed(layers.Conv2D(4, 3))', '(10, 8, 9, 3)', '(None, 10, 6, 7, 4)', 112],
    ['(lambda x: layers.MultiHeadAttention(8, 64)(x, x))', '(10, 512)', '(None, 10, 512)', 1050624],
    ['(lambda x: layers.MultiHeadAttention(2, 8, value_dim=4, use_bias=False)(x, x))', '(10, 6)', '(None, 10, 6)', 288],
    ['(lambda x: layers.Attention()([x, x]))', '(10, 16)', '(None, 10, 16)'],
  ]);
});

describe('merging', () => {
  const two = (call: string): string => `(lambda x: ${call})`;
  holds([
    [two('layers.Add()([x, x])'), '(5, 6, 7)', '(None, 5, 6, 7)'],
    [two('layers.Add()([x, layers.GlobalAveragePooling2D(keepdims=True)(x)])'), '(5, 6, 7)', '(None, 5, 6, 7)'],
    [two('layers.Multiply()([x, layers.Conv2D(1, 1)(x)])'), '(5, 6, 7)', '(None, 5, 6, 7)', 8],
    [two('layers.Subtract()([x, x])'), '(5,)', '(None, 5)'],
    [two('layers.Average()([x, x, x])'), '(5,)', '(None, 5)'],
    [two('layers.Maximum()([x, x])'), '(5,)', '(None, 5)'],
    [two('layers.Minimum()([x, x])'), '(5,)', '(None, 5)'],
    [two('layers.Concatenate()([x, x])'), '(5, 6, 7)', '(None, 5, 6, 14)'],
    [two('layers.Concatenate(axis=1)([x, x, x])'), '(5, 6, 7)', '(None, 15, 6, 7)'],
    [two('layers.concatenate([x, x])'), '(5, 6, 7)', '(None, 5, 6, 14)'],
    [two('layers.add([x, x])'), '(5, 6, 7)', '(None, 5, 6, 7)'],
    [two('layers.Dot(axes=1)([x, x])'), '(5,)', '(None, 1)'],
    [two('layers.Dot(axes=(2, 2))([x, x])'), '(5, 6)', '(None, 5, 5)'],
  ]);
});

describe('functions', () => {
  const of = (call: string): string => `(lambda x: ${call})`;
  holds([
    [of('x + 1'), '(5, 6)', '(None, 5, 6)'],
    [of('2 * x - x / 3'), '(5, 6)', '(None, 5, 6)'],
    [of('-x'), '(5, 6)', '(None, 5, 6)'],
    [of('x ** 2'), '(5, 6)', '(None, 5, 6)'],
    [of('x[:, 0]'), '(5, 6)', '(None, 6)'],
    [of('x[..., :3]'), '(5, 6, 7)', '(None, 5, 6, 3)'],
    [of('x[:, 1:-1, ::2]'), '(5, 6, 7)', '(None, 3, 3, 7)'],
    [
      of('x * layers.Dense(x.shape[-1])(layers.GlobalAveragePooling2D()(x))[:, None, None, :]'),
      '(5, 6, 7)',
      '(None, 5, 6, 7)',
      56,
    ],
    [of('ops.mean(x, axis=[1, 2])'), '(5, 6, 7)', '(None, 7)'],
    [of('tf.reduce_mean(x, axis=-1, keepdims=True)'), '(5, 6, 7)', '(None, 5, 6, 1)'],
    [of('tf.reduce_sum(x, 1)'), '(5, 6)', '(None, 6)'],
    [of('ops.max(x, axis=1)'), '(5, 6)', '(None, 6)'],
    [of('ops.reshape(x, (-1, 30))'), '(5, 6)', '(None, 30)'],
    [of('tf.reshape(x, [tf.shape(x)[0], 6, 5])'), '(5, 6)', '(None, 6, 5)'],
    [of('tf.transpose(x, perm=[0, 2, 1])'), '(5, 6)', '(None, 6, 5)'],
    [of('tf.concat([x, x], axis=-1)'), '(5, 6)', '(None, 5, 12)'],
    [of('ops.concatenate([x, x], axis=1)'), '(5, 6)', '(None, 10, 6)'],
    [of('tf.expand_dims(x, -1)'), '(5, 6)', '(None, 5, 6, 1)'],
    [of('tf.squeeze(x, axis=-1)'), '(5, 1)', '(None, 5)'],
    [of('tf.stack([x, x], axis=1)'), '(5,)', '(None, 2, 5)'],
    [of('ops.split(x, 2, axis=-1)[1]'), '(5, 6)', '(None, 5, 3)'],
    [of('tf.image.resize(x, [10, 12])'), '(5, 6, 3)', '(None, 10, 12, 3)'],
    [of('tf.image.resize(x, tf.shape(x)[1:3] if False else (8, 8), method="nearest")'), '(5, 6, 3)', '(None, 8, 8, 3)'],
    [of('tf.nn.depth_to_space(x, 2)'), '(5, 6, 12)', '(None, 10, 12, 3)'],
    [of('tf.nn.space_to_depth(x, 2)'), '(4, 6, 3)', '(None, 2, 3, 12)'],
    [of('tf.nn.relu(x)'), '(5, 6)', '(None, 5, 6)'],
    [of('tf.nn.softmax(x, axis=1)'), '(5, 6)', '(None, 5, 6)'],
    [of('ops.matmul(x, ops.transpose(x, (0, 2, 1)))'), '(5, 6)', '(None, 5, 5)'],
    [of('tf.pad(x, [[0, 0], [1, 1], [2, 0], [0, 0]])'), '(5, 6, 3)', '(None, 7, 8, 3)'],
    [of('tf.nn.max_pool2d(x, 2, 2, "SAME")'), '(5, 6, 3)', '(None, 3, 3, 3)'],
    [of('tf.cast(x, tf.float32) / 255.0'), '(5, 6, 3)', '(None, 5, 6, 3)'],
    [of('ops.clip(x, 0.0, 6.0)'), '(5,)', '(None, 5)'],
    [of('tf.maximum(x, 0.0)'), '(5,)', '(None, 5)'],
    [of('ops.argmax(x, axis=-1)'), '(5, 6)', '(None, 5)'],
    [of('layers.Lambda(lambda t: keras.backend.l2_normalize(t, axis=1))(x)'), '(5,)', '(None, 5)'],
  ]);
});

describe('what Keras refuses', () => {
  test.each([
    ['layers.Conv2D(8, 3)', '(28, 28)', /expects an input of 4 dimensions, got shape \(None, 28, 28\)/],
    ['layers.Conv2D(8, 30)', '(28, 28, 1)', /the 30×30 window is larger than its input of shape \(None, 28, 28, 1\)/],
    ['layers.Conv2D(9, 3, groups=2)', '(28, 28, 4)', /filters=9 is not divisible by groups=2/],
    ['layers.Conv2D(8, 3, groups=4)', '(28, 28, 3)', /the 3 channels of its input are not divisible by groups=4/],
    ['layers.Conv2D(8, 3, strides=2, dilation_rate=2)', '(28, 28, 3)', /strides and dilation_rate cannot both/],
    ['layers.Conv2D(8, 3, padding="causal")', '(28, 28, 3)', /padding must be one of 'valid', 'same'/],
    ['layers.Conv2D(8)', '(28, 28, 3)', /misses the argument 'kernel_size'/],
    ['layers.Conv2D(8, 3, stride=2)', '(28, 28, 3)', /has no argument 'stride'/],
    ['layers.Conv2D(8, (3, 3, 3))', '(28, 28, 3)', /kernel_size must be an int or a tuple of 2 ints, got 3/],
    ['layers.Conv2D(0, 3)', '(28, 28, 3)', /filters must be positive/],
    ['layers.Conv2D(8, 3, activation="rellu")', '(28, 28, 3)', /Unknown activation function: 'rellu'/],
    ['layers.Dense(8, kernel_initializer="he_norm")', '(28,)', /Unknown initializer: 'he_norm'/],
    ['layers.Dense(-3)', '(28,)', /units must be positive/],
    ['layers.Dense(2.5)', '(28,)', /units must be an int/],
    ['layers.MaxPooling2D(2)', '(1, 28, 3)', /the 2×2 window is larger/],
    ['layers.GlobalAveragePooling2D()', '(28, 3)', /expects an input of 4 dimensions/],
    ['layers.Dropout(1.5)', '(28,)', /rate must be between 0 and 1, got 1.5/],
    ['layers.Reshape((5, 5))', '(24,)', /with 24 elements cannot take the shape \(5, 5\)/],
    ['layers.Permute((1, 3))', '(4, 5)', /dims must be the numbers from 1 to 2/],
    ['layers.Cropping2D(3)', '(5, 6, 7)', /nothing is left/],
    ['layers.LSTM(3)', '(5,)', /expects an input \(None, steps, features\), got shape \(None, 5\)/],
    ['layers.GroupNormalization(3)', '(5, 5, 8)', /8 channels cannot be divided into 3 groups/],
    ['layers.BatchNormalization(axis=4)', '(5, 5, 8)', /has too few dimensions/],
    ['(lambda x: layers.Add()([x, x[:, :3]]))', '(5,)', /shapes \(None, 5\) and \(None, 3\) do not fit together/],
    ['(lambda x: layers.Concatenate(axis=1)([x, x[:, :, :3]]))', '(5, 6)', /must agree in all sizes but axis 1/],
    ['(lambda x: layers.Add()(x))', '(5, 6)', /is to be called with a list of tensors/],
  ])('%s of %s', (layer, input, message) => {
    const error = kerasError(withImports(`i = keras.Input(${input})\nmodel = keras.Model(i, ${layer}(i))`));
    expect(error.reason).toMatch(message);
    expect(error.refused).toBe(true);
  });
});

describe('what is not known', () => {
  test.each([
    ['layers.ConvLSTM2D(8, 3)', '(5, 28, 28, 3)', /keras.layers.ConvLSTM2D is not supported yet/],
    ['layers.Dense(units)', '(28,)', /name 'units' is not defined/],
    ['layers.UpSampling2D(interpolation="lanczos3")', '(28, 28, 3)', /interpolation is not supported yet/],
  ])('%s of %s', (layer, input, message) => {
    const error = kerasError(withImports(`i = keras.Input(${input})\nmodel = keras.Model(i, ${layer}(i))`));
    expect(error.reason).toMatch(message);
  });

  test('noise that is only there in training is no mistake, but cannot be trained', () => {
    const error = kerasError(withImports('model = keras.Sequential([keras.Input((4,)), layers.GaussianNoise(0.1)])'));
    expect(error).toMatchObject({ reason: 'GaussianNoise is not supported yet.', refused: false });
  });
});
