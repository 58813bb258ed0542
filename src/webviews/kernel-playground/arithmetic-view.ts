import { colorIndex, colorMapTable, type ColorMapName, type ValueRange } from '../../core/inspect/color-map';
import type { FilterArithmetic } from '../../core/inspect/explain-filter';
import type { FilterAxis, FilterSettings, FilterSizes } from '../../core/inspect/filter-sizes';
import { element } from '../shared/dom';
import { tintCell } from '../shared/tint-cell';

/** The sum behind one element of the output, as tables: patch ⊙ kernel = products, then what follows. */
export class ArithmeticView {
  readonly root = element('section', { class: 'arithmetic', 'aria-label': 'Arithmetic of one element' });
  private readonly title = element('h2');
  private readonly tables = element('div', { class: 'number-tables' });
  private readonly result = element('p', { class: 'result' });

  /** `channel`: the choice of the channel that is told about. */
  constructor(channel: HTMLElement) {
    this.root.append(element('div', { class: 'arithmetic-head' }, this.title, channel), this.tables, this.result);
  }

  clear(): void {
    this.title.textContent = 'Arithmetic';
    this.tables.replaceChildren();
    this.result.replaceChildren();
  }

  /** `range`: that of the output's colours. */
  update(at: readonly [y: number, x: number], told: FilterArithmetic, settings: FilterSettings): void {
    const { kernel, activation, pool } = settings;
    this.title.textContent = `Element of row ${at[0]}, column ${at[1]}`;
    const grey = { range: { low: 0, high: 255 }, map: 'grey' } as const;
    const most = Math.max(...kernel.weights.map(Math.abs));
    const products = told.patch.map((value, tap) => value * (kernel.weights[tap] ?? 0));
    const largest = Math.max(...products.map(Math.abs));
    const isPadding = (tap: number) =>
      (told.rows[Math.floor(tap / kernel.width)] ?? -1) < 0 || (told.columns[tap % kernel.width] ?? -1) < 0;
    this.tables.replaceChildren(
      numberTable('Image', told.patch, kernel.width, { ...grey, isPadding }),
      sign('⊙'),
      numberTable('Kernel', kernel.weights, kernel.width, { range: { low: -most, high: most }, map: 'diverging' }),
      sign('='),
      numberTable('Products', products, kernel.width, { range: { low: -largest, high: largest }, map: 'diverging' }),
      ...(told.window && pool
        ? [
            sign('→'),
            numberTable('Pooling window', told.window.values, pool.size, {
              range: { low: Math.min(...told.window.values), high: Math.max(...told.window.values) },
              map: 'grey',
              taken: told.window.taken,
            }),
          ]
        : []),
    );
    const steps = [`Σ = ${tell(told.sum)}`];
    if (kernel.factor !== 1 || kernel.bias !== 0) {
      const factor = kernel.factor === 1 ? '' : ` · ${tell(kernel.factor)}`;
      const bias = kernel.bias === 0 ? '' : kernel.bias > 0 ? ` + ${tell(kernel.bias)}` : ` − ${tell(-kernel.bias)}`;
      steps.push(`${tell(told.sum)}${factor}${bias} = ${tell(told.value)}`);
    }
    if (activation === 'relu') steps.push(`max(0, ${tell(told.value)}) = ${tell(told.activated)}`);
    if (activation === 'abs') steps.push(`|${tell(told.value)}| = ${tell(told.activated)}`);
    if (told.window && pool) {
      const what = pool.kind === 'max' ? 'Largest' : 'Mean';
      const which = pool.kind === 'max' ? '' : ' (the products are those of its first)';
      steps.push(`${what} of the window: ${tell(told.window.value)}${which}`);
    }
    this.result.replaceChildren(
      ...steps.map((step, index) => element('span', { class: index === steps.length - 1 ? 'last' : '' }, step)),
    );
  }
}

interface TableLook {
  readonly range: ValueRange;
  readonly map: ColorMapName;
  readonly isPadding?: (index: number) => boolean;
  readonly taken?: number | null;
}

function numberTable(caption: string, values: readonly number[], columns: number, look: TableLook): HTMLElement {
  const colors = colorMapTable(look.map);
  const cells = values.map((value, index) => {
    const padding = look.isPadding?.(index) ?? false;
    const cell = element('td', { class: padding ? 'padding' : index === look.taken ? 'taken' : null }, tell(value));
    if (padding) cell.title = 'Padding';
    else {
      const entry = 4 * colorIndex(value, look.range);
      tintCell(cell, [colors[entry] ?? 0, colors[entry + 1] ?? 0, colors[entry + 2] ?? 0]);
    }
    return cell;
  });
  const rows = Array.from({ length: Math.ceil(cells.length / columns) }, (_, row) =>
    element('tr', {}, ...cells.slice(row * columns, (row + 1) * columns)),
  );
  return element('table', { class: 'numbers' }, element('caption', {}, caption), element('tbody', {}, ...rows));
}

function sign(text: string): HTMLElement {
  return element('span', { class: 'sign', 'aria-hidden': 'true' }, text);
}

/** Four significant digits; whole numbers as they are. */
export function tell(value: number): string {
  const told = Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4));
  return String(told).replace('-', '−');
}

/** The formula of the output's size with the numbers of both axes, and the layer in PyTorch. */
export function sizeLines(
  { rows, columns }: FilterSizes,
  settings: FilterSettings,
): readonly (readonly [string, string])[] {
  const { pool } = settings;
  const convolution = ({ input, padding, dilation, kernel, stride, convolved }: FilterAxis) =>
    `⌊(${input} + 2·${padding} − ${dilation}·(${kernel} − 1) − 1) / ${stride}⌋ + 1 = ${convolved}`;
  const pooling = ({ convolved, output }: FilterAxis) =>
    pool ? `⌊(${convolved} − ${pool.size}) / ${pool.stride}⌋ + 1 = ${output}` : '';
  return [
    ['Size', '⌊(input + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1'],
    ['Height', convolution(rows)],
    ['Width', convolution(columns)],
    ...(pool ? ([['Pooled', `${pooling(rows)} high, ${pooling(columns)} wide`]] as const) : []),
  ];
}

/** What one would write in PyTorch. */
export function torchLine({ rows, columns }: FilterSizes, channels: number, settings: FilterSettings): string {
  const { kernel, stride, dilation, edge, activation, pool } = settings;
  const pair = (down: number, across: number) => (down === across ? String(down) : `(${down}, ${across})`);
  const mode = edge === 'zero' || edge === 'valid' ? '' : `, padding_mode='${edge}'`;
  const groups = channels > 1 ? `, groups=${channels}` : '';
  const layers = [
    `nn.Conv2d(${channels}, ${channels}, ${pair(kernel.height, kernel.width)}, stride=${stride}, ` +
      `padding=${pair(rows.padding, columns.padding)}, dilation=${dilation}${mode}${groups})`,
    ...(activation === 'relu' ? ['nn.ReLU()'] : []),
    ...(pool ? [`nn.${pool.kind === 'max' ? 'MaxPool2d' : 'AvgPool2d'}(${pool.size}, stride=${pool.stride})`] : []),
  ];
  return layers.length === 1 ? (layers[0] ?? '') : `nn.Sequential(${layers.join(', ')})`;
}
