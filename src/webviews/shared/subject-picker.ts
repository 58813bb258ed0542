import type { CheckpointEntry, Subject } from '../../protocol/inspection';
import type { RunChoice } from '../../protocol/inspection-panel';
import { element, setAttributes, setText } from './dom';

/** What a picker shows: all that can be chosen, and what is. */
export interface SubjectChoice {
  readonly subject: Subject | undefined;
  readonly runs: readonly RunChoice[];
  /** Of the subject's run. */
  readonly checkpoints: readonly CheckpointEntry[];
}

/**
 * Chooses a run and one of its checkpoints. A slider goes through the epochs that are kept; of a model that was never trained
 * the seed of its weights is chosen.
 */
export class SubjectPicker {
  readonly root: HTMLElement;
  private readonly run = element('select', { class: 'select' });
  private readonly checkpoint = element('select', { class: 'select' });
  private readonly slider = element('input', { type: 'range', min: 0, step: 1, class: 'epochs' });
  private readonly seed = element('input', { type: 'number', min: 0, step: 1, class: 'number' });
  private readonly epochLabel = element('output', { class: 'muted' });
  private readonly parts: Readonly<Record<'checkpoint' | 'slider' | 'seed', HTMLElement>>;
  private choice: SubjectChoice = { subject: undefined, runs: [], checkpoints: [] };

  /** `none`: what stands first, and chooses nothing; null: something is always chosen. */
  constructor(
    label: string,
    private readonly none: string | null,
    private readonly chosen: (subject: Subject | undefined) => void,
  ) {
    const labelled = (text: string, ...controls: HTMLElement[]) =>
      element('label', { class: 'control' }, text, ...controls);
    this.slider.setAttribute('aria-label', `${label}: epoch`);
    this.parts = {
      checkpoint: labelled('Weights', this.checkpoint),
      slider: element('span', { class: 'control' }, this.slider, this.epochLabel),
      seed: labelled('Seed', this.seed),
    };
    this.root = element(
      'div',
      { class: 'subject-picker', role: 'group', 'aria-label': label },
      labelled(label, this.run),
      ...Object.values(this.parts),
    );
    this.run.addEventListener('change', () => this.chosen(this.chosenRun()));
    this.checkpoint.addEventListener('change', () => this.chooseCheckpoint(parseCheckpoint(this.checkpoint.value)));
    this.slider.addEventListener('input', () => {
      const entry = this.choice.checkpoints[Number(this.slider.value)];
      if (entry) this.chooseCheckpoint(entry.epoch);
    });
    this.seed.addEventListener('change', () => {
      const { subject } = this.choice;
      const seed = Math.max(0, Math.floor(Number(this.seed.value)) || 0);
      if (subject?.kind === 'model') this.chosen({ ...subject, seed });
    });
  }

  update(choice: SubjectChoice): void {
    this.choice = choice;
    const { subject, runs, checkpoints } = choice;
    const model = subject?.kind === 'model' ? subject : undefined;
    const chosenRun = subject?.kind === 'run' ? subject : undefined;
    const known = runs.some(({ runFolder }) => runFolder === chosenRun?.runFolder);
    setOptions(this.run, [
      ...(this.none === null ? [] : [{ value: '', text: this.none }]),
      ...(model ? [{ value: 'model', text: `${model.target ?? nameOf(model.file)} · untrained` }] : []),
      ...(chosenRun && !known ? [{ value: chosenRun.runFolder, text: `${nameOf(chosenRun.runFolder)} · gone` }] : []),
      ...runs.map(({ runFolder, name, status }) => ({
        value: runFolder,
        text: status === 'completed' ? name : `${name} · ${status}`,
      })),
    ]);
    this.run.value = chosenRun?.runFolder ?? (model ? 'model' : '');
    this.parts.seed.hidden = !model;
    this.parts.checkpoint.hidden = !chosenRun;
    this.parts.slider.hidden = !chosenRun || checkpoints.length < 2;
    if (model) this.seed.value = String(model.seed);
    if (chosenRun) this.updateCheckpoints(chosenRun.checkpoint, checkpoints);
  }

  private updateCheckpoints(chosen: 'best' | 'last' | number, checkpoints: readonly CheckpointEntry[]): void {
    const best = checkpoints.find((entry) => entry.best);
    const last = checkpoints.find((entry) => entry.last);
    setOptions(this.checkpoint, [
      ...(best || chosen === 'best' ? [{ value: 'best', text: best ? `Best (epoch ${best.epoch})` : 'Best' }] : []),
      { value: 'last', text: last ? `Last (epoch ${last.epoch})` : 'Last' },
      ...checkpoints.map(({ epoch }) => ({
        value: String(epoch),
        text: epoch === 0 ? 'Epoch 0 (untrained)' : `Epoch ${epoch}`,
      })),
    ]);
    this.checkpoint.value = String(chosen);
    const shown =
      chosen === 'best' ? best : chosen === 'last' ? last : checkpoints.find(({ epoch }) => epoch === chosen);
    const at = shown ? checkpoints.indexOf(shown) : checkpoints.length - 1;
    const most = Math.max(1, checkpoints.length - 1);
    setAttributes(this.slider, { max: most, 'aria-valuetext': `epoch ${shown?.epoch ?? '?'}` });
    this.slider.value = String(at);
    this.slider.style.setProperty('--filled', `${(100 * at) / most}%`);
    setText(this.epochLabel, shown ? `epoch ${shown.epoch} of ${checkpoints.at(-1)?.epoch ?? shown.epoch}` : '');
  }

  private chosenRun(): Subject | undefined {
    const { subject } = this.choice;
    if (this.run.value === '') return undefined;
    if (this.run.value === 'model') return subject;
    const run = this.choice.runs.find(({ runFolder }) => runFolder === this.run.value);
    return { kind: 'run', runFolder: this.run.value, checkpoint: run?.status === 'running' ? 'last' : 'best' };
  }

  private chooseCheckpoint(checkpoint: 'best' | 'last' | number): void {
    const { subject } = this.choice;
    if (subject?.kind === 'run') this.chosen({ ...subject, checkpoint });
  }
}

function parseCheckpoint(value: string): 'best' | 'last' | number {
  return value === 'best' || value === 'last' ? value : Number(value);
}

/** The last part of a path, of any system. */
export function nameOf(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
}

/** Puts other options in, unless they are there: a list that is open must not be emptied under the reader. */
export function setOptions(
  select: HTMLSelectElement,
  options: readonly { readonly value: string; readonly text: string }[],
): void {
  const same =
    select.options.length === options.length &&
    options.every(({ value, text }, at) => {
      const option = select.options[at];
      return option?.value === value && option.text === text;
    });
  if (same) return;
  const { value } = select;
  select.replaceChildren(...options.map((each) => element('option', { value: each.value }, each.text)));
  select.value = value;
}
