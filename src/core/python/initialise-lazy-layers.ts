import type { TensorType } from '../graph/graph';
import { isUninitialised } from './library/layers';
import { namedModules } from './library/module-class';
import type { Interpreter } from './runtime/interpreter';
import type { Observer } from './runtime/observer';
import { Tracer } from './runtime/tracer';
import { tensor, type InstanceValue } from './runtime/values';

/**
 * Calls a model once on the side, where it has lazy layers that have seen no input yet: a Graph begins with the state, so
 * its shapes must be known before. PyTorch asks for the same (a dry run) before the weights can be counted or trained.
 * Errors are left to the call that counts, where one follows: without an observer they end the reading here.
 */
export function initialiseLazyLayers(interpreter: Interpreter, model: InstanceValue, input: TensorType): void {
  if (!namedModules(interpreter, model).some(([, module]) => isUninitialised(module))) return;
  const { observer, tracer, place } = interpreter;
  const scrap = new Tracer('scrap', false);
  interpreter.tracer = scrap;
  interpreter.observer = observer && silent;
  interpreter.place = model.class.place ?? model.place;
  try {
    const id = scrap.builder.input('images', input);
    interpreter.call(model, [tensor(input, { kind: 'node', builder: scrap.builder, id })]);
  } finally {
    interpreter.tracer = tracer;
    interpreter.observer = observer;
    interpreter.place = place;
  }
}

/** Goes on after errors, as the observer of the call that counts does, and tells nobody. */
const silent: Observer = {
  recover: (error) => ({ kind: 'unknown', reason: error.reason, place: error.place }),
  enter: () => undefined,
  leave: () => undefined,
  nodeMade: () => undefined,
  mention: () => undefined,
  assigned: () => undefined,
  making: () => undefined,
};
