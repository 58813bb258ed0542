import type { DatasetChoice } from '../../protocol/dataset-panel';
import { button } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { nameOf, setOptions } from '../shared/subject-picker';
import type { DatasetModel } from './dataset-model';
import { countText } from './image-facts';

export interface DatasetHeaderHandlers {
  readonly chosen: (location: string) => void;
  readonly pick: () => void;
  readonly reload: () => void;
  readonly undo: () => void;
  readonly openDecisions: () => void;
  readonly train: () => void;
}

/** Which data set is shown, and what is done with it as a whole. */
export class DatasetHeader {
  readonly root: HTMLElement;
  private readonly select = element('select', { class: 'select' });
  private readonly facts = element('span', { class: 'muted' });
  private readonly decided = element('span', { class: 'muted', role: 'status' });
  private readonly undo: HTMLButtonElement;
  private readonly decisions: HTMLButtonElement;
  private readonly train: HTMLButtonElement;

  constructor(handlers: DatasetHeaderHandlers) {
    this.select.addEventListener('change', () => handlers.chosen(this.select.value));
    this.undo = button('Undo', 'Take back the last decision (Ctrl+Z)', handlers.undo);
    this.decisions = button('Decisions', 'Show the file in which the decisions are kept', handlers.openDecisions);
    this.train = button('Train Model', 'Train on this data set as it was decided', handlers.train);
    this.train.classList.add('primary');
    this.root = element(
      'header',
      { class: 'header' },
      element('label', { class: 'control' }, 'Data set', this.select),
      button('Other…', 'Choose the folder of another data set', handlers.pick),
      this.facts,
      element('span', { class: 'spacer' }),
      this.decided,
      this.undo,
      this.decisions,
      button('Reload', 'Read the files anew', handlers.reload),
      this.train,
    );
  }

  update(datasets: readonly DatasetChoice[], location: string | null, model: DatasetModel | undefined): void {
    const isKnown = datasets.some((each) => each.location === location);
    setOptions(this.select, [
      ...(location !== null && !isKnown
        ? [{ value: location, text: model?.description.name ?? nameOf(location) }]
        : []),
      ...datasets.map((each) => ({ value: each.location, text: each.name })),
    ]);
    this.select.value = location ?? '';
    this.select.title = location ?? '';
    for (const each of [this.undo, this.decisions, this.train, this.decided]) each.hidden = !model;
    if (!model) return setText(this.facts, '');
    const { classes, format, decisions } = { ...model.description, decisions: model.decisions };
    setText(
      this.facts,
      `${countText(classes.length, 'class', 'classes')} · ${countText(model.count, 'image')} · ${format}`,
    );
    this.undo.disabled = !decisions.canUndo;
    this.decisions.disabled = !decisions.canUndo;
    const excluded = decisions.decisions.filter(({ kind }) => kind === 'exclude').length;
    const relabelled = decisions.decisions.length - excluded;
    const told = [excluded > 0 && `${excluded} excluded`, relabelled > 0 && `${relabelled} relabelled`];
    setText(this.decided, told.filter(Boolean).join(', '));
  }
}
