import type { SummaryTable } from '../../core/summary/summary-table';
import { isObject } from '../../core/is-object';
import type { SummarySnapshot, ToSummaryPanel } from '../../protocol/summary-panel';

/** Reads a message of the host; null where it is none. */
export function parseMessage(value: unknown): ToSummaryPanel | null {
  if (!isObject(value)) return null;
  const { type, snapshot, file, message, remedy, what } = value;
  switch (type) {
    case 'snapshot':
      return isSnapshot(snapshot) ? { type, snapshot } : null;
    case 'reading':
      return { type, file: String(file) };
    case 'empty':
      return { type, message: String(message), remedy: typeof remedy === 'string' ? remedy : null };
    case 'copied':
      return { type, what: String(what) };
    default:
      return null; // Other parts of the editor post messages to the window too.
  }
}

/** The tables are made by the same version of the same code: their rows are not looked at one by one. */
function isSnapshot(value: unknown): value is SummarySnapshot {
  if (!isObject(value)) return false;
  const { file, models, targets, target, failures } = value;
  const isTarget = target === null || typeof target === 'string';
  const lists = Array.isArray(models) && models.every(isTable) && Array.isArray(targets) && Array.isArray(failures);
  return typeof file === 'string' && isTarget && lists;
}

function isTable(value: unknown): value is SummaryTable {
  if (!isObject(value)) return false;
  const { target, rows, totals, input, problems, unknowns } = value;
  return (
    typeof target === 'string' && [rows, problems, unknowns].every(Array.isArray) && isObject(totals) && isObject(input)
  );
}
