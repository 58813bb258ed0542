import { predictionsCsv } from '../../core/inspect/predictions-csv';
import type { FilePrediction } from '../../protocol/inspection';
import { button } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { formatShare } from '../shared/scale-bar';
import { SortableTable } from '../shared/sortable-table';
import { nameOf } from '../shared/subject-picker';

/** Classes told of each file. */
export const fileTopK = 5;

export interface FilePredictionsHandlers {
  readonly chosen: (path: string) => void;
  readonly save: (name: string, bytes: Uint8Array) => void;
  readonly closed: () => void;
}

/** What the network takes the images of a folder for: a table that can be sorted and saved. */
export class FilePredictions {
  readonly root: HTMLElement;
  private readonly title = element('h2');
  private readonly summary = element('p', { class: 'muted' });
  private readonly table: SortableTable<FilePrediction>;
  private predictions: readonly FilePrediction[] = [];

  constructor(handlers: FilePredictionsHandlers) {
    this.table = new SortableTable<FilePrediction>(
      'Classified files',
      [
        { title: 'File', value: ({ path }) => nameOf(path), text: ({ path }) => nameOf(path) },
        {
          title: 'Class',
          value: (row) => row.top[0]?.label ?? '',
          text: (row) => row.top[0]?.label ?? row.error ?? '',
        },
        {
          title: 'Probability',
          value: (row) => row.top[0]?.probability ?? NaN,
          text: (row) => (row.top[0] ? formatShare(row.top[0].probability) : ''),
        },
        { title: 'Second', value: (row) => row.top[1]?.label ?? '', text: (row) => row.top[1]?.label ?? '' },
        {
          title: 'Probability',
          value: (row) => row.top[1]?.probability ?? NaN,
          text: (row) => (row.top[1] ? formatShare(row.top[1].probability) : ''),
        },
      ],
      { chosen: ({ path }) => handlers.chosen(path) },
    );
    this.root = element(
      'section',
      { class: 'files', 'aria-label': 'Classified files', hidden: true },
      element(
        'div',
        { class: 'files-head' },
        this.title,
        this.summary,
        element('span', { class: 'spacer' }),
        button('Save CSV…', 'Save the table with all of its files', () =>
          handlers.save('predictions.csv', new TextEncoder().encode(this.csv())),
        ),
        button('Close', 'Back to one image', handlers.closed),
      ),
      element('div', { class: 'files-table' }, this.table.root),
    );
  }

  /** As `cnn-lab predict --csv` writes it. */
  private csv(): string {
    const images = this.predictions.map(({ path, top, error }) => ({ image: path, top, error }));
    return predictionsCsv(images, fileTopK);
  }

  /** `chosen`: the path of the image that is shown. */
  update(predictions: readonly FilePrediction[], chosen: string | null): void {
    this.predictions = predictions;
    const unread = predictions.filter(({ error }) => error !== null).length;
    setText(this.title, `${predictions.length.toLocaleString('en')} files`);
    const counts = new Map<string, number>();
    for (const { top } of predictions) {
      const label = top[0]?.label;
      if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 6);
    const told = most.map(([label, count]) => `${label} ${count}`).join(' · ');
    const rest = counts.size > most.length ? ' · …' : '';
    setText(this.summary, `${told}${rest}${unread > 0 ? ` · ${unread} not readable` : ''}`);
    this.table.update(predictions, { isChosen: ({ path }) => path === chosen });
  }
}
