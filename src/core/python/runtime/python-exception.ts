import { SourceError } from '../source-error';
import type { Place } from '../source-file';
import type { ClassValue, InstanceValue } from './values';

/** An exception of the Python program: `raise`, or what Python itself would raise. Uncaught, it is the error that is shown. */
export class PythonException extends SourceError {
  constructor(
    place: Place,
    readonly exception: InstanceValue,
    message: string,
  ) {
    super(place, message === '' ? exception.class.name : `${exception.class.name}: ${message}`, undefined, {
      refused: true,
    });
  }

  isInstanceOf(ancestor: ClassValue): boolean {
    return this.exception.class.order.includes(ancestor);
  }
}
