import type { Subject } from '../../protocol/inspection';
import { button, checkbox, segments } from '../shared/controls';
import { element } from '../shared/dom';
import type { ImageSource } from '../shared/image-source';
import { setOptions, SubjectPicker, type SubjectChoice } from '../shared/subject-picker';
import { leastSide, mostSide } from '../shared/tile-grid';
import type { MapColors, MapOrder } from './map-tiles';
import type { MapsState } from './maps-state';

export interface MapsToolbarHandlers {
  readonly changed: (patch: Partial<MapsState>) => void;
  readonly compared: (other: Subject | undefined) => void;
  readonly holdImage: (on: boolean) => void;
  readonly savePng: () => void;
  readonly saveNpy: () => void;
}

const orders: readonly (readonly [MapOrder, string])[] = [
  ['index', 'Index'],
  ['mean', 'Mean'],
  ['max', 'Maximum'],
];
const colorChoices: readonly (readonly [MapColors, string])[] = [
  ['auto', 'Automatic'],
  ['sequential', 'Sequential'],
  ['diverging', 'Around zero'],
  ['grey', 'Grey'],
];

export class MapsToolbar {
  private readonly view;
  private readonly scale;
  private readonly hold;
  private readonly order = element('select', { class: 'select' });
  private readonly colors = element('select', { class: 'select' });
  private readonly side: HTMLInputElement;
  private readonly other: SubjectPicker;
  private readonly ofLayer: readonly HTMLElement[];

  constructor(root: HTMLElement, image: ImageSource, handlers: MapsToolbarHandlers) {
    this.view = segments<MapsState['view']>(
      'view',
      'Shown',
      [
        ['layer', 'Layer', 'All maps of one layer'],
        ['network', 'Network', 'The strongest maps of every layer'],
      ],
      (view) => handlers.changed({ view }),
    );
    setOptions(
      this.order,
      orders.map(([value, text]) => ({ value, text })),
    );
    this.order.addEventListener('change', () => handlers.changed({ order: this.order.value as MapOrder }));
    setOptions(
      this.colors,
      colorChoices.map(([value, text]) => ({ value, text })),
    );
    this.colors.addEventListener('change', () => handlers.changed({ colors: this.colors.value as MapColors }));
    this.scale = checkbox(['Shared scale'], 'One range of colours for all maps of the layer', (sharedScale) =>
      handlers.changed({ sharedScale }),
    );
    this.hold = checkbox(
      ['Beside this image'],
      'Keeps this image’s maps, and shows those of the next one beside them',
      (on) => handlers.holdImage(on),
    );
    this.side = element('input', {
      type: 'range',
      min: leastSide,
      max: mostSide,
      'aria-label': 'Size of the pictures',
    });
    this.side.addEventListener('input', () => handlers.changed({ side: Number(this.side.value) }));
    this.other = new SubjectPicker('Beside', 'nothing', handlers.compared);
    const order = element('label', { class: 'control' }, 'Order', this.order);
    const size = element('label', { class: 'control' }, 'Size', this.side);
    const saves = element(
      'span',
      { class: 'control' },
      button('Save PNG…', 'Save the maps as a picture', () => handlers.savePng()),
      button('Save .npy…', 'Save the values for NumPy: float32 [channels, height, width]', () => handlers.saveNpy()),
    );
    this.ofLayer = [order, size, this.scale.root, this.other.root, this.hold.root, saves];
    root.append(
      image.root,
      this.view.root,
      order,
      element('label', { class: 'control' }, 'Colours', this.colors),
      this.scale.root,
      size,
      this.other.root,
      this.hold.root,
      element('span', { class: 'spacer' }),
      saves,
    );
  }

  update(state: MapsState, other: SubjectChoice): void {
    this.view.select(state.view);
    this.order.value = state.order;
    this.colors.value = state.colors;
    this.scale.input.checked = state.sharedScale;
    this.hold.input.checked = state.otherImage !== null;
    this.side.value = String(state.side);
    this.side.style.setProperty('--filled', `${(100 * (state.side - leastSide)) / (mostSide - leastSide)}%`);
    for (const each of this.ofLayer) each.hidden = state.view !== 'layer';
    this.other.update(other);
  }
}
