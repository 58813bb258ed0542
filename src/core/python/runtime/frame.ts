import type { SourceFile } from '../source-file';
import type { Scope } from './scope';
import type { FunctionValue, Value } from './values';

/** One piece of code that is being run: a file's body, a function call, a class body. */
export interface Frame {
  readonly file: SourceFile;
  readonly scope: Scope;
  /** The function that is being called, and its first argument: for `super()`. */
  readonly function?: FunctionValue;
  readonly firstArgument?: Value | undefined;
  /** Takes what a generator yields. */
  readonly onYield?: (value: Value) => void;
  /** Filled when the class whose body this is has been made. */
  readonly owner: FunctionValue['owner'];
}
