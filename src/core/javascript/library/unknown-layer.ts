import { layerClass } from '../../python/library/keras/layer-class';
import { initLayer } from '../../python/library/keras/layer-state';
import { nativeClass } from '../../python/library/native-class';
import type { Interpreter } from '../../python/runtime/interpreter';
import type { InstanceValue, UnknownValue } from '../../python/runtime/values';
import { numberedName } from './layer-names';

const unknownLayerClass = nativeClass('Unknown layer', [layerClass]);

/** Stands for a layer that is not known: what it gives is not known, either. */
export function unknownLayer(interpreter: Interpreter, unknown: UnknownValue): InstanceValue {
  const layer: InstanceValue = {
    kind: 'instance',
    class: unknownLayerClass,
    attributes: new Map(),
    module: undefined,
    place: unknown.place,
  };
  const state = initLayer(interpreter, layer, numberedName(interpreter, 'unknown'));
  state.built = true;
  state.behaviour = { call: () => unknown };
  return layer;
}
