import { nativeClass, objectClass } from '../../python/library/native-class';

/** Classes of JavaScript itself whose instances are known by their class. */
export const promiseClass = nativeClass('Promise', [objectClass]);
export const mapClass = nativeClass('Map', [objectClass]);
export const errorClass = nativeClass('Error', [objectClass]);

/** The errors that code throws and that JavaScript itself raises. */
export const errorClasses = {
  Error: errorClass,
  TypeError: nativeClass('TypeError', [errorClass]),
  RangeError: nativeClass('RangeError', [errorClass]),
  ReferenceError: nativeClass('ReferenceError', [errorClass]),
  SyntaxError: nativeClass('SyntaxError', [errorClass]),
} as const;

export type ErrorName = keyof typeof errorClasses;
