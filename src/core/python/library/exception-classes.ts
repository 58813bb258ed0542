import { none, tuple, type ClassValue } from '../runtime/values';
import { nativeClass, objectClass } from './native-class';

const baseException = nativeClass('BaseException', [objectClass], {
  __init__: (_, positional) => {
    const [self, ...args] = positional;
    if (self?.kind === 'instance') self.attributes.set('args', tuple(args));
    return none;
  },
});
const exception = nativeClass('Exception', [baseException]);
const lookupError = nativeClass('LookupError', [exception]);
const runtimeError = nativeClass('RuntimeError', [exception]);
const importError = nativeClass('ImportError', [exception]);
const arithmeticError = nativeClass('ArithmeticError', [exception]);
const nameError = nativeClass('NameError', [exception]);
const osError = nativeClass('OSError', [exception]);
const warning = nativeClass('Warning', [exception]);

/** Python's exceptions by name. */
export const exceptionClasses = {
  BaseException: baseException,
  Exception: exception,
  LookupError: lookupError,
  IndexError: nativeClass('IndexError', [lookupError]),
  KeyError: nativeClass('KeyError', [lookupError]),
  RuntimeError: runtimeError,
  NotImplementedError: nativeClass('NotImplementedError', [runtimeError]),
  RecursionError: nativeClass('RecursionError', [runtimeError]),
  ImportError: importError,
  ModuleNotFoundError: nativeClass('ModuleNotFoundError', [importError]),
  ArithmeticError: arithmeticError,
  ZeroDivisionError: nativeClass('ZeroDivisionError', [arithmeticError]),
  OverflowError: nativeClass('OverflowError', [arithmeticError]),
  NameError: nameError,
  UnboundLocalError: nativeClass('UnboundLocalError', [nameError]),
  OSError: osError,
  FileNotFoundError: nativeClass('FileNotFoundError', [osError]),
  AssertionError: nativeClass('AssertionError', [exception]),
  AttributeError: nativeClass('AttributeError', [exception]),
  StopIteration: nativeClass('StopIteration', [exception]),
  TypeError: nativeClass('TypeError', [exception]),
  ValueError: nativeClass('ValueError', [exception]),
  KeyboardInterrupt: nativeClass('KeyboardInterrupt', [baseException]),
  SystemExit: nativeClass('SystemExit', [baseException]),
  Warning: warning,
  UserWarning: nativeClass('UserWarning', [warning]),
  DeprecationWarning: nativeClass('DeprecationWarning', [warning]),
  FutureWarning: nativeClass('FutureWarning', [warning]),
} as const satisfies Record<string, ClassValue>;

export type ExceptionName = keyof typeof exceptionClasses;
