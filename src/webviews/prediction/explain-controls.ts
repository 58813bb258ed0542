import type { LayerEntry, SubjectDescription } from '../../protocol/inspection';
import { button, segments } from '../shared/controls';
import { element, setAttributes } from '../shared/dom';
import { layerKey, layerName } from '../shared/layer-key';
import { setOptions } from '../shared/subject-picker';
import type { Explanation, PredictionState } from './prediction-state';

export interface ExplainHandlers {
  readonly changed: (patch: Partial<PredictionState>) => void;
  readonly cover: () => void;
}

const predicted = 'predicted';

/** What is laid over the image: for which class, from which layer, and how strongly it covers. */
export class ExplainControls {
  readonly root: HTMLElement;
  private readonly kind;
  private readonly layer = element('select', { class: 'select', 'aria-label': 'Layer' });
  private readonly class = element('select', { class: 'select', 'aria-label': 'Class that is explained' });
  private readonly opacity: HTMLInputElement;
  private readonly size: HTMLInputElement;
  private readonly stride: HTMLInputElement;
  private readonly ofCam: HTMLElement;
  private readonly ofOcclusion: HTMLElement;
  private readonly ofBoth: HTMLElement;

  constructor({ changed, cover }: ExplainHandlers) {
    this.kind = segments<Explanation>(
      'explanation',
      'Laid over the image',
      [
        ['none', 'Image', 'The image as the network sees it'],
        ['grad-cam', 'Grad-CAM', 'Where a layer’s maps speak for the class, by their gradients'],
        ['occlusion', 'Occlusion', 'How much of the class’s probability is lost where the image is covered'],
      ],
      (explanation) => changed({ explanation }),
    );
    this.layer.addEventListener('change', () => changed({ layer: this.layer.value }));
    this.class.addEventListener('change', () =>
      changed({ class: this.class.value === predicted ? null : Number(this.class.value) }),
    );
    this.opacity = element('input', { type: 'range', min: 0, max: 100, 'aria-label': 'Opacity of the map' });
    this.opacity.addEventListener('input', () => changed({ opacity: Number(this.opacity.value) }));
    this.size = wholeInput((size) => changed({ size }));
    this.stride = wholeInput((stride) => changed({ stride }));
    this.ofCam = element('label', { class: 'control' }, 'Layer', this.layer);
    this.ofOcclusion = element(
      'span',
      { class: 'control' },
      element('label', { class: 'control' }, 'Square', this.size),
      element('label', { class: 'control' }, 'Step', this.stride),
      button('Compute', 'Cover the image part by part, and see what the network makes of it', cover),
    );
    this.ofBoth = element(
      'span',
      { class: 'control' },
      element('label', { class: 'control' }, 'Class', this.class),
      element('label', { class: 'control' }, 'Opacity', this.opacity),
    );
    this.root = element(
      'div',
      { class: 'explain-controls' },
      this.kind.root,
      this.ofCam,
      this.ofOcclusion,
      this.ofBoth,
    );
  }

  update(
    state: PredictionState,
    description: SubjectDescription,
    { layer, class: top, size, stride }: { layer: LayerEntry | undefined; class: number; size: number; stride: number },
  ): void {
    const { explanation } = state;
    this.kind.select(explanation);
    this.ofCam.hidden = explanation !== 'grad-cam';
    this.ofOcclusion.hidden = explanation !== 'occlusion';
    this.ofBoth.hidden = explanation === 'none';
    setOptions(
      this.layer,
      layersWithPlaces(description).map((each) => ({
        value: layerKey(description.layers, each.id) ?? '',
        text: `${layerName(each)} · ${each.shape.join('×')}`,
      })),
    );
    if (layer) this.layer.value = layerKey(description.layers, layer.id) ?? '';
    setOptions(this.class, [
      { value: predicted, text: `Predicted (${className(description, top)})` },
      ...Array.from({ length: classCount(description) }, (_, index) => ({
        value: String(index),
        text: className(description, index),
      })),
    ]);
    this.class.value = state.class === null ? predicted : String(state.class);
    this.opacity.value = String(state.opacity);
    setAttributes(this.opacity, { 'aria-valuetext': `${state.opacity} %` });
    this.opacity.style.setProperty('--filled', `${state.opacity}%`);
    const [, height = 1, width = 1] = description.inputShape;
    setWhole(this.size, size, Math.min(height, width));
    setWhole(this.stride, stride, Math.min(height, width));
  }
}

/** Convolutions first in mind, but any map has places that can be shown. */
export function layersWithPlaces({ layers }: SubjectDescription): readonly LayerEntry[] {
  return layers.filter(({ shape: [, height = 1, width = 1], shape }) => shape.length === 3 && height * width > 1);
}

/** The last convolution, or the last layer with places: what Grad-CAM's authors look at. */
export function usualLayer(description: SubjectDescription): LayerEntry | undefined {
  const layers = layersWithPlaces(description);
  return layers.filter(({ op }) => op.startsWith('conv')).at(-1) ?? layers.at(-1);
}

export function classCount({ classes, layers }: SubjectDescription): number {
  return layers.at(-1)?.shape[0] ?? classes.length;
}

export function className({ classes }: SubjectDescription, index: number): string {
  return classes[index] ?? `output ${index}`;
}

function wholeInput(changed: (value: number) => void): HTMLInputElement {
  const input = element('input', { type: 'number', class: 'number', min: 1, step: 1 });
  input.addEventListener('change', () => {
    const value = Math.round(input.valueAsNumber);
    if (value >= 1) changed(Math.min(value, Number(input.max)));
  });
  return input;
}

function setWhole(input: HTMLInputElement, value: number, most: number): void {
  setAttributes(input, { max: most });
  input.value = String(value);
}

/** A word that follows the image's name. */
export function truthOf(description: SubjectDescription, label: number | null, predictedClass: number): string {
  if (label === null) return 'True class not known';
  const name = className(description, label);
  return label === predictedClass ? `True class ${name}: right` : `True class ${name}: wrong`;
}
