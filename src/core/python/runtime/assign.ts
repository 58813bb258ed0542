import type { Expression } from '../syntax/syntax';
import { isTensorLike } from './evaluate';
import type { Frame } from './frame';
import type { Interpreter } from './interpreter';
import { setSubscript } from './subscript';
import { list, type Value } from './values';

/** Assigns to a name, an attribute, an item, or a tuple of these. */
export function assignTo(interpreter: Interpreter, frame: Frame, target: Expression, value: Value): void {
  switch (target.kind) {
    case 'name':
      frame.scope.assign(target.id, value);
      if (interpreter.observer && isTensorLike(value)) {
        interpreter.observer.mention('name', frame.file, target, target.id, value);
      }
      return;
    case 'attribute': {
      const object = interpreter.evaluate(frame, target.object);
      interpreter.at(frame, target);
      interpreter.setAttribute(object, target.name, value);
      return;
    }
    case 'subscript': {
      const object = interpreter.evaluate(frame, target.object);
      const index = interpreter.evaluate(frame, target.index);
      interpreter.at(frame, target);
      setSubscript(interpreter, object, index, value);
      return;
    }
    case 'tuple':
    case 'list':
      unpack(interpreter, frame, target, value);
      return;
    default:
      interpreter.at(frame, target);
      interpreter.fail('SyntaxError: cannot assign to this expression');
  }
}

function unpack(
  interpreter: Interpreter,
  frame: Frame,
  target: Expression & { readonly kind: 'tuple' | 'list' | 'set' },
  value: Value,
): void {
  const starred = target.items.findIndex((item) => item.kind === 'starred');
  if (value.kind === 'unknown') {
    for (const item of target.items) assignTo(interpreter, frame, item.kind === 'starred' ? item.value : item, value);
    return;
  }
  interpreter.at(frame, target);
  const values = interpreter.iterate(value);
  const wanted = target.items.length;
  if (starred < 0 && values.length !== wanted) {
    const problem = values.length > wanted ? 'too many values to unpack' : 'not enough values to unpack';
    interpreter.raise('ValueError', `${problem} (expected ${wanted}, got ${values.length})`);
  }
  if (starred >= 0 && values.length < wanted - 1) {
    interpreter.raise('ValueError', `not enough values to unpack (expected at least ${wanted - 1})`);
  }
  const extra = values.length - wanted + 1;
  let next = 0;
  for (const item of target.items) {
    if (item.kind === 'starred') {
      assignTo(interpreter, frame, item.value, list(values.slice(next, next + extra)));
      next += extra;
      continue;
    }
    const part = values[next++];
    if (part) assignTo(interpreter, frame, item, part);
  }
}
