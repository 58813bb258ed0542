import { UserError } from '../errors';
import type { Place } from './source-file';

/** Something in the user's Python that cannot be read, with the place; the message starts with `lenet.py:14: `. */
export class SourceError extends UserError {
  /** Path of the file as it was given. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 0-based. */
  readonly column: number;
  /** What is wrong, without file and line. */
  readonly reason: string;
  readonly place: Place;

  constructor(place: Place, reason: string, remedy?: string) {
    const { line, column } = place.file.positionAt(place.from);
    super(`${place.file.baseName}:${line}: ${reason}`, remedy);
    this.file = place.file.path;
    this.line = line;
    this.column = column;
    this.reason = reason;
    this.place = place;
  }
}
