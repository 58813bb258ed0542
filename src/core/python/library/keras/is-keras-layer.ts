import type { ClassValue, InstanceValue, Value } from '../../runtime/values';
import { layerClass } from './layer-class';
import { isLayer } from './layer-state';

/** A layer or model of Keras that has been made. */
export function isKerasLayer(value: Value): value is InstanceValue {
  return isLayer(value);
}

/** A class of Keras' own, or one derived from Layer or Model. */
export function isKerasLayerClass(value: ClassValue): boolean {
  return value.order.includes(layerClass);
}
