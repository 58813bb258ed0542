import { colorIndex, colorMapTable, valueRange } from '../../core/inspect/color-map';
import type { Kernel } from '../../core/inspect/filter-sizes';
import { kernelPresets, type KernelPreset } from '../../core/inspect/kernel-presets';
import { button } from '../shared/controls';
import { element, setAttributes, setText } from '../shared/dom';
import { setOptions } from '../shared/subject-picker';
import { mostKernelSide } from './playground-state';
import { tintCell } from '../shared/tint-cell';

export interface KernelEditorHandlers {
  readonly changed: (kernel: Kernel) => void;
  readonly presetChosen: (preset: KernelPreset) => void;
}

const ownName = 'own';

/** A table of weights to be typed over, its size, and what the sum is multiplied by. */
export class KernelEditor {
  readonly root: HTMLElement;
  private readonly preset = element('select', { class: 'select', 'aria-label': 'Preset' });
  private readonly about = element('p', { class: 'muted about' });
  private readonly rows = sideSelect('Rows of the kernel');
  private readonly columns = sideSelect('Columns of the kernel');
  private readonly grid = element('div', {
    class: 'kernel-grid',
    role: 'group',
    'aria-label': 'Weights of the kernel',
  });
  private readonly factor: HTMLInputElement;
  private readonly bias: HTMLInputElement;
  private readonly total = element('span', { class: 'muted' });
  private cells: readonly HTMLInputElement[] = [];
  private kernel: Kernel = { height: 0, width: 0, weights: [], factor: 1, bias: 0 };

  constructor(private readonly handlers: KernelEditorHandlers) {
    this.preset.addEventListener('change', () => {
      const chosen = kernelPresets.find(({ name }) => name === this.preset.value);
      if (chosen) handlers.presetChosen(chosen);
    });
    for (const select of [this.rows, this.columns]) {
      select.addEventListener('change', () => this.resize(Number(this.rows.value), Number(this.columns.value)));
    }
    this.factor = numberInput('Factor', (factor) => this.change({ factor }));
    this.bias = numberInput('Bias', (bias) => this.change({ bias }));
    const normalize = button('Sum to 1', 'Set the factor so that a flat image stays as bright as it is', () => {
      const sum = this.sum();
      if (Math.abs(sum) > 1e-9) this.change({ factor: 1 / sum });
    });
    const turn = button('Turn', 'Turn the weights by 90° clockwise', () => this.turn());
    const negate = button('± Negate', 'Change the sign of every weight', () =>
      this.change({ weights: this.kernel.weights.map((weight) => (weight === 0 ? 0 : -weight)) }),
    );
    this.root = element(
      'section',
      { class: 'kernel-editor', 'aria-label': 'Kernel' },
      element('h2', {}, 'Kernel'),
      this.preset,
      this.about,
      element('div', { class: 'control' }, 'Size', this.rows, '×', this.columns),
      this.grid,
      element('div', { class: 'buttons' }, turn, negate, normalize),
      element('label', { class: 'control field' }, 'Factor', this.factor),
      element('label', { class: 'control field' }, 'Bias', this.bias),
      this.total,
    );
  }

  update(kernel: Kernel): void {
    this.kernel = kernel;
    const preset = kernelPresets.find((each) => sameKernel(each.kernel, kernel));
    setOptions(this.preset, [
      ...(preset ? [] : [{ value: ownName, text: 'Your own' }]),
      ...kernelPresets.map(({ name }) => ({ value: name, text: name })),
    ]);
    this.preset.value = preset?.name ?? ownName;
    setText(this.about, preset?.about ?? 'Type weights, and see at once what they do.');
    this.rows.value = String(kernel.height);
    this.columns.value = String(kernel.width);
    if (this.cells.length !== kernel.weights.length || this.grid.dataset['columns'] !== String(kernel.width)) {
      this.build(kernel);
    }
    const range = valueRange(kernel.weights, 'symmetric');
    const colors = colorMapTable('diverging');
    kernel.weights.forEach((weight, at) => {
      const cell = this.cells[at];
      if (!cell) return;
      show(cell, weight);
      const entry = 4 * colorIndex(weight, range);
      tintCell(cell, [colors[entry] ?? 0, colors[entry + 1] ?? 0, colors[entry + 2] ?? 0]);
    });
    show(this.factor, kernel.factor);
    show(this.bias, kernel.bias);
    const sum = this.sum() * kernel.factor;
    setText(this.total, `Weights sum to ${String(Number(sum.toPrecision(6))).replace('-', '−')}, with the factor.`);
  }

  private sum(): number {
    return this.kernel.weights.reduce((sum, weight) => sum + weight, 0);
  }

  private build({ height, width }: Kernel): void {
    this.grid.dataset['columns'] = String(width);
    this.cells = Array.from({ length: height * width }, (_, at) =>
      numberInput(`Row ${Math.floor(at / width) + 1}, column ${(at % width) + 1}`, (weight) =>
        this.change({ weights: this.kernel.weights.map((old, index) => (index === at ? weight : old)) }),
      ),
    );
    const rows = Array.from({ length: height }, (_, row) =>
      element('div', { class: 'kernel-row' }, ...this.cells.slice(row * width, (row + 1) * width)),
    );
    this.grid.replaceChildren(...rows);
  }

  private change(patch: Partial<Kernel>): void {
    this.handlers.changed({ ...this.kernel, ...patch });
  }

  /** The middle stays in the middle. */
  private resize(height: number, width: number): void {
    const { kernel } = this;
    const [down, across] = [Math.floor((height - kernel.height) / 2), Math.floor((width - kernel.width) / 2)];
    const weights = Array.from({ length: height * width }, (_, at) => {
      const [row, column] = [Math.floor(at / width) - down, (at % width) - across];
      const inside = row >= 0 && column >= 0 && row < kernel.height && column < kernel.width;
      return inside ? (kernel.weights[row * kernel.width + column] ?? 0) : 0;
    });
    this.change({ height, width, weights });
  }

  private turn(): void {
    const { height, width, weights } = this.kernel;
    const turned = Array.from({ length: weights.length }, (_, at) => {
      const [row, column] = [Math.floor(at / height), at % height];
      return weights[(height - 1 - column) * width + row] ?? 0;
    });
    this.change({ height: width, width: height, weights: turned });
  }
}

function sideSelect(label: string): HTMLSelectElement {
  const sides = Array.from({ length: mostKernelSide }, (_, at) => String(at + 1));
  return element(
    'select',
    { class: 'select', 'aria-label': label },
    ...sides.map((side) => element('option', { value: side }, side)),
  );
}

/** Tells every number that is typed; what is no number yet is marked, and changes nothing. */
export function numberInput(label: string, changed: (value: number) => void): HTMLInputElement {
  const input = element('input', { type: 'number', class: 'number', step: 'any', 'aria-label': label });
  input.addEventListener('input', () => {
    const valid = input.value !== '' && Number.isFinite(input.valueAsNumber);
    setAttributes(input, { 'aria-invalid': valid ? null : 'true' });
    if (valid) changed(input.valueAsNumber);
  });
  return input;
}

/** Not under the hands of who is typing: `1.` is on its way to `1.5`. */
function show(input: HTMLInputElement, value: number): void {
  if (input.value !== '' && input.valueAsNumber === value) return;
  if (document.activeElement === input && input.getAttribute('aria-invalid') === 'true') return;
  input.value = String(Number(value.toPrecision(7)));
  setAttributes(input, { 'aria-invalid': null });
}

function sameKernel(left: Kernel, right: Kernel): boolean {
  return (
    left.height === right.height &&
    left.width === right.width &&
    left.factor === right.factor &&
    left.bias === right.bias &&
    left.weights.every((weight, at) => weight === right.weights[at])
  );
}
