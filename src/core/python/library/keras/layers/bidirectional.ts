import { OpError } from '../../../../ops/op';
import type { Interpreter } from '../../../runtime/interpreter';
import { boolean, list, string, type InstanceValue, type Value } from '../../../runtime/values';
import { callKerasLayer } from '../call-keras-layer';
import { defineLayer } from '../define-layer';
import { kerasTensor, nodeAxis, shownShape, type KerasTensor } from '../keras-tensor';
import { isLayer, layerState } from '../layer-state';
import { tensorsIn } from '../symbolic';
import { checkedByKeras, torchCall } from '../torch-call';
import { concatenate, mergeElementwise } from './merging';
import { hold, layerIn } from './wrappers';

/** A recurrent layer forwards and one like it backwards, their outputs merged. Source: keras.layers.Bidirectional. */
export const bidirectionalClass = defineLayer({
  name: 'Bidirectional',
  signature: "layer, merge_mode='concat', weights=None, backward_layer=None",
  make(args) {
    const { interpreter } = args;
    const layer = layerIn(args);
    const mode = args.isNone('merge_mode') ? undefined : args.choice('merge_mode', ['concat', 'sum', 'mul', 'ave']);
    const { name } = layerState(interpreter, layer);
    const isBackwards = flagOf(layer, 'go_backwards');
    const forward = copyOf(interpreter, layer, `forward_${name}`, isBackwards);
    const given = args.value('backward_layer');
    const backward = isLayer(given) ? given : copyOf(interpreter, layer, `backward_${name}`, !isBackwards);
    const sequences = flagOf(layer, 'return_sequences');
    return {
      call(self, machine, positional, keyword) {
        hold(machine, self, forward, backward);
        const inputs = positional.slice(0, 1);
        if (tensorsIn(inputs).length !== 1 || keyword.has('initial_state')) {
          return machine.fail('Bidirectional with initial states is not supported yet.');
        }
        const [first, second] = [forward, backward].map((each) => callKerasLayer(machine, each, inputs, new Map()));
        if (!first || !second) return machine.fail('Bidirectional has lost a layer.');
        if (first.kind === 'unknown') return first;
        if (second.kind === 'unknown') return second;
        const [a, ...statesA] = tensorsIn([first]);
        const [b, ...statesB] = tensorsIn([second]);
        if (!a || !b) return machine.fail('The layer in Bidirectional gives no tensor.');
        return checkedByKeras(machine, () => {
          const turned = sequences ? backInTime(machine, b) : b;
          const merged: readonly Value[] = mode === undefined ? [a, turned] : [merge(machine, mode, [a, turned])];
          const all = [...merged, ...statesA, ...statesB];
          const [only] = all;
          return all.length === 1 && only ? only : list(all);
        });
      },
    };
  },
});

function merge(
  interpreter: Interpreter,
  mode: 'concat' | 'sum' | 'mul' | 'ave',
  tensors: readonly KerasTensor[],
): KerasTensor {
  if (mode === 'concat') return concatenate(interpreter, tensors, -1);
  return mergeElementwise(interpreter, { sum: 'Add', mul: 'Multiply', ave: 'Average' }[mode], tensors);
}

/** The steps of what ran backwards, in the order of the input. */
function backInTime(interpreter: Interpreter, value: KerasTensor): KerasTensor {
  if (shownShape(value).length < 3) return value;
  const node = torchCall(interpreter, 'torch.flip', [value.keras.tensor, [nodeAxis(value, 1)]]);
  return kerasTensor(interpreter, node, value.keras.order);
}

/** A layer made with the same arguments, with weights of its own. */
function copyOf(interpreter: Interpreter, layer: InstanceValue, name: string, backwards: boolean): InstanceValue {
  const { made } = layerState(interpreter, layer);
  if (!made) return interpreter.fail('Bidirectional around a layer of your own is not supported yet.');
  const keyword = new Map<string, Value>([
    ...made.keyword,
    ['name', string(name)],
    ['go_backwards', boolean(backwards)],
  ]);
  const copy = interpreter.call(layer.class, made.positional, keyword);
  if (isLayer(copy)) return copy;
  throw new OpError('Bidirectional needs a recurrent layer.');
}

function flagOf(layer: InstanceValue, name: string): boolean {
  const value = layer.attributes.get(name);
  return value?.kind === 'boolean' && value.value;
}
