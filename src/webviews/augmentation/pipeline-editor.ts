import { formatPipeline } from '../../core/data/augment/format-pipeline';
import type { ParameterValue } from '../../core/data/augment/parameter';
import { parsePipeline } from '../../core/data/augment/parse-pipeline';
import { checkOrder, findTransform, makeTransform } from '../../core/data/augment/parse-transform';
import type { TransformConfig, TransformName } from '../../core/data/augment/transform-config';
import { transformTable } from '../../core/data/augment/transform-table';
import { describeError, UserError } from '../../core/errors';
import { button } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { setOptions } from '../shared/subject-picker';
import { newTransform } from './new-transform';
import { presets } from './presets';
import { TransformCard } from './transform-card';

export interface PipelineEditorHandlers {
  /** `text`: as it is written; `transforms`: null where it can't be read. */
  readonly changed: (text: string, transforms: readonly TransformConfig[] | null) => void;
  /** Of the image that is shown. */
  readonly imageSize: () => { readonly width: number; readonly height: number };
}

/** A pipeline as a list of transforms and as text: what is changed in the one is seen in the other. */
export class PipelineEditor {
  readonly root: HTMLElement;
  private readonly preset = element('select', { class: 'select', 'aria-label': 'Preset' });
  private readonly list = element('ol', { class: 'transforms', 'aria-label': 'Transforms' });
  private readonly add = element('select', { class: 'select', 'aria-label': 'Transform to add' });
  private readonly text = element('textarea', {
    class: 'text pipeline-text',
    rows: 4,
    spellcheck: 'false',
    'aria-label': 'Pipeline as torchvision code',
    'aria-describedby': 'pipeline-problem',
  });
  private readonly problem = element('p', { class: 'field-problem', id: 'pipeline-problem', role: 'alert' });
  private readonly meaning = element('p', { class: 'muted' });
  private cards: TransformCard[] = [];
  private transforms: readonly TransformConfig[] = [];

  constructor(private readonly handlers: PipelineEditorHandlers) {
    setOptions(this.preset, [
      { value: '', text: 'Presets…' },
      ...presets.map(({ title }, at) => ({ value: String(at), text: title })),
    ]);
    this.preset.addEventListener('change', () => {
      const chosen = presets[Number(this.preset.value)];
      if (this.preset.value !== '' && chosen) this.setText(chosen.text);
      this.preset.value = '';
    });
    setOptions(
      this.add,
      transformTable.map(({ name }) => ({ value: name, text: name })),
    );
    this.add.value = 'ColorJitter';
    this.add.addEventListener('change', () => this.tellMeaning());
    this.text.addEventListener('input', () => this.read(this.text.value));
    this.root = element(
      'section',
      { class: 'editor', 'aria-label': 'Pipeline' },
      element('div', { class: 'editor-head' }, element('h2', {}, 'Pipeline'), this.preset),
      this.list,
      element(
        'div',
        { class: 'add-transform' },
        this.add,
        button('Add', 'Add this transform at the end', () => this.append()),
      ),
      this.meaning,
      this.text,
      this.problem,
    );
    this.tellMeaning();
  }

  /** Shows a pipeline that is written so. */
  setText(text: string): void {
    this.text.value = text;
    this.read(text);
  }

  /** What goes wrong with the image at hand. */
  complain(text: string): void {
    setText(this.problem, text);
  }

  private read(text: string): void {
    this.take(text, () => {
      this.transforms = parsePipeline(text);
      this.draw();
    });
  }

  /** The list was changed: the text follows. */
  private write(transforms: readonly TransformConfig[]): void {
    this.transforms = transforms;
    this.draw();
    this.text.value = formatPipeline(transforms);
    this.take(this.text.value, () => checkOrder(transforms));
  }

  /** `check` throws a UserError where the pipeline is none. */
  private take(text: string, check: () => void): void {
    let problem = '';
    try {
      check();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problem = describeError(error);
    }
    setText(this.problem, problem);
    this.text.setAttribute('aria-invalid', String(problem !== ''));
    this.handlers.changed(text, problem === '' ? this.transforms : null);
  }

  private append(): void {
    const name = this.add.value as TransformName;
    this.write([...this.transforms, newTransform(name, this.handlers.imageSize())]);
    this.cards.at(-1)?.root.scrollIntoView({ block: 'nearest' });
  }

  private tellMeaning(): void {
    setText(this.meaning, findTransform(this.add.value).meaning);
  }

  private draw(): void {
    const { transforms } = this;
    // A card stays as long as its place holds the same transform: what is dragged must not vanish.
    this.cards = transforms.map(({ name }, at) => (this.cards[at]?.name === name ? this.cards[at] : this.card(name)));
    const shown = [...this.list.children];
    if (shown.length !== this.cards.length || this.cards.some(({ root }, at) => root !== shown[at])) {
      this.list.replaceChildren(...this.cards.map(({ root }) => root));
    }
    transforms.forEach((config, at) => this.cards[at]?.update(config, at === 0, at === transforms.length - 1));
  }

  private card(name: TransformName): TransformCard {
    const card: TransformCard = new TransformCard(name, {
      changed: (key, value) => this.change(card, key, value),
      moved: (by) => this.move(card, by),
      removed: () => this.remove(card),
    });
    return card;
  }

  private change(card: TransformCard, key: string, value: ParameterValue): void {
    const at = this.cards.indexOf(card);
    const config = this.transforms[at];
    if (!config) return;
    const { name, ...values } = config;
    try {
      const given = new Map<string, unknown>([...Object.entries(values), [key, value]]);
      const changed = makeTransform(findTransform(name), given, (each) => each as TransformConfig);
      this.write(this.transforms.map((each, place) => (place === at ? changed : each)));
    } catch (error) {
      card.complain(describeError(error));
    }
  }

  private move(card: TransformCard, by: 1 | -1): void {
    const at = this.cards.indexOf(card);
    const to = at + by;
    if (to < 0 || to >= this.transforms.length) return;
    const transforms = [...this.transforms];
    const [moved] = transforms.splice(at, 1);
    if (moved) transforms.splice(to, 0, moved);
    const cards = [...this.cards];
    cards.splice(at, 1);
    cards.splice(to, 0, card);
    this.cards = cards;
    this.write(transforms);
    card.root.focus();
  }

  private remove(card: TransformCard): void {
    const at = this.cards.indexOf(card);
    this.cards = this.cards.filter((each) => each !== card);
    this.write(this.transforms.filter((_, place) => place !== at));
    (this.cards[at] ?? this.cards.at(-1))?.root.focus();
  }
}
