/**
 * keras.applications as Python source of our own, which is interpreted like any file: networks without their trained
 * weights. Layouts are those of the papers that each function names, numbers and names those of Keras' documentation.
 * One file, long as it is, since it is one module of Keras.
 */
export const kerasApplications = String.raw`
import math
from keras import Model, layers


def _input(input_shape, input_tensor, size, include_top):
    if input_tensor is not None:
        return input_tensor
    if input_shape is None:
        input_shape = (size, size, 3) if include_top else (None, None, 3)
    return layers.Input(shape=input_shape)


def _head(x, include_top, pooling, classes, activation):
    if include_top:
        x = layers.GlobalAveragePooling2D(name='avg_pool')(x)
        return layers.Dense(classes, activation=activation, name='predictions')(x)
    return _pooled(x, pooling)


def _pooled(x, pooling):
    if pooling == 'avg':
        return layers.GlobalAveragePooling2D(name='avg_pool')(x)
    if pooling == 'max':
        return layers.GlobalMaxPooling2D(name='max_pool')(x)
    return x


# Simonyan and Zisserman, 2015.
def _vgg(name, depths, include_top, input_tensor, input_shape, pooling, classes, activation):
    image = _input(input_shape, input_tensor, 224, include_top)
    x = image
    for stage, (depth, filters) in enumerate(zip(depths, (64, 128, 256, 512, 512)), start=1):
        for index in range(1, depth + 1):
            x = layers.Conv2D(
                filters, 3, padding='same', activation='relu', name=f'block{stage}_conv{index}'
            )(x)
        x = layers.MaxPooling2D(2, strides=2, name=f'block{stage}_pool')(x)
    if include_top:
        x = layers.Flatten(name='flatten')(x)
        x = layers.Dense(4096, activation='relu', name='fc1')(x)
        x = layers.Dense(4096, activation='relu', name='fc2')(x)
        x = layers.Dense(classes, activation=activation, name='predictions')(x)
    else:
        x = _pooled(x, pooling)
    return Model(image, x, name=name)


def VGG16(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000,
          classifier_activation='softmax', name='vgg16'):
    return _vgg(name, (2, 2, 3, 3, 3), include_top, input_tensor, input_shape, pooling, classes, classifier_activation)


def VGG19(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000,
          classifier_activation='softmax', name='vgg19'):
    return _vgg(name, (2, 2, 4, 4, 4), include_top, input_tensor, input_shape, pooling, classes, classifier_activation)


# He et al., 2015: strides stand in the first 1x1 convolution.
def _residual(x, filters, stride, project, name):
    shortcut = x
    if project:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride, name=name + '_0_conv')(x)
        shortcut = layers.BatchNormalization(epsilon=1.001e-5, name=name + '_0_bn')(shortcut)
    for index, (size, kernel) in enumerate(((filters, 1), (filters, 3), (4 * filters, 1)), start=1):
        x = layers.Conv2D(
            size, kernel, strides=stride if index == 1 else 1, padding='same' if kernel == 3 else 'valid',
            name=f'{name}_{index}_conv',
        )(x)
        x = layers.BatchNormalization(epsilon=1.001e-5, name=f'{name}_{index}_bn')(x)
        if index < 3:
            x = layers.Activation('relu', name=f'{name}_{index}_relu')(x)
    x = layers.Add(name=name + '_add')([shortcut, x])
    return layers.Activation('relu', name=name + '_out')(x)


# He et al., 2016: normalisation before the convolutions; strides in the last block of a stage.
def _residual_v2(x, filters, stride, project, name):
    preact = layers.BatchNormalization(epsilon=1.001e-5, name=name + '_preact_bn')(x)
    preact = layers.Activation('relu', name=name + '_preact_relu')(preact)
    if project:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride, name=name + '_0_conv')(preact)
    else:
        shortcut = layers.MaxPooling2D(1, strides=stride)(x) if stride > 1 else x
    x = layers.Conv2D(filters, 1, use_bias=False, name=name + '_1_conv')(preact)
    x = layers.BatchNormalization(epsilon=1.001e-5, name=name + '_1_bn')(x)
    x = layers.Activation('relu', name=name + '_1_relu')(x)
    x = layers.ZeroPadding2D(1, name=name + '_2_pad')(x)
    x = layers.Conv2D(filters, 3, strides=stride, use_bias=False, name=name + '_2_conv')(x)
    x = layers.BatchNormalization(epsilon=1.001e-5, name=name + '_2_bn')(x)
    x = layers.Activation('relu', name=name + '_2_relu')(x)
    x = layers.Conv2D(4 * filters, 1, name=name + '_3_conv')(x)
    return layers.Add(name=name + '_out')([shortcut, x])


def _resnet(name, depths, version, include_top, input_tensor, input_shape, pooling, classes, activation):
    image = _input(input_shape, input_tensor, 224, include_top)
    x = layers.ZeroPadding2D(3, name='conv1_pad')(image)
    x = layers.Conv2D(64, 7, strides=2, name='conv1_conv')(x)
    if version == 1:
        x = layers.BatchNormalization(epsilon=1.001e-5, name='conv1_bn')(x)
        x = layers.Activation('relu', name='conv1_relu')(x)
    x = layers.ZeroPadding2D(1, name='pool1_pad')(x)
    x = layers.MaxPooling2D(3, strides=2, name='pool1_pool')(x)
    for stage, (depth, filters) in enumerate(zip(depths, (64, 128, 256, 512)), start=2):
        for block in range(1, depth + 1):
            title = f'conv{stage}_block{block}'
            if version == 1:
                x = _residual(x, filters, 2 if block == 1 and stage > 2 else 1, block == 1, title)
            else:
                x = _residual_v2(x, filters, 2 if block == depth and stage < 5 else 1, block == 1, title)
    if version == 2:
        x = layers.BatchNormalization(epsilon=1.001e-5, name='post_bn')(x)
        x = layers.Activation('relu', name='post_relu')(x)
    return Model(image, _head(x, include_top, pooling, classes, activation), name=name)


def _resnet_builder(title, depths, version):
    def build(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000,
              classifier_activation='softmax', name=title):
        return _resnet(
            name, depths, version, include_top, input_tensor, input_shape, pooling, classes, classifier_activation
        )
    return build


ResNet50 = _resnet_builder('resnet50', (3, 4, 6, 3), 1)
ResNet101 = _resnet_builder('resnet101', (3, 4, 23, 3), 1)
ResNet152 = _resnet_builder('resnet152', (3, 8, 36, 3), 1)
ResNet50V2 = _resnet_builder('resnet50v2', (3, 4, 6, 3), 2)
ResNet101V2 = _resnet_builder('resnet101v2', (3, 4, 23, 3), 2)
ResNet152V2 = _resnet_builder('resnet152v2', (3, 8, 36, 3), 2)


def _titled(name, alpha, input_shape):
    rows = input_shape[0] if input_shape is not None and input_shape[0] == input_shape[1] else 224
    return f'{name}_{alpha:0.2f}_{rows if rows in (96, 128, 160, 192, 224) else 224}'


# Howard et al., 2017.
def MobileNet(input_shape=None, alpha=1.0, depth_multiplier=1, dropout=1e-3, include_top=True, weights='imagenet',
              input_tensor=None, pooling=None, classes=1000, classifier_activation='softmax', name=None):
    image = _input(input_shape, input_tensor, 224, include_top)
    x = layers.Conv2D(int(32 * alpha), 3, padding='same', use_bias=False, strides=2, name='conv1')(image)
    x = layers.BatchNormalization(name='conv1_bn')(x)
    x = layers.ReLU(6.0, name='conv1_relu')(x)
    blocks = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + 5 * [(512, 1)] + [(1024, 2), (1024, 1)]
    for index, (filters, stride) in enumerate(blocks, start=1):
        if stride == 2:
            x = layers.ZeroPadding2D(((0, 1), (0, 1)), name=f'conv_pad_{index}')(x)
        x = layers.DepthwiseConv2D(
            3, padding='same' if stride == 1 else 'valid', depth_multiplier=depth_multiplier, strides=stride,
            use_bias=False, name=f'conv_dw_{index}',
        )(x)
        x = layers.BatchNormalization(name=f'conv_dw_{index}_bn')(x)
        x = layers.ReLU(6.0, name=f'conv_dw_{index}_relu')(x)
        x = layers.Conv2D(int(filters * alpha), 1, padding='same', use_bias=False, name=f'conv_pw_{index}')(x)
        x = layers.BatchNormalization(name=f'conv_pw_{index}_bn')(x)
        x = layers.ReLU(6.0, name=f'conv_pw_{index}_relu')(x)
    if include_top:
        x = layers.GlobalAveragePooling2D(keepdims=True)(x)
        x = layers.Dropout(dropout, name='dropout')(x)
        x = layers.Conv2D(classes, 1, padding='same', name='conv_preds')(x)
        x = layers.Reshape((classes,), name='reshape_2')(x)
        x = layers.Activation(classifier_activation, name='predictions')(x)
    else:
        x = _pooled(x, pooling)
    return Model(image, x, name=name or _titled('mobilenet', alpha, input_shape))


def _divisible(value, divisor=8):
    rounded = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * value else rounded


def _stride_padding(x, kernel):
    # The pixel that an even size has too many of comes before; sizes that are not known count as even.
    height, width = x.shape[1], x.shape[2]
    before = [kernel // 2 - (1 - size % 2 if size is not None else 1) for size in (height, width)]
    return tuple((first, kernel // 2) for first in before)


# Sandler et al., 2018.
def MobileNetV2(input_shape=None, alpha=1.0, include_top=True, weights='imagenet', input_tensor=None, pooling=None,
                classes=1000, classifier_activation='softmax', name=None):
    image = _input(input_shape, input_tensor, 224, include_top)
    x = layers.Conv2D(_divisible(32 * alpha), 3, strides=2, padding='same', use_bias=False, name='Conv1')(image)
    x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name='bn_Conv1')(x)
    x = layers.ReLU(6.0, name='Conv1_relu')(x)
    index = 0
    for expand, filters, count, stride in (
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ):
        for repeat in range(count):
            x = _inverted(x, expand, stride if repeat == 0 else 1, _divisible(int(filters * alpha)), index)
            index += 1
    last = _divisible(1280 * alpha) if alpha > 1.0 else 1280
    x = layers.Conv2D(last, 1, use_bias=False, name='Conv_1')(x)
    x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name='Conv_1_bn')(x)
    x = layers.ReLU(6.0, name='out_relu')(x)
    if include_top:
        x = layers.GlobalAveragePooling2D()(x)
        x = layers.Dense(classes, activation=classifier_activation, name='predictions')(x)
    else:
        x = _pooled(x, pooling)
    return Model(image, x, name=name or _titled('mobilenetv2', alpha, input_shape))


def _inverted(inputs, expand, stride, filters, index):
    channels = inputs.shape[-1]
    x = inputs
    prefix = f'block_{index}_' if index else 'expanded_conv_'
    if index:
        x = layers.Conv2D(expand * channels, 1, padding='same', use_bias=False, name=prefix + 'expand')(x)
        x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=prefix + 'expand_BN')(x)
        x = layers.ReLU(6.0, name=prefix + 'expand_relu')(x)
    if stride == 2:
        x = layers.ZeroPadding2D(_stride_padding(x, 3), name=prefix + 'pad')(x)
    x = layers.DepthwiseConv2D(
        3, strides=stride, use_bias=False, padding='same' if stride == 1 else 'valid', name=prefix + 'depthwise'
    )(x)
    x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=prefix + 'depthwise_BN')(x)
    x = layers.ReLU(6.0, name=prefix + 'depthwise_relu')(x)
    x = layers.Conv2D(filters, 1, padding='same', use_bias=False, name=prefix + 'project')(x)
    x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=prefix + 'project_BN')(x)
    if channels == filters and stride == 1:
        return layers.Add(name=prefix + 'add')([inputs, x])
    return x


# Huang et al., 2017.
def _densenet(name, depths, include_top, input_tensor, input_shape, pooling, classes, activation):
    image = _input(input_shape, input_tensor, 224, include_top)
    x = layers.ZeroPadding2D(3)(image)
    x = layers.Conv2D(64, 7, strides=2, use_bias=False, name='conv1_conv')(x)
    x = layers.BatchNormalization(epsilon=1.001e-5, name='conv1_bn')(x)
    x = layers.Activation('relu', name='conv1_relu')(x)
    x = layers.ZeroPadding2D(1)(x)
    x = layers.MaxPooling2D(3, strides=2, name='pool1')(x)
    for stage, depth in enumerate(depths, start=2):
        for block in range(1, depth + 1):
            title = f'conv{stage}_block{block}'
            new = layers.BatchNormalization(epsilon=1.001e-5, name=title + '_0_bn')(x)
            new = layers.Activation('relu', name=title + '_0_relu')(new)
            new = layers.Conv2D(128, 1, use_bias=False, name=title + '_1_conv')(new)
            new = layers.BatchNormalization(epsilon=1.001e-5, name=title + '_1_bn')(new)
            new = layers.Activation('relu', name=title + '_1_relu')(new)
            new = layers.Conv2D(32, 3, padding='same', use_bias=False, name=title + '_2_conv')(new)
            x = layers.Concatenate(name=title + '_concat')([x, new])
        if stage < 5:
            x = layers.BatchNormalization(epsilon=1.001e-5, name=f'pool{stage}_bn')(x)
            x = layers.Activation('relu', name=f'pool{stage}_relu')(x)
            x = layers.Conv2D(x.shape[-1] // 2, 1, use_bias=False, name=f'pool{stage}_conv')(x)
            x = layers.AveragePooling2D(2, strides=2, name=f'pool{stage}_pool')(x)
    x = layers.BatchNormalization(epsilon=1.001e-5, name='bn')(x)
    x = layers.Activation('relu', name='relu')(x)
    return Model(image, _head(x, include_top, pooling, classes, activation), name=name)


def _densenet_builder(title, depths):
    def build(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000,
              classifier_activation='softmax', name=title):
        return _densenet(name, depths, include_top, input_tensor, input_shape, pooling, classes, classifier_activation)
    return build


DenseNet121 = _densenet_builder('densenet121', (6, 12, 24, 16))
DenseNet169 = _densenet_builder('densenet169', (6, 12, 32, 32))
DenseNet201 = _densenet_builder('densenet201', (6, 12, 48, 32))


# Chollet, 2017.
def Xception(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000,
             classifier_activation='softmax', name='xception'):
    image = _input(input_shape, input_tensor, 299, include_top)
    x = layers.Conv2D(32, 3, strides=2, use_bias=False, name='block1_conv1')(image)
    x = layers.BatchNormalization(name='block1_conv1_bn')(x)
    x = layers.Activation('relu', name='block1_conv1_act')(x)
    x = layers.Conv2D(64, 3, use_bias=False, name='block1_conv2')(x)
    x = layers.BatchNormalization(name='block1_conv2_bn')(x)
    x = layers.Activation('relu', name='block1_conv2_act')(x)
    for block, filters in enumerate(((128, 128), (256, 256), (728, 728)), start=2):
        x = _xception_down(x, filters, block, block > 2)
    for block in range(5, 13):
        residual = x
        for index in range(1, 4):
            x = _separable(x, 728, f'block{block}_sepconv{index}', True)
        x = layers.add([x, residual])
    x = _xception_down(x, (728, 1024), 13, True)
    for index, filters in enumerate((1536, 2048), start=1):
        x = _separable(x, filters, f'block14_sepconv{index}', False)
        x = layers.Activation('relu', name=f'block14_sepconv{index}_act')(x)
    return Model(image, _head(x, include_top, pooling, classes, classifier_activation), name=name)


def _separable(x, filters, name, before):
    if before:
        x = layers.Activation('relu', name=name + '_act')(x)
    x = layers.SeparableConv2D(filters, 3, padding='same', use_bias=False, name=name)(x)
    return layers.BatchNormalization(name=name + '_bn')(x)


def _xception_down(x, filters, block, before):
    residual = layers.Conv2D(filters[-1], 1, strides=2, padding='same', use_bias=False)(x)
    residual = layers.BatchNormalization()(residual)
    for index, size in enumerate(filters, start=1):
        x = _separable(x, size, f'block{block}_sepconv{index}', before or index > 1)
    x = layers.MaxPooling2D(3, strides=2, padding='same', name=f'block{block}_pool')(x)
    return layers.add([x, residual])


# Szegedy et al., 2016.
def InceptionV3(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000,
                classifier_activation='softmax', name='inception_v3'):
    image = _input(input_shape, input_tensor, 299, include_top)
    x = _conv_bn(image, 32, 3, strides=2, padding='valid')
    x = _conv_bn(x, 32, 3, padding='valid')
    x = _conv_bn(x, 64, 3)
    x = layers.MaxPooling2D(3, strides=2)(x)
    x = _conv_bn(x, 80, 1, padding='valid')
    x = _conv_bn(x, 192, 3, padding='valid')
    x = layers.MaxPooling2D(3, strides=2)(x)
    for index, pooled in enumerate((32, 64, 64)):
        wide = _chain(x, (48, 1), (64, 5))
        double = _chain(x, (64, 1), (96, 3), (96, 3))
        x = layers.concatenate([_conv_bn(x, 64, 1), wide, double, _pool_conv(x, pooled)], name=f'mixed{index}')
    single = _conv_bn(x, 384, 3, strides=2, padding='valid')
    double = _conv_bn(_chain(x, (64, 1), (96, 3)), 96, 3, strides=2, padding='valid')
    x = layers.concatenate([single, double, layers.MaxPooling2D(3, strides=2)(x)], name='mixed3')
    for index, size in enumerate((128, 160, 160, 192), start=4):
        long = _chain(x, (size, 1), (size, (1, 7)), (192, (7, 1)))
        double = _chain(x, (size, 1), (size, (7, 1)), (size, (1, 7)), (size, (7, 1)), (192, (1, 7)))
        x = layers.concatenate([_conv_bn(x, 192, 1), long, double, _pool_conv(x, 192)], name=f'mixed{index}')
    single = _conv_bn(_conv_bn(x, 192, 1), 320, 3, strides=2, padding='valid')
    long = _chain(x, (192, 1), (192, (1, 7)), (192, (7, 1)))
    long = _conv_bn(long, 192, 3, strides=2, padding='valid')
    x = layers.concatenate([single, long, layers.MaxPooling2D(3, strides=2)(x)], name='mixed8')
    for index in (9, 10):
        single = _split(_conv_bn(x, 384, 1))
        double = _split(_chain(x, (448, 1), (384, 3)))
        x = layers.concatenate([_conv_bn(x, 320, 1), single, double, _pool_conv(x, 192)], name=f'mixed{index}')
    return Model(image, _head(x, include_top, pooling, classes, classifier_activation), name=name)


def _conv_bn(x, filters, kernel, strides=1, padding='same'):
    x = layers.Conv2D(filters, kernel, strides=strides, padding=padding, use_bias=False)(x)
    x = layers.BatchNormalization(scale=False)(x)
    return layers.Activation('relu')(x)


def _chain(x, *sizes):
    for filters, kernel in sizes:
        x = _conv_bn(x, filters, kernel)
    return x


def _pool_conv(x, filters):
    return _conv_bn(layers.AveragePooling2D(3, strides=1, padding='same')(x), filters, 1)


def _split(x):
    return layers.concatenate([_conv_bn(x, 384, (1, 3)), _conv_bn(x, 384, (3, 1))])


# Tan and Le, 2019: kernel, blocks, filters in, filters out, expansion, stride of each stage of B0.
_STAGES = (
    (3, 1, 32, 16, 1, 1), (3, 2, 16, 24, 6, 2), (5, 2, 24, 40, 6, 2), (3, 3, 40, 80, 6, 2),
    (5, 3, 80, 112, 6, 1), (5, 4, 112, 192, 6, 2), (3, 1, 192, 320, 6, 1),
)


def _efficientnet(name, width, depth, size, dropout, include_top, input_tensor, input_shape, pooling, classes,
                  activation):
    def filters_of(filters):
        return _divisible(filters * width)

    image = _input(input_shape, input_tensor, size, include_top)
    x = layers.Rescaling(1.0 / 255.0)(image)
    x = layers.Normalization(axis=-1)(x)
    x = layers.ZeroPadding2D(_stride_padding(x, 3), name='stem_conv_pad')(x)
    x = layers.Conv2D(filters_of(32), 3, strides=2, use_bias=False, name='stem_conv')(x)
    x = layers.BatchNormalization(name='stem_bn')(x)
    x = layers.Activation('swish', name='stem_activation')(x)
    for stage, (kernel, blocks, _, filters, expand, stride) in enumerate(_STAGES, start=1):
        for block in range(int(math.ceil(depth * blocks))):
            x = _mbconv(x, filters_of(filters), kernel, stride if block == 0 else 1, expand, f'block{stage}{chr(97 + block)}_')
    x = layers.Conv2D(filters_of(1280), 1, padding='same', use_bias=False, name='top_conv')(x)
    x = layers.BatchNormalization(name='top_bn')(x)
    x = layers.Activation('swish', name='top_activation')(x)
    if include_top:
        x = layers.GlobalAveragePooling2D(name='avg_pool')(x)
        x = layers.Dropout(dropout, name='top_dropout')(x)
        x = layers.Dense(classes, activation=activation, name='predictions')(x)
    else:
        x = _pooled(x, pooling)
    return Model(image, x, name=name)


def _mbconv(inputs, filters, kernel, stride, expand, name):
    channels = inputs.shape[-1]
    x = inputs
    if expand != 1:
        x = layers.Conv2D(channels * expand, 1, padding='same', use_bias=False, name=name + 'expand_conv')(x)
        x = layers.BatchNormalization(name=name + 'expand_bn')(x)
        x = layers.Activation('swish', name=name + 'expand_activation')(x)
    if stride == 2:
        x = layers.ZeroPadding2D(_stride_padding(x, kernel), name=name + 'dwconv_pad')(x)
    x = layers.DepthwiseConv2D(
        kernel, strides=stride, padding='same' if stride == 1 else 'valid', use_bias=False, name=name + 'dwconv'
    )(x)
    x = layers.BatchNormalization(name=name + 'bn')(x)
    x = layers.Activation('swish', name=name + 'activation')(x)
    wide = channels * expand
    se = layers.GlobalAveragePooling2D(name=name + 'se_squeeze')(x)
    se = layers.Reshape((1, 1, wide), name=name + 'se_reshape')(se)
    se = layers.Conv2D(max(1, int(channels * 0.25)), 1, activation='swish', name=name + 'se_reduce')(se)
    se = layers.Conv2D(wide, 1, activation='sigmoid', name=name + 'se_expand')(se)
    x = layers.multiply([x, se])
    x = layers.Conv2D(filters, 1, padding='same', use_bias=False, name=name + 'project_conv')(x)
    x = layers.BatchNormalization(name=name + 'project_bn')(x)
    if stride == 1 and channels == filters:
        x = layers.Dropout(0.2, noise_shape=(None, 1, 1, 1), name=name + 'drop')(x)
        x = layers.add([x, inputs])
    return x


def _efficientnet_builder(title, width, depth, size, dropout):
    def build(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000,
              classifier_activation='softmax', name=title):
        return _efficientnet(
            name, width, depth, size, dropout, include_top, input_tensor, input_shape, pooling, classes,
            classifier_activation,
        )
    return build


EfficientNetB0 = _efficientnet_builder('efficientnetb0', 1.0, 1.0, 224, 0.2)
EfficientNetB1 = _efficientnet_builder('efficientnetb1', 1.0, 1.1, 240, 0.2)
EfficientNetB2 = _efficientnet_builder('efficientnetb2', 1.1, 1.2, 260, 0.3)
EfficientNetB3 = _efficientnet_builder('efficientnetb3', 1.2, 1.4, 300, 0.3)
EfficientNetB4 = _efficientnet_builder('efficientnetb4', 1.4, 1.8, 380, 0.4)
EfficientNetB5 = _efficientnet_builder('efficientnetb5', 1.6, 2.2, 456, 0.4)
EfficientNetB6 = _efficientnet_builder('efficientnetb6', 1.8, 2.6, 528, 0.5)
EfficientNetB7 = _efficientnet_builder('efficientnetb7', 2.0, 3.1, 600, 0.5)


def preprocess_input(x, data_format=None):
    # What it does depends on the network; shapes stay.
    return same_shape(x)


def decode_predictions(preds, top=5):
    return same_shape(None)
`;
