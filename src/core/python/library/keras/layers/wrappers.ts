import { multiplyDims } from '../../../../graph/dim';
import { OpError } from '../../../../ops/op';
import type { Interpreter } from '../../../runtime/interpreter';
import { none, type ClassValue, type InstanceValue, type Value } from '../../../runtime/values';
import { callKerasLayer } from '../call-keras-layer';
import { defineLayer, oneTensorCall } from '../define-layer';
import { formatKerasShape, isKerasTensor, shownShape } from '../keras-tensor';
import type { LayerArguments } from '../layer-arguments';
import { isLayer, layerState } from '../layer-state';
import { reshapeShown } from './reshaping';

/** A function of the user's as a layer, read like any other. Source: keras.layers.Lambda. */
const lambda = defineLayer({
  name: 'Lambda',
  signature: 'function, output_shape=None, mask=None, arguments=None',
  make(args) {
    const callee = args.value('function') ?? none;
    const given = args.value('arguments');
    const more = new Map<string, Value>();
    if (given?.kind === 'dict') {
      for (const { key, value } of given.entries.values()) if (key.kind === 'string') more.set(key.value, value);
    }
    return {
      call: (_layer, interpreter, positional) => {
        if (callee.kind === 'string') return interpreter.fail('A Lambda that is given as text is not supported yet.');
        return interpreter.call(callee, positional.slice(0, 1), more);
      },
    };
  },
});

/** One layer on every step of (None, steps, …). Source: keras.layers.TimeDistributed. */
const timeDistributed = defineLayer({
  name: 'TimeDistributed',
  signature: 'layer',
  make(args) {
    const inner = layerIn(args);
    return {
      call: oneTensorCall((layer, interpreter, input) => {
        hold(interpreter, layer, inner);
        const shape = shownShape(input);
        const [batch = 'N', steps, ...rest] = shape;
        if (steps === undefined || rest.length === 0) {
          throw new OpError(`TimeDistributed expects an input (None, steps, …), got shape ${formatKerasShape(shape)}.`);
        }
        const all = reshapeShown(interpreter, input, [multiplyDims(batch, steps), ...rest]);
        const result = callKerasLayer(interpreter, inner, [all], new Map());
        if (!isKerasTensor(result)) return result;
        return reshapeShown(interpreter, result, [batch, steps, ...shownShape(result).slice(1)]);
      }),
    };
  },
});

function passThrough(name: string, signature: string): ClassValue {
  return defineLayer({
    name,
    signature,
    make: () => ({ call: oneTensorCall((_layer, _interpreter, input) => input) }),
  });
}

export const wrapperClasses: ReadonlyMap<string, ClassValue> = new Map([
  ['Lambda', lambda],
  ['TimeDistributed', timeDistributed],
  ['Identity', passThrough('Identity', '')],
  ['Masking', passThrough('Masking', 'mask_value=0.0')],
  ['ActivityRegularization', passThrough('ActivityRegularization', 'l1=0.0, l2=0.0')],
]);

/** The layer that a wrapper is given. */
export function layerIn(args: LayerArguments): InstanceValue {
  const inner = args.value('layer');
  if (!isLayer(inner)) throw new OpError(`${args.title}: layer must be a layer.`);
  return inner;
}

/** A wrapper's layers are its own: their weights are found through it. */
export function hold(interpreter: Interpreter, wrapper: InstanceValue, ...layers: readonly InstanceValue[]): void {
  const { inner } = layerState(interpreter, wrapper);
  for (const layer of layers) if (!inner.includes(layer)) inner.push(layer);
}
