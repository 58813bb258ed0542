import type { SourceRange } from '../../core/graph/graph';
import { isObject } from '../../core/is-object';
import type { FromSummaryPanel } from '../../protocol/summary-panel';

/** Reads a message of the summary panel; undefined where it is none. */
export function parseSummaryMessage(value: unknown): FromSummaryPanel | undefined {
  if (!isObject(value)) return undefined;
  const { type, range, target, text, what } = value;
  switch (type) {
    case 'ready':
      return { type };
    case 'reveal':
      return isRange(range) ? { type, range } : undefined;
    case 'choose':
    case 'setInput':
      return typeof target === 'string' ? { type, target } : undefined;
    case 'copy':
      return typeof text === 'string' && typeof what === 'string' ? { type, text, what } : undefined;
    default:
      return undefined;
  }
}

function isRange(value: unknown): value is SourceRange {
  if (!isObject(value)) return false;
  const { file, startLine, startColumn, endLine, endColumn } = value;
  return typeof file === 'string' && [startLine, startColumn, endLine, endColumn].every(Number.isInteger);
}
