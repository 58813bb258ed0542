import { weightedMean } from '../../core/inspect/average-metrics';
import { orderClasses } from '../../core/inspect/class-order';
import { UserError } from '../../core/errors';
import type { SplitScores } from '../../protocol/inspection';
import { button, segments } from '../shared/controls';
import { csvText } from '../../core/formats/csv-text';
import { element, setText } from '../shared/dom';
import { splitTitles } from '../shared/image-source';
import { InspectionShell, type Shown } from '../shared/inspection-shell';
import { Latest } from '../shared/latest';
import { formatNumber, formatShare, ScaleBar } from '../shared/scale-bar';
import { SortableTable } from '../shared/sortable-table';
import { confusionCells, describeCell, type CellNumbers, type ConfusionCells } from './confusion-cells';
import { ConfusionGrid, type CellPlace } from './confusion-grid';
import { parseConfusionState, type ConfusionState, type ConfusionTab } from './confusion-state';
import { ConfusionToolbar } from './confusion-toolbar';
import { ImageGallery } from './image-gallery';
import { RocView } from './roc-view';
import { chooseSplit } from './split-choice';
import { imagesByLoss, splitResults, type ClassResult, type SplitResults } from './split-results';

/** Of work between two frames. */
const areasSliceMs = 12;

const scaleTitles: Readonly<Record<CellNumbers, string>> = {
  count: 'Images',
  row: 'Share of the true class',
  column: 'Share of the predicted class',
};

export class ConfusionPanel {
  private readonly shell: InspectionShell;
  private readonly toolbar: ConfusionToolbar;
  private readonly grid: ConfusionGrid;
  private readonly scale = new ScaleBar();
  private readonly reading = element('p', { class: 'reading muted' });
  private readonly facts = element('dl', { class: 'facts' });
  private readonly tabs;
  private readonly table: SortableTable<ClassResult>;
  private readonly classes: HTMLElement;
  private readonly roc = new RocView();
  private readonly gallery: ImageGallery;
  private readonly parts: readonly HTMLElement[];
  private readonly latest = new Latest();
  private state: ConfusionState;
  private scored: { readonly key: string; readonly results: SplitResults } | undefined;
  private cells: ConfusionCells | undefined;
  /** What the cells were made of, and the images that are in the gallery: made anew only for something else. */
  private cellsKey = '';
  /** What the table tells. */
  private drawn = '';
  private images: { readonly key: string; readonly order: readonly number[] } | undefined;

  constructor(root: HTMLElement) {
    this.shell = new InspectionShell(root, 'confusion', { changed: (shown) => this.load(shown) });
    this.state = parseConfusionState(this.shell.keptValue('confusion'));
    this.toolbar = new ConfusionToolbar(this.shell.toolbar, {
      changed: (patch) => this.change(patch),
      saveCsv: () => this.save('confusion.csv', () => this.matrixCsv()),
    });
    this.grid = new ConfusionGrid({
      chosen: (place) => this.chooseCell(place),
      pointed: (place) => this.read(place),
      zoomed: (side) => this.change({ side }),
    });
    this.table = new SortableTable<ClassResult>(
      'Metrics of each class',
      [
        { title: 'Class', value: ({ name }) => name, text: ({ name }) => name },
        { title: 'Images', value: ({ support }) => support, text: ({ support }) => support.toLocaleString('en') },
        { title: 'Precision', value: ({ precision }) => precision, text: ({ precision }) => formatShare(precision) },
        { title: 'Recall', value: ({ recall }) => recall, text: ({ recall }) => formatShare(recall) },
        { title: 'F1', value: ({ f1 }) => f1, text: ({ f1 }) => formatShare(f1) },
        {
          title: 'AUC',
          value: ({ index }) => this.areaOf(index),
          text: ({ index }) => formatNumber(this.areaOf(index)),
        },
      ],
      { chosen: ({ index }) => this.change({ class: this.state.class === index ? null : index }) },
    );
    this.gallery = new ImageGallery({
      load: (subject, image) => this.shell.host.calls.image({ subject, image }),
      open: (kind, focus) => this.shell.openPanel(kind, focus),
      allImages: () => this.change({ cell: null }),
      zoomed: (imageSide) => this.change({ imageSide }),
      failed: (error) => this.shell.fail(error),
    });
    this.tabs = segments<ConfusionTab>(
      'tab',
      'What is shown beside the matrix',
      [
        ['classes', 'Classes', 'Precision, recall, F1 and AUC of each class'],
        ['roc', 'ROC', 'Receiver operating characteristics'],
        ['images', 'Images', 'Those of the chosen cell, or with the largest losses'],
      ],
      (tab) => this.change({ tab }),
    );
    this.classes = element(
      'section',
      { class: 'classes', 'aria-label': 'Classes' },
      element('div', { class: 'class-table' }, this.table.root),
      element(
        'div',
        { class: 'buttons' },
        button('Save Classes CSV…', 'Save the table', () => this.save('classes.csv', () => this.classesCsv())),
      ),
    );
    this.parts = [
      element('section', { class: 'main', 'aria-label': 'Matrix' }, this.grid.root, this.reading, this.scale.root),
      element(
        'section',
        { class: 'results', 'aria-label': 'Results' },
        this.facts,
        this.tabs.root,
        this.classes,
        this.roc.root,
        this.gallery.root,
      ),
    ];
    // There is nothing to see before the images have been looked at.
    for (const part of this.parts) part.hidden = true;
    this.shell.body.append(...this.parts);
  }

  start(): void {
    this.shell.start();
  }

  private change(patch: Partial<ConfusionState>): void {
    const { split } = this.state;
    this.state = { ...this.state, ...patch };
    this.shell.keep({ confusion: this.state });
    if (this.state.split !== split && this.shell.current) this.load(this.shell.current);
    else this.draw();
  }

  private load({ subject, description }: Shown): void {
    const split = chooseSplit(description, this.state.split);
    if (!split || description.classes.length === 0) {
      this.shell.body.hidden = true;
      return this.shell.fail(
        new UserError(`${description.title} has no images with known classes.`, 'Choose an experiment under Network.'),
      );
    }
    const key = JSON.stringify([subject, description.version, split.name]);
    if (this.scored?.key === key) {
      this.shell.clearProblem();
      return this.draw();
    }
    if (!this.scored) this.toolbar.update(this.state, description.data?.splits ?? [], split.name, this.grid.side);
    const request = { subject, split: split.name };
    const text = `Looking at the ${splitTitles[split.name].toLowerCase()} images…`;
    this.latest.run(
      () => this.shell.task(text, (task) => this.shell.host.calls.scores({ ...request, task })),
      (scores: SplitScores) => {
        const results = splitResults(scores);
        this.scored = { key, results };
        this.images = undefined;
        this.gallery.reset(subject, description.inputShape);
        this.shell.clearProblem();
        this.measureAreas(results);
      },
      (error) => this.shell.fail(error),
    );
  }

  private areaOf(index: number): number {
    return this.scored?.results.areas.values[index] ?? NaN;
  }

  /** In pieces, so that nothing stands still; what is known is shown. */
  private measureAreas(results: SplitResults, isFirst = true): void {
    if (this.scored?.results !== results) return;
    results.areas.work(areasSliceMs);
    if (!results.areas.complete) setTimeout(() => this.measureAreas(results, false), 0);
    if (isFirst || results.areas.complete) this.draw();
  }

  private draw(): void {
    const { scored, state, shell } = this;
    const { current } = shell;
    if (!scored || !current) return;
    for (const part of this.parts) part.hidden = false;
    const { results, key } = scored;
    const cells = this.cellsOf(results, key);
    const count = results.names.length;
    const cell = state.cell && state.cell.truth < count && state.cell.predicted < count ? state.cell : null;
    const chosen = state.class !== null && state.class < count ? state.class : null;
    const place = cell && { row: cells.order.indexOf(cell.truth), column: cells.order.indexOf(cell.predicted) };
    this.grid.show(cells, place, state.side);
    this.scale.update('sequential', cells.range, scaleTitles[state.numbers]);
    const { data } = current.description;
    this.toolbar.update(state, data?.splits ?? [], results.scores.split, this.grid.side);
    this.facts.replaceChildren(
      ...factsOf(results).flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
    );
    this.tabs.select(state.tab);
    this.classes.hidden = state.tab !== 'classes';
    this.roc.root.hidden = state.tab !== 'roc';
    this.gallery.root.hidden = state.tab !== 'images';
    switch (state.tab) {
      case 'classes':
        this.drawTable(results, key, chosen);
        break;
      case 'roc':
        this.roc.update(results, chosen);
        break;
      case 'images':
        this.drawImages(results, key, cell);
        break;
    }
    this.read(null);
  }

  /** A thousand rows are made anew only where they differ. */
  private drawTable({ classes, areas }: SplitResults, scoresKey: string, chosen: number | null): void {
    const key = `${scoresKey} ${chosen} ${areas.complete}`;
    if (this.drawn === key) return;
    this.drawn = key;
    this.table.update(classes, { isChosen: ({ index }) => index === chosen });
  }

  private cellsOf(results: SplitResults, scoresKey: string): ConfusionCells {
    const { order, numbers, errorsOnly } = this.state;
    const key = `${scoresKey} ${order} ${numbers} ${errorsOnly}`;
    if (!this.cells || this.cellsKey !== key) {
      const { confusion, names } = results;
      const ordered = orderClasses(confusion, names.length, order);
      this.cells = confusionCells(confusion, names, ordered, { numbers, errorsOnly });
      this.cellsKey = key;
    }
    return this.cells;
  }

  private drawImages(results: SplitResults, scoresKey: string, cell: ConfusionState['cell']): void {
    const key = `${scoresKey} ${cell?.truth} ${cell?.predicted}`;
    if (this.images?.key !== key) this.images = { key, order: imagesByLoss(results, cell) };
    const { order } = this.images;
    const name = (index: number) => results.names[index] ?? String(index);
    const count = `${order.length.toLocaleString('en')} ${order.length === 1 ? 'image' : 'images'}`;
    const what = cell
      ? cell.truth === cell.predicted
        ? `${name(cell.truth)} recognised`
        : `${name(cell.truth)} taken for ${name(cell.predicted)}`
      : 'Largest losses';
    this.gallery.show(results, order, `${what} · ${count}`, cell !== null, this.state.imageSide);
  }

  private chooseCell({ row, column }: CellPlace): void {
    const { cells } = this;
    if (!cells) return;
    const [truth, predicted] = [cells.order[row], cells.order[column]];
    if (truth !== undefined && predicted !== undefined) this.change({ cell: { truth, predicted }, tab: 'images' });
  }

  private read(place: CellPlace | null): void {
    const { cells } = this;
    const text = place && cells ? describeCell(cells, place.row, place.column) : 'Choose a cell to see its images.';
    setText(this.reading, text);
  }

  private matrixCsv(): string {
    const { cells } = this;
    if (!cells) return '';
    const names = cells.order.map((index) => cells.names[index] ?? String(index));
    const size = names.length;
    return csvText([
      ['true \\ predicted', ...names],
      ...names.map((name, row) => [name, ...cells.counts.subarray(row * size, (row + 1) * size)]),
    ]);
  }

  private classesCsv(): string {
    const cell = (value: number) => (Number.isNaN(value) ? '' : value);
    return csvText([
      ['class', 'images', 'predicted', 'precision', 'recall', 'f1', 'auc'],
      ...this.table.sortedRows.map(({ index, name, support, predicted, precision, recall, f1 }) => [
        name,
        support,
        predicted,
        ...[precision, recall, f1, this.areaOf(index)].map(cell),
      ]),
    ]);
  }

  private save(name: string, text: () => string): void {
    this.shell.host.calls.save(name, new TextEncoder().encode(text())).then(
      (saved) => saved && this.shell.say(`Saved ${name}`),
      (error: unknown) => this.shell.fail(error),
    );
  }
}

function factsOf({ accuracy, meanLoss, macro, areas, scores }: SplitResults): readonly (readonly [string, string])[] {
  return [
    ['Accuracy', `${formatShare(accuracy)} of ${scores.labels.length.toLocaleString('en')} images`],
    ['Mean loss', formatNumber(meanLoss)],
    ['Macro precision', formatShare(macro.precision)],
    ['Macro recall', formatShare(macro.recall)],
    ['Macro F1', formatShare(macro.f1)],
    ['Macro AUC', areas.complete ? formatNumber(meanArea([...areas.values])) : '…'],
  ];
}

/** Of the classes that have one: it needs images of the class and others. */
function meanArea(areas: readonly number[]): number {
  return weightedMean(
    areas,
    areas.map(() => 1),
  );
}
