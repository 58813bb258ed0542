import { addDims, productOfDims, type Dim } from '../graph/dim';
import { isKerasLayer } from '../python/library/keras/is-keras-layer';
import { innerLayers, namedLayers, weightsOf } from '../python/library/keras/layer-state';
import { namedModules } from '../python/library/module-class';
import type { Interpreter } from '../python/runtime/interpreter';
import type { InstanceValue, TensorValue } from '../python/runtime/values';

/** What a module or layer holds, whatever the framework. */
export interface ModelFacts {
  /** A module without modules inside of it. */
  isLeaf(module: InstanceValue): boolean;
  /** The module and all inside of it, each once, under its first path. */
  named(root: InstanceValue): [path: string, module: InstanceValue][];
  /** Values of parameters of a module and of all inside of it, each once: trained, or frozen (Keras: also statistics). */
  count(module: InstanceValue, which: 'trained' | 'frozen'): Dim;
}

export function modelFacts(interpreter: Interpreter): ModelFacts {
  const known = { trained: new Map<InstanceValue, Dim>(), frozen: new Map<InstanceValue, Dim>() };
  return {
    isLeaf: (module) =>
      module.module
        ? ![...module.module.children.values()].some((child) => child.kind === 'instance')
        : innerLayers(interpreter, module).length === 0,
    named: (root) => (isKerasLayer(root) ? namedLayers(interpreter, root) : namedModules(interpreter, root)),
    count(module, which) {
      const counted = known[which].get(module);
      if (counted !== undefined) return counted;
      let total: Dim = 0;
      for (const tensor of parametersOf(interpreter, module, which)) {
        total = addDims(total, productOfDims(tensor.type.shape));
      }
      known[which].set(module, total);
      return total;
    },
  };
}

function parametersOf(
  interpreter: Interpreter,
  module: InstanceValue,
  which: 'trained' | 'frozen',
): ReadonlySet<TensorValue> {
  if (isKerasLayer(module)) {
    return new Set(weightsOf(interpreter, module, which === 'trained').map(({ value }) => value.keras.tensor));
  }
  const found = new Set<TensorValue>();
  for (const [, inner] of namedModules(interpreter, module)) {
    for (const value of inner.module?.parameters.values() ?? []) {
      if (value.kind === 'tensor' && value.requiresGrad === (which === 'trained')) found.add(value);
    }
  }
  return found;
}
