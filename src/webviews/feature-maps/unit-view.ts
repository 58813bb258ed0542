import { colorIndex, colorMapTable, valueRange, type ValueRange } from '../../core/inspect/color-map';
import type { LayerEntry, UnitComputation, UnitExplanation } from '../../protocol/inspection';
import { element } from '../shared/dom';
import { layerName } from '../shared/layer-key';
import { formatNumber } from '../shared/scale-bar';
import { tintCell } from '../shared/tint-cell';

/** More input channels than these are added up: nobody reads a thousand tables. */
const mostTerms = 12;

/** How one element comes about, with its numbers: input patch ⊙ kernel + bias, or the window of a pool. */
export function unitView(
  { value, computation }: UnitExplanation,
  nameOf: (layer: number | null) => string,
): HTMLElement {
  return element('div', { class: 'unit' }, ...computationView(computation, value, nameOf));
}

function computationView(
  computation: UnitComputation,
  value: number,
  nameOf: (layer: number | null) => string,
): readonly HTMLElement[] {
  switch (computation.kind) {
    case 'convolution':
      return convolutionView(computation, value, nameOf);
    case 'pool': {
      const { patch, shape, rows, columns, mode, divisor, input } = computation;
      const [height = 1, width = 1] = shape;
      const numbers = [...patch].filter((each) => !Number.isNaN(each));
      const best = patch.indexOf(Math.max(...numbers));
      const range = valueRange(patch, 'full');
      const table = numberTable(patch, height, width, rows, columns, range, 'sequential', mode === 'max' ? best : -1);
      const told =
        mode === 'max'
          ? `The largest of ${numbers.length} values of ${nameOf(input)} is ${formatNumber(value)}.`
          : `The sum of the values of ${nameOf(input)}, ${formatNumber(sumOf(numbers))}, divided by ${divisor} is ${formatNumber(value)}.`;
      return [element('p', {}, told), table];
    }
    case 'pointwise':
      return [
        element('p', {}, `${formatNumber(value)} comes of the same place of:`),
        element(
          'ul',
          {},
          ...computation.inputs.map((input) =>
            element('li', {}, `${nameOf(input.layer)}: ${formatNumber(input.value)}`),
          ),
        ),
      ];
    case 'other':
      return [
        element(
          'p',
          {},
          `${formatNumber(value)} comes of ${computation.inputs.map(nameOf).join(', ') || 'the image'}.`,
        ),
      ];
  }
}

type Convolution = Extract<UnitComputation, { kind: 'convolution' }>;

function convolutionView(
  { patch, kernel, shape, rows, columns, bias, input, firstChannel }: Convolution,
  value: number,
  nameOf: (layer: number | null) => string,
): readonly HTMLElement[] {
  const [depth = 1, height = 1, width = 1] = shape;
  const size = height * width;
  const term = (channel: number) => {
    let sum = 0;
    for (let at = channel * size; at < (channel + 1) * size; at++) sum += (patch[at] ?? 0) * (kernel[at] ?? 0);
    return sum;
  };
  const terms = Array.from({ length: depth }, (_, channel) => ({ channel, sum: term(channel) }));
  terms.sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum));
  const shown = terms.slice(0, mostTerms);
  const rest = terms.slice(mostTerms);
  const patchRange = valueRange(patch, 'symmetric');
  const kernelRange = valueRange(kernel, 'symmetric');
  const total = sumOf(terms.map(({ sum }) => sum));
  const summary = `${formatNumber(total)} ${bias < 0 ? '−' : '+'} bias ${formatNumber(Math.abs(bias))} = ${formatNumber(value)}`;
  return [
    element('p', { class: 'unit-sum' }, `Σ patch ⊙ kernel + bias: ${summary}`),
    ...shown.map(({ channel, sum }) => {
      const part = (values: Float32Array) => values.subarray(channel * size, (channel + 1) * size);
      return element(
        'div',
        { class: 'term' },
        element('span', { class: 'muted term-name' }, `${nameOf(input)} ${firstChannel + channel}`),
        numberTable(part(patch), height, width, rows, columns, patchRange, 'diverging', -1),
        element('span', { class: 'operator' }, '⊙'),
        numberTable(part(kernel), height, width, null, null, kernelRange, 'diverging', -1),
        element('span', { class: 'operator' }, `= ${formatNumber(sum)}`),
      );
    }),
    ...(rest.length > 0
      ? [
          element(
            'p',
            { class: 'muted' },
            `${rest.length} more input channels add ${formatNumber(sumOf(rest.map(({ sum }) => sum)))}.`,
          ),
        ]
      : []),
  ];
}

/** Numbers on their colours. `rows`, `columns`: where they lie; −1 in the padding, which is drawn as such. */
function numberTable(
  values: Float32Array,
  height: number,
  width: number,
  rows: Int32Array | null,
  columns: Int32Array | null,
  range: ValueRange,
  colors: 'sequential' | 'diverging',
  marked: number,
): HTMLTableElement {
  const table = colorMapTable(colors);
  const lines = Array.from({ length: height }, (_, row) =>
    element(
      'tr',
      {},
      ...Array.from({ length: width }, (_, column) => {
        const at = row * width + column;
        const value = values[at] ?? NaN;
        const padding = rows?.[row] === -1 || columns?.[column] === -1;
        const cell = element(
          'td',
          {
            class: [padding ? 'padding' : '', at === marked ? 'marked' : ''].filter(Boolean).join(' ') || null,
            title: padding
              ? 'padding'
              : rows && columns
                ? `row ${rows[row] ?? ''}, column ${columns[column] ?? ''}`
                : null,
          },
          Number.isNaN(value) ? '' : formatNumber(value),
        );
        if (!padding && !Number.isNaN(value)) {
          const entry = 4 * colorIndex(value, range);
          const [red = 0, green = 0, blue = 0] = table.subarray(entry, entry + 3);
          tintCell(cell, [red, green, blue]);
        }
        return cell;
      }),
    ),
  );
  return element('table', { class: 'numbers' }, element('tbody', {}, ...lines));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** A layer as it is spoken of; the image where there is none. */
export function nameOfInput(layers: readonly LayerEntry[], id: number | null): string {
  const layer = layers.find((each) => each.id === id);
  return layer ? layerName(layer) : 'image';
}
