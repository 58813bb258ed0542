import type { ClassValue } from '../../runtime/values';
import { inputClass, inputLayerClass } from './input-layer';
import { installTensorMembers } from './keras-tensor-members';
import { layerClass } from './layer-class';
import { activationClasses } from './layers/activation-layers';
import { attentionClasses } from './layers/attention';
import { bidirectionalClass } from './layers/bidirectional';
import { conv1dClass, conv2dClass, conv3dClass } from './layers/convolution';
import { denseClass } from './layers/dense';
import { depthwiseClasses } from './layers/depthwise-convolution';
import { embeddingClass } from './layers/embedding';
import { mergingClasses } from './layers/merging';
import { moreNormalizationClasses } from './layers/more-normalization';
import { batchNormalizationClass } from './layers/normalization';
import { poolingClasses } from './layers/pooling';
import { preprocessingClasses } from './layers/preprocessing';
import { recurrentClasses } from './layers/recurrent';
import { regularizationClasses } from './layers/regularization';
import { reshapingClasses } from './layers/reshaping';
import { resizingClasses } from './layers/resizing';
import { transposedClasses } from './layers/transposed-convolution';
import { wrapperClasses } from './layers/wrappers';
import { modelClass } from './model-class';
import { sequentialClass } from './sequential-class';

installTensorMembers();

/** The classes of keras.layers, by name, and Model and Sequential. */
export const kerasLayers: ReadonlyMap<string, ClassValue> = new Map([
  ['Layer', layerClass],
  ['Input', inputClass],
  ['InputLayer', inputLayerClass],
  ['Model', modelClass],
  ['Sequential', sequentialClass],
  ['Dense', denseClass],
  ['Conv1D', conv1dClass],
  ['Conv2D', conv2dClass],
  ['Conv3D', conv3dClass],
  ['Convolution1D', conv1dClass],
  ['Convolution2D', conv2dClass],
  ['Convolution3D', conv3dClass],
  ['BatchNormalization', batchNormalizationClass],
  ['Embedding', embeddingClass],
  ...depthwiseClasses,
  ...transposedClasses,
  ...moreNormalizationClasses,
  ...poolingClasses,
  ...resizingClasses,
  ...preprocessingClasses,
  ...attentionClasses,
  ...recurrentClasses,
  ['Bidirectional', bidirectionalClass],
  ...wrapperClasses,
  ...regularizationClasses,
  ...activationClasses,
  ...reshapingClasses,
  ...mergingClasses,
]);

/** The class of that name in keras.layers; also `Model`, `Sequential` and `Input` (which gives a tensor). */
export function kerasLayerClass(name: string): ClassValue | undefined {
  return kerasLayers.get(name);
}
