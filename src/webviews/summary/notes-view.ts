import type { SourceRange } from '../../core/graph/graph';
import type { SummarySnapshot } from '../../protocol/summary-panel';
import type { SummaryTable } from '../../core/summary/summary-table';
import { element } from '../shared/dom';

interface Note {
  readonly kind: 'problem' | 'unknown';
  readonly text: string;
  readonly range: SourceRange;
}

/** What PyTorch would refuse, and what could not be known, each with its line. */
export class NotesView {
  readonly root = element('section', { class: 'notes', 'aria-label': 'Problems and what is not known' });
  private drawn = '';

  constructor(private readonly reveal: (range: SourceRange) => void) {}

  update(table: SummaryTable | undefined, failures: SummarySnapshot['failures']): void {
    const notes: Note[] = [
      ...(table?.problems ?? []).map(({ message, range }) => ({ kind: 'problem' as const, text: message, range })),
      ...failures.map(({ target, reason, range }) => ({
        kind: 'problem' as const,
        text: `${target}: ${reason}`,
        range,
      })),
      ...(table?.unknowns ?? []).map(({ reason, range }) => ({ kind: 'unknown' as const, text: reason, range })),
    ];
    const key = JSON.stringify(notes);
    if (key === this.drawn) return;
    this.drawn = key;
    this.root.hidden = notes.length === 0;
    const list = element('ul');
    for (const note of notes) list.append(this.item(note));
    this.root.replaceChildren(list);
  }

  private item({ kind, text, range }: Note): HTMLElement {
    const link = element('button', { type: 'button', class: 'link', title: 'Show in the code' }, lineText(range));
    link.addEventListener('click', () => this.reveal(range));
    const mark = kind === 'problem' ? '✕' : '?';
    return element(
      'li',
      { class: kind },
      element('span', { class: 'note-mark', 'aria-hidden': 'true' }, mark),
      element('span', {}, kind === 'problem' ? '' : 'Not known: ', text, ' '),
      link,
    );
  }
}

function lineText({ file, startLine }: SourceRange): string {
  return `${file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)}:${startLine}`;
}
