import { UserError } from '../errors';
import type { ArgumentFix } from '../ops/op';
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
  /** Python or PyTorch refuses it too; false: it is only not known here. */
  readonly refused: boolean;
  /** A constructor argument of the layer that refuses, which would mend it. */
  readonly fix: ArgumentFix | undefined;

  constructor(
    place: Place,
    reason: string,
    remedy?: string,
    { refused = false, fix }: { readonly refused?: boolean; readonly fix?: ArgumentFix } = {},
  ) {
    const { line, column } = place.file.positionAt(place.from);
    super(`${place.file.baseName}:${line}: ${reason}`, remedy);
    this.file = place.file.path;
    this.line = line;
    this.column = column;
    this.reason = reason;
    this.place = place;
    this.refused = refused;
    this.fix = fix;
  }
}
