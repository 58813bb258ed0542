import { initializerClasses } from '../../python/library/keras/initializers';
import { native, string, type ModuleValue, type Value } from '../../python/runtime/values';
import { getOwn, isNullish, ownNames } from '../runtime/js-values';
import { kerasText, snakeCase } from './layer-table';

const names = [
  'constant',
  'glorotNormal',
  'glorotUniform',
  'heNormal',
  'heUniform',
  'identity',
  'leCunNormal',
  'leCunUniform',
  'ones',
  'orthogonal',
  'randomNormal',
  'randomUniform',
  'truncatedNormal',
  'varianceScaling',
  'zeros',
];

/** `tf.initializers`: first values with options, as Keras has them under the same names in snake case. */
export const initializersObject: ModuleValue = {
  kind: 'module',
  name: 'tf.initializers',
  namespace: new Map(
    names.map((name) => [
      name,
      native(name, (interpreter, [options]) => {
        const cls = initializerClasses.get(kerasText('kernelInitializer', name) ?? name);
        if (options?.kind === 'unknown') return options;
        if (!cls) return interpreter.unknown(`tf.initializers.${name} is not supported yet.`);
        return interpreter.call(cls, [], options?.kind === 'dict' ? keywordsOf(options) : new Map());
      }),
    ]),
  ),
};

function keywordsOf(options: Value & { readonly kind: 'dict' }): Map<string, Value> {
  const keyword = new Map<string, Value>();
  for (const name of ownNames(options)) {
    const value = getOwn(options, name);
    if (!value || isNullish(value)) continue;
    // `mode: 'fanIn'`, `distribution: 'truncatedNormal'`
    keyword.set(snakeCase(name), value.kind === 'string' ? string(snakeCase(value.value)) : value);
  }
  return keyword;
}
