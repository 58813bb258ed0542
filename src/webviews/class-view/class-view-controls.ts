import type { SplitName } from '../../protocol/inspection';
import { button, segments } from '../shared/controls';
import { element, setAttributes, setText } from '../shared/dom';
import { splitTitles } from '../shared/image-source';
import { setOptions } from '../shared/subject-picker';
import type { ClassViewState } from './class-view-state';

export interface ClassViewHandlers {
  readonly changed: (patch: Partial<ClassViewState>) => void;
  readonly maximize: () => void;
  readonly find: () => void;
  readonly save: () => void;
}

type NumberName = 'steps' | 'learningRate' | 'l2' | 'totalVariation' | 'jitter' | 'seed';

const numbers: readonly (readonly [name: NumberName, label: string, step: string, tooltip: string])[] = [
  ['steps', 'Steps', '10', 'Steps of gradient ascent'],
  ['learningRate', 'Learning rate', '0.01', 'Of Adam, in units of the normalised image'],
  ['l2', 'L2', '0.005', 'Weight of ½‖x‖²: holds pixels near the mean'],
  ['totalVariation', 'Total variation', '0.005', 'Weight of the differences of neighbouring pixels: smooths'],
  ['jitter', 'Jitter', '1', 'Pixels by which the image is moved at random in each step'],
  ['seed', 'Seed', '1', 'Of the noise that it begins with: the same seed gives the same image'],
];

export class ClassViewControls {
  private readonly unit = element('select', { class: 'select', 'aria-label': 'Class' });
  private readonly channel = element('input', { type: 'number', class: 'number', min: 0, step: 1 });
  private readonly unitControl: HTMLElement;
  private readonly channelControl: HTMLElement;
  private readonly channelCount = element('span', { class: 'muted' });
  private readonly inputs = new Map<NumberName, HTMLInputElement>();
  private readonly split = element('select', { class: 'select' });
  private readonly tiles;

  constructor(root: HTMLElement, handlers: ClassViewHandlers) {
    this.unit.addEventListener('change', () => handlers.changed({ channel: Number(this.unit.value) }));
    this.channel.addEventListener('change', () =>
      handlers.changed({ channel: Math.max(0, Math.floor(Number(this.channel.value)) || 0) }),
    );
    this.unitControl = element('label', { class: 'control' }, 'Class', this.unit);
    this.channelControl = element('label', { class: 'control' }, 'Channel', this.channel, this.channelCount);
    const controls = numbers.map(([name, label, step, title]) => {
      const input = element('input', { type: 'number', class: 'number', min: 0, step, title });
      input.addEventListener('change', () => handlers.changed({ [name]: Number(input.value) }));
      this.inputs.set(name, input);
      return element('label', { class: 'control', title }, label, input);
    });
    this.split.addEventListener('change', () => handlers.changed({ split: this.split.value as SplitName }));
    this.tiles = segments<ClassViewState['tiles']>(
      'tiles',
      'Found images',
      [
        ['crop', 'What it sees', 'Only what the most excited element sees of the image'],
        ['image', 'Whole images', 'The images as the network sees them'],
      ],
      (tiles) => handlers.changed({ tiles }),
    );
    root.append(
      this.unitControl,
      this.channelControl,
      ...controls,
      button('Maximize', 'An image that excites this channel as much as possible', () => handlers.maximize()),
      button('Save PNG…', 'Save the image', () => handlers.save()),
      element('span', { class: 'spacer' }),
      element('label', { class: 'control' }, 'Images of', this.split),
      this.tiles.root,
      button('Find Images', 'Those of the data set that excite this channel most', () => handlers.find()),
    );
  }

  /** `classes`: of the output layer; empty for another one. */
  update(state: ClassViewState, channels: number, classes: readonly string[], splits: readonly SplitName[]): void {
    const named = classes.length === channels && channels > 0;
    this.unitControl.hidden = !named;
    this.channelControl.hidden = named;
    if (named) {
      setOptions(
        this.unit,
        classes.map((text, index) => ({ value: String(index), text })),
      );
    }
    this.unit.value = String(state.channel);
    this.channel.value = String(state.channel);
    setAttributes(this.channel, { max: channels - 1 });
    setText(this.channelCount, `of ${channels}`);
    for (const [name, input] of this.inputs) input.value = String(state[name]);
    setOptions(
      this.split,
      splits.map((name) => ({ value: name, text: splitTitles[name] })),
    );
    this.split.value = splits.includes(state.split) ? state.split : (splits[0] ?? '');
    this.tiles.select(state.tiles);
  }

  get chosenSplit(): SplitName | undefined {
    return this.split.value === '' ? undefined : (this.split.value as SplitName);
  }
}
