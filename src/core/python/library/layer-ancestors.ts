import type { ClassValue } from '../runtime/values';
import { moduleClass } from './module-class';
import { nativeClass } from './native-class';

const normBase = nativeClass('_NormBase', [moduleClass]);
const convNd = nativeClass('_ConvNd', [moduleClass]);

/** Classes that PyTorch's layers share, for `isinstance(m, nn.modules.batchnorm._BatchNorm)`. */
export const layerAncestors: ReadonlyMap<string, ClassValue> = new Map(
  [
    convNd,
    nativeClass('_ConvTransposeNd', [convNd]),
    normBase,
    nativeClass('_BatchNorm', [normBase]),
    nativeClass('_InstanceNorm', [normBase]),
    nativeClass('_DropoutNd', [moduleClass]),
    nativeClass('_MaxPoolNd', [moduleClass]),
    nativeClass('_AvgPoolNd', [moduleClass]),
    nativeClass('_AdaptiveAvgPoolNd', [moduleClass]),
    nativeClass('_AdaptiveMaxPoolNd', [moduleClass]),
    nativeClass('_Loss', [moduleClass]),
  ].map((ancestor) => [ancestor.name, ancestor]),
);

const rules: readonly (readonly [RegExp, string])[] = [
  [/^ConvTranspose\dd$/, '_ConvTransposeNd'],
  [/^Conv\dd$/, '_ConvNd'],
  [/^(SyncBatchNorm|BatchNorm\dd)$/, '_BatchNorm'],
  [/^InstanceNorm\dd$/, '_InstanceNorm'],
  [/Dropout/, '_DropoutNd'],
  [/^MaxPool\dd$/, '_MaxPoolNd'],
  [/^AvgPool\dd$/, '_AvgPoolNd'],
  [/^AdaptiveAvgPool\dd$/, '_AdaptiveAvgPoolNd'],
  [/^AdaptiveMaxPool\dd$/, '_AdaptiveMaxPoolNd'],
  [/Loss$/, '_Loss'],
];

/** What the class of a layer derives from. */
export function ancestorOf(layer: string): ClassValue {
  const rule = rules.find(([pattern]) => pattern.test(layer));
  return (rule && layerAncestors.get(rule[1])) ?? moduleClass;
}
