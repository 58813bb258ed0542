import type { SourceRange } from '../graph/graph';

/** A Python file's path and text, with its lines counted. */
export class SourceFile {
  private readonly lineStarts: readonly number[];
  /** Not a file of the user's (a library's, or text that is evaluated): errors point to the user's code that leads there. */
  readonly hidden: boolean;

  constructor(
    readonly path: string,
    readonly text: string,
    { hidden = false } = {},
  ) {
    this.hidden = hidden;
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.lineStarts = starts;
  }

  /** The name without its folders, for messages. */
  get baseName(): string {
    return this.path.slice(Math.max(this.path.lastIndexOf('/'), this.path.lastIndexOf('\\')) + 1);
  }

  /** 1-based line and 0-based column of a character offset. */
  positionAt(offset: number): { readonly line: number; readonly column: number } {
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.lineStarts[low] ?? 0) };
  }

  lineText(line: number): string {
    const start = this.lineStarts[line - 1];
    if (start === undefined) return '';
    return this.text.slice(start, (this.lineStarts[line] ?? this.text.length + 1) - 1).replace(/\r$/, '');
  }
}

/** A piece of a file: character offsets, the end exclusive. */
export interface Place {
  readonly file: SourceFile;
  readonly from: number;
  readonly to: number;
}

export function sourceRangeOf(place: Place): SourceRange {
  const start = place.file.positionAt(place.from);
  const end = place.file.positionAt(place.to);
  return {
    file: place.file.path,
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}
