import { CsvError, parse } from 'csv-parse/sync';
import { UserError } from '../../core/errors';
import { decodeText } from './path-rules';

export interface ReadTableOptions {
  readonly delimiter?: string | undefined;
  /** Rows read; if not given, all. */
  readonly most?: number;
}

/**
 * Calls `visit` for every line of a CSV or TSV file (RFC 4180: quoted cells may hold separators, quotes and line ends), the
 * header among them. Empty lines are passed over, cells trimmed. `name` is for messages, and tells tabs from commas.
 * @throws UserError where quotes do not match.
 */
export function readTable(
  bytes: Uint8Array,
  name: string,
  { delimiter, most }: ReadTableOptions,
  visit: (row: readonly string[], line: number) => void,
): void {
  const text = decodeText(bytes);
  try {
    parse(text, {
      bom: true,
      delimiter: delimiter ?? guessDelimiter(text, name),
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: mostRowLetters,
      ...(most !== undefined && { to: most }),
      on_record: (row: string[], { lines }) => {
        visit(row, lines);
        return null;
      },
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new UserError(
      `${name} can't be read as a table: ${cause.message}.`,
      'Correct it there, or save it again as CSV.',
      {
        cause,
      },
    );
  }
}

/** A quote that is never closed would make one row of the whole file. */
const mostRowLetters = 2 ** 20;

/** The one of the usual separators that the first line has most of. */
function guessDelimiter(text: string, name: string): string {
  if (/\.tsv$/i.test(name)) return '\t';
  const first = text.slice(0, 2 ** 16).split(/\r?\n/, 1)[0] ?? '';
  const counted = [',', ';', '\t'].map((each) => ({ each, count: first.split(each).length }));
  const [best] = counted.sort((a, b) => b.count - a.count);
  return best?.each ?? ',';
}
