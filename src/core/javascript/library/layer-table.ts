/**
 * What differs between `tf.layers` and `keras.layers`. Options are TensorFlow.js' names; Keras has them in snake case,
 * except where `renamed` says so. Like TensorFlow.js, other options are ignored. Source: js.tensorflow.org/api/latest.
 */
export interface LayerEntry {
  /** Class name in Keras and in TensorFlow.js. */
  readonly class: string;
  readonly options: readonly string[];
  /** Without these TensorFlow.js throws. */
  readonly required: readonly string[];
  /** TensorFlow.js' name to Keras', where that is not the same in snake case. */
  readonly renamed: Readonly<Record<string, string>>;
  /** Defaults of TensorFlow.js that are not Keras', by Keras' names. */
  readonly defaults: Readonly<Record<string, string | boolean | readonly number[]>>;
  /** Fewest dimensions of the input, the batch included, where Keras takes fewer. */
  readonly minRank?: number;
}

/** Options that all layers take. `weights`, `updatable` and `inputDType` say nothing about shapes. */
export const commonOptions = ['name', 'trainable', 'dtype', 'inputShape', 'batchInputShape'] as const;

const weights = (...kinds: readonly string[]): readonly string[] =>
  kinds.flatMap((kind) => [`${kind}Initializer`, `${kind}Regularizer`, `${kind}Constraint`]);
const window = ['padding', 'dataFormat', 'strides'];
const convolution = ['kernelSize', ...window, 'dilationRate', 'activation', 'useBias', ...weights('bias')];
const recurrent = [
  'units',
  'activation',
  'useBias',
  ...weights('kernel', 'recurrent', 'bias'),
  'dropout',
  'recurrentDropout',
  'returnSequences',
  'returnState',
  'goBackwards',
  'stateful',
  'unroll',
];
const normalKernel = { kernel_initializer: 'glorot_normal' };

function entry(
  name: string,
  options: readonly string[] = [],
  more: Partial<Omit<LayerEntry, 'class' | 'options'>> = {},
): LayerEntry {
  return { required: [], renamed: {}, defaults: {}, ...more, class: name, options };
}

const averagePooling = (rank: number): LayerEntry => entry(`AveragePooling${rank}D`, ['poolSize', ...window]);
const maxPooling = (rank: number): LayerEntry => entry(`MaxPooling${rank}D`, ['poolSize', ...window]);
const globalPooling = (kind: string, rank: number): LayerEntry => entry(`Global${kind}Pooling${rank}D`, ['dataFormat']);
const convolutionOf = (name: string): LayerEntry =>
  entry(name, ['filters', ...convolution, ...weights('kernel')], {
    required: ['filters', 'kernelSize'],
    defaults: normalKernel,
  });

/** Functions of `tf.layers`. */
export const layerTable: Readonly<Record<string, LayerEntry | undefined>> = {
  conv1d: convolutionOf('Conv1D'),
  conv2d: convolutionOf('Conv2D'),
  conv3d: convolutionOf('Conv3D'),
  conv2dTranspose: convolutionOf('Conv2DTranspose'),
  conv3dTranspose: convolutionOf('Conv3DTranspose'),
  separableConv2d: entry(
    'SeparableConv2D',
    ['filters', ...convolution, 'depthMultiplier', ...weights('depthwise', 'pointwise')],
    { required: ['filters', 'kernelSize'] },
  ),
  depthwiseConv2d: entry('DepthwiseConv2D', [...convolution, 'depthMultiplier', ...weights('depthwise')], {
    required: ['kernelSize'],
    defaults: { depthwise_initializer: 'glorot_normal' },
  }),
  dense: entry('Dense', ['units', 'activation', 'useBias', 'inputDim', ...weights('kernel', 'bias')], {
    required: ['units'],
    defaults: normalKernel,
  }),
  activation: entry('Activation', ['activation'], { defaults: { activation: 'linear' } }),
  dropout: entry('Dropout', ['rate', 'noiseShape', 'seed'], { required: ['rate'] }),
  spatialDropout1d: entry('SpatialDropout1D', ['rate', 'seed'], { required: ['rate'] }),
  gaussianDropout: entry('GaussianDropout', ['rate'], { required: ['rate'] }),
  gaussianNoise: entry('GaussianNoise', ['stddev'], { required: ['stddev'] }),
  alphaDropout: entry('AlphaDropout', ['rate', 'noiseShape'], { required: ['rate'] }),
  flatten: entry('Flatten', ['dataFormat'], { minRank: 3 }),
  reshape: entry('Reshape', ['targetShape'], { required: ['targetShape'] }),
  permute: entry('Permute', ['dims'], { required: ['dims'] }),
  repeatVector: entry('RepeatVector', ['n'], { required: ['n'] }),
  masking: entry('Masking', ['maskValue']),
  embedding: entry('Embedding', ['inputDim', 'outputDim', 'maskZero', 'inputLength', ...weights('embeddings')], {
    required: ['inputDim', 'outputDim'],
  }),
  elu: entry('ELU', ['alpha']),
  reLU: entry('ReLU', ['maxValue']),
  leakyReLU: entry('LeakyReLU', ['alpha'], { renamed: { alpha: 'negative_slope' } }),
  prelu: entry('PReLU', [...weights('alpha'), 'sharedAxes']),
  softmax: entry('Softmax', ['axis']),
  add: entry('Add'),
  average: entry('Average'),
  concatenate: entry('Concatenate', ['axis']),
  maximum: entry('Maximum'),
  minimum: entry('Minimum'),
  multiply: entry('Multiply'),
  dot: entry('Dot', ['axes', 'normalize'], { required: ['axes'] }),
  batchNormalization: entry('BatchNormalization', [
    'axis',
    'momentum',
    'epsilon',
    'center',
    'scale',
    ...weights('beta', 'gamma'),
    'movingMeanInitializer',
    'movingVarianceInitializer',
  ]),
  layerNormalization: entry('LayerNormalization', ['axis', 'epsilon', 'center', 'scale', ...weights('beta', 'gamma')]),
  averagePooling1d: averagePooling(1),
  avgPool1d: averagePooling(1),
  avgPooling1d: averagePooling(1),
  averagePooling2d: averagePooling(2),
  avgPool2d: averagePooling(2),
  avgPooling2d: averagePooling(2),
  averagePooling3d: averagePooling(3),
  avgPool3d: averagePooling(3),
  avgPooling3d: averagePooling(3),
  maxPooling1d: maxPooling(1),
  maxPool1d: maxPooling(1),
  maxPooling2d: maxPooling(2),
  maxPool2d: maxPooling(2),
  maxPooling3d: maxPooling(3),
  globalAveragePooling1d: globalPooling('Average', 1),
  globalAveragePooling2d: globalPooling('Average', 2),
  globalMaxPooling1d: globalPooling('Max', 1),
  globalMaxPool1d: globalPooling('Max', 1),
  globalMaxPooling2d: globalPooling('Max', 2),
  globalMaxPool2d: globalPooling('Max', 2),
  upSampling2d: entry('UpSampling2D', ['size', 'dataFormat', 'interpolation']),
  zeroPadding2d: entry('ZeroPadding2D', ['padding', 'dataFormat']),
  cropping2D: entry('Cropping2D', ['cropping', 'dataFormat'], { required: ['cropping'] }),
  rescaling: entry('Rescaling', ['scale', 'offset'], { required: ['scale'] }),
  resizing: entry('Resizing', ['height', 'width', 'interpolation', 'cropToAspectRatio'], {
    required: ['height', 'width'],
  }),
  centerCrop: entry('CenterCrop', ['height', 'width'], { required: ['height', 'width'] }),
  simpleRNN: entry('SimpleRNN', recurrent, { required: ['units'] }),
  lstm: entry('LSTM', [...recurrent, 'recurrentActivation', 'unitForgetBias'], {
    required: ['units'],
    defaults: { recurrent_activation: 'hard_sigmoid' },
  }),
  // One bias of 3·units: TensorFlow.js has no `reset_after`.
  gru: entry('GRU', [...recurrent, 'recurrentActivation'], {
    required: ['units'],
    defaults: { recurrent_activation: 'hard_sigmoid', reset_after: false },
  }),
  timeDistributed: entry('TimeDistributed', ['layer'], { required: ['layer'] }),
  bidirectional: entry('Bidirectional', ['layer', 'mergeMode'], { required: ['layer'] }),
};

/** Texts that TensorFlow.js writes otherwise than Keras: activations, initialisers, data formats. */
export function kerasText(option: string, text: string): string | undefined {
  if (option === 'padding') return ['valid', 'same', 'causal'].includes(text) ? text : undefined;
  if (option === 'interpolation') return ['nearest', 'bilinear'].includes(text) ? text : undefined;
  if (option === 'dataFormat') return { channelsLast: 'channels_last', channelsFirst: 'channels_first' }[text];
  if (option === 'activation' || option === 'recurrentActivation') return activations[text];
  if (option.endsWith('Initializer')) return initializers[text];
  return text;
}

const activations: Readonly<Record<string, string | undefined>> = {
  elu: 'elu',
  hardSigmoid: 'hard_sigmoid',
  linear: 'linear',
  relu: 'relu',
  relu6: 'relu6',
  selu: 'selu',
  sigmoid: 'sigmoid',
  softmax: 'softmax',
  logSoftmax: 'log_softmax',
  softplus: 'softplus',
  softsign: 'softsign',
  tanh: 'tanh',
  swish: 'swish',
  mish: 'mish',
  gelu: 'gelu',
  gelu_new: 'gelu',
};

/** Upper or lower case at the beginning, as TensorFlow.js takes both. */
const initializers: Readonly<Record<string, string | undefined>> = Object.fromEntries(
  [
    ['constant', 'Constant'],
    ['glorotNormal', 'GlorotNormal'],
    ['glorotUniform', 'GlorotUniform'],
    ['heNormal', 'HeNormal'],
    ['heUniform', 'HeUniform'],
    ['identity', 'Identity'],
    ['leCunNormal', 'LecunNormal'],
    ['leCunUniform', 'LecunUniform'],
    ['ones', 'Ones'],
    ['orthogonal', 'Orthogonal'],
    ['randomNormal', 'RandomNormal'],
    ['randomUniform', 'RandomUniform'],
    ['truncatedNormal', 'TruncatedNormal'],
    ['varianceScaling', 'VarianceScaling'],
    ['zeros', 'Zeros'],
  ].flatMap(([name = '', keras = '']) => [
    [name, keras],
    [name.charAt(0).toUpperCase() + name.slice(1), keras],
  ]),
);

/** `kernelSize` → `kernel_size` */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
