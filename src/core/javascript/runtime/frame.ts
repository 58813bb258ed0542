import type { Interpreter } from '../../python/runtime/interpreter';
import type { ClassValue, Value } from '../../python/runtime/values';
import type { SourceFile } from '../../python/source-file';
import type { Span } from '../../python/syntax/syntax';
import type { HomeObject } from './js-values';
import type { JavaScriptModule } from './modules';
import type { JavaScriptScope } from './scope';

/** One piece of code that is being run: a file's body, a function call, a block. */
export interface JavaScriptFrame {
  readonly interpreter: Interpreter;
  readonly file: SourceFile;
  readonly module: JavaScriptModule;
  readonly scope: JavaScriptScope;
  readonly receiver: Receiver;
}

/** `this`, shared by the arrow functions inside of a function: in a derived constructor it is there after `super()`. */
export interface Receiver {
  current: Value | undefined;
  readonly home: HomeObject | undefined;
  /** In a constructor: the class that is being made, which `super()` makes too. */
  readonly newTarget: ClassValue | undefined;
}

export function withScope(frame: JavaScriptFrame, scope: JavaScriptScope): JavaScriptFrame {
  return { ...frame, scope };
}

/** Where errors point to from now on. */
export function at(frame: JavaScriptFrame, span: Span): void {
  frame.interpreter.place = { file: frame.file, from: span.from, to: span.to };
}
