import type { Shape } from '../graph/graph';
import type { InstanceValue, Value } from '../python/runtime/values';

/**
 * The input that a model's first layer takes, where nobody declares one: its channels and its rank are facts of the
 * code, its size stays symbolic. Undefined where the layer says nothing.
 */
export function inputOfLayer(layer: InstanceValue): Shape | undefined {
  for (const { name } of layer.class.order) {
    const [, kind, rank] = /^(Conv|ConvTranspose|BatchNorm|InstanceNorm)([123])d$/.exec(name) ?? [];
    if (kind) {
      const channels = layer.attributes.get(kind.startsWith('Conv') ? 'in_channels' : 'num_features');
      return isSize(channels) ? ['N', channels.value, ...(symbols[Number(rank)] ?? [])] : undefined;
    }
    if (name === 'Linear') {
      const features = layer.attributes.get('in_features');
      return isSize(features) ? ['N', features.value] : undefined;
    }
  }
  return undefined;
}

/** A lazy layer has 0 channels before its first input. */
function isSize(value: Value | undefined): value is Value & { readonly kind: 'integer' } {
  return value?.kind === 'integer' && value.value !== 0;
}

const symbols: Readonly<Record<number, readonly string[]>> = { 1: ['L'], 2: ['H', 'W'], 3: ['D', 'H', 'W'] };
