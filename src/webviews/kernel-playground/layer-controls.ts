import type { EdgeHandling, FilterSettings, Pooling } from '../../core/inspect/filter-sizes';
import { element } from '../shared/dom';
import { setOptions } from '../shared/subject-picker';
import { edgeNames, mostDilation, mostPool, mostStride } from './playground-state';

const edgeTitles: Readonly<Record<EdgeHandling, string>> = {
  zero: 'Zeros',
  reflect: 'Reflect',
  replicate: 'Replicate',
  circular: 'Circular',
  valid: 'None (valid)',
};

/** How the kernel goes over the image, and what follows it. */
export class LayerControls {
  readonly root: HTMLElement;
  private readonly stride: HTMLInputElement;
  private readonly dilation: HTMLInputElement;
  private readonly edge = element('select', { class: 'select' });
  private readonly activation = element('select', { class: 'select' });
  private readonly pool = element('select', { class: 'select' });
  private readonly poolSize: HTMLInputElement;
  private readonly poolStride: HTMLInputElement;
  private readonly poolFields: readonly HTMLElement[];
  private settings: FilterSettings | undefined;

  constructor(private readonly changed: (patch: Partial<FilterSettings>) => void) {
    this.stride = wholeInput(mostStride, (stride) => changed({ stride }));
    this.dilation = wholeInput(mostDilation, (dilation) => changed({ dilation }));
    this.poolSize = wholeInput(mostPool, (size) => this.changePool({ size }));
    this.poolStride = wholeInput(mostPool, (stride) => this.changePool({ stride }));
    setOptions(
      this.edge,
      edgeNames.map((value) => ({ value, text: edgeTitles[value] })),
    );
    setOptions(this.activation, [
      { value: 'none', text: 'None' },
      { value: 'relu', text: 'ReLU' },
      { value: 'abs', text: 'Absolute value' },
    ]);
    setOptions(this.pool, [
      { value: 'none', text: 'None' },
      { value: 'max', text: 'Max' },
      { value: 'average', text: 'Average' },
    ]);
    this.edge.addEventListener('change', () => changed({ edge: this.edge.value as EdgeHandling }));
    this.activation.addEventListener('change', () =>
      changed({ activation: this.activation.value as FilterSettings['activation'] }),
    );
    this.pool.addEventListener('change', () => {
      const kind = this.pool.value;
      if (kind === 'none') changed({ pool: null });
      else this.changePool({ kind: kind === 'max' ? 'max' : 'average' });
    });
    this.poolFields = [field('Window', this.poolSize), field('Step', this.poolStride)];
    this.root = element(
      'section',
      { class: 'layer-controls', 'aria-label': 'Layer' },
      element('h2', {}, 'Layer'),
      field('Stride', this.stride),
      field('Dilation', this.dilation),
      field('Edges', this.edge),
      field('Activation', this.activation),
      field('Pooling', this.pool),
      ...this.poolFields,
    );
  }

  update(settings: FilterSettings): void {
    this.settings = settings;
    const { stride, dilation, edge, activation, pool } = settings;
    setWhole(this.stride, stride);
    setWhole(this.dilation, dilation);
    this.edge.value = edge;
    this.activation.value = activation;
    this.pool.value = pool?.kind ?? 'none';
    for (const each of this.poolFields) each.hidden = pool === null;
    setWhole(this.poolSize, pool?.size ?? 2);
    setWhole(this.poolStride, pool?.stride ?? 2);
  }

  private changePool(patch: Partial<Pooling>): void {
    this.changed({ pool: { ...(this.settings?.pool ?? { kind: 'max', size: 2, stride: 2 }), ...patch } });
  }
}

function field(label: string, control: HTMLElement): HTMLElement {
  return element('label', { class: 'control field' }, label, control);
}

function wholeInput(most: number, changed: (value: number) => void): HTMLInputElement {
  const input = element('input', { type: 'number', class: 'number', min: 1, max: most, step: 1 });
  input.addEventListener('input', () => {
    if (input.value !== '' && input.checkValidity()) changed(input.valueAsNumber);
  });
  // What was left empty or is too large becomes what is shown.
  input.addEventListener('change', () => {
    if (input.value !== '') changed(Math.min(most, Math.max(1, Math.round(input.valueAsNumber))));
  });
  return input;
}

function setWhole(input: HTMLInputElement, value: number): void {
  if (document.activeElement === input && !input.validity.valid) return;
  if (input.valueAsNumber !== value) input.value = String(value);
}
