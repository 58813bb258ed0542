import type { LayerEntry, UnitExplanation } from '../../protocol/inspection';
import { element, setText } from '../shared/dom';
import { Latest } from '../shared/latest';
import { layerName } from '../shared/layer-key';
import type { Picture } from '../../core/inspect/picture';
import { fieldColor } from '../shared/theme';
import { ZoomImage, type PicturePixel } from '../shared/zoom-image';
import { nameOfInput, unitView } from './unit-view';

export interface ChosenUnit {
  readonly layer: LayerEntry;
  readonly layers: readonly LayerEntry[];
  readonly channel: number;
  readonly y: number;
  readonly x: number;
  readonly picture: Picture;
  readonly description: string;
  /** Asks how it comes about. */
  readonly explain: () => Promise<UnitExplanation>;
}

/** One map, enlarged, with the element that was chosen and its numbers. */
export class UnitPanel {
  private readonly title = element('h2');
  private readonly numbers = element('div', { 'aria-live': 'polite' });
  private readonly map: ZoomImage;
  readonly root: HTMLElement;
  private readonly latest = new Latest();

  constructor(
    handlers: {
      readonly pointed: (pixel: PicturePixel | null) => void;
      readonly pressed: (pixel: PicturePixel) => void;
    },
    private readonly failed: (error: unknown) => void,
  ) {
    this.map = new ZoomImage('The chosen map', handlers);
    this.map.root.classList.add('side-image');
    this.root = element('div', { class: 'unit-panel', hidden: true }, this.title, this.map.root, this.numbers);
  }

  update(unit: ChosenUnit | null): void {
    this.root.hidden = unit === null;
    if (!unit) return this.latest.clear();
    const { layer, layers, channel, y, x, picture, description, explain } = unit;
    setText(this.title, `${layerName(layer)} · map ${channel}`);
    const box = { top: y, left: x, bottom: y + 1, right: x + 1 };
    this.map.show({ picture, boxes: [{ box, color: fieldColor }] }, description);
    this.latest.run(
      explain,
      (explanation) =>
        this.numbers.replaceChildren(
          element('p', { class: 'muted' }, `Row ${y}, column ${x}`),
          unitView(explanation, (id) => nameOfInput(layers, id)),
        ),
      this.failed,
    );
  }
}
