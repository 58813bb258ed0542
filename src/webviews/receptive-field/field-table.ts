import type { LayerEntry, ReceptiveFieldRow, ReceptiveFieldTable } from '../../protocol/inspection';
import { element } from '../shared/dom';
import { layerName } from '../shared/layer-key';
import { formatNumber, formatShare } from '../shared/scale-bar';
import { SelectableRows } from '../shared/selectable-rows';

const columns: readonly (readonly [title: string, tooltip: string])[] = [
  ['Layer', 'In the order of computation'],
  ['Map', 'Height × width of the layer’s maps'],
  ['Sees', 'Pixels of the image that one element sees, by the longest path; the line is the image’s size'],
  ['Shortest path', 'What it sees by the path through skips and branches that sees least'],
  ['Step', 'Pixels between what neighbouring elements see'],
  ['Offset', 'First pixel that the first element sees; below zero is padding'],
  ['Padding', 'Share of what all elements see that is padding'],
];

/** Theoretical fields over the depth of the network; arrow keys go from layer to layer. */
export class FieldTable {
  private readonly rows: SelectableRows<ReceptiveFieldRow>;
  readonly root: HTMLTableElement;

  constructor(chosen: (row: ReceptiveFieldRow) => void) {
    this.rows = new SelectableRows(chosen);
    const heads = columns.map(([title, tooltip]) => element('th', { scope: 'col', title: tooltip }, title));
    this.root = element(
      'table',
      { class: 'field-table', 'aria-label': 'Theoretical receptive fields' },
      element('thead', {}, element('tr', {}, ...heads)),
      this.rows.body,
    );
  }

  update(table: ReceptiveFieldTable, layers: readonly LayerEntry[], selected: number | null): void {
    const hadFocus = this.root.contains(document.activeElement);
    this.rows.show(table.rows.map((row) => ({ row, item: this.item(row, table, layers) })));
    const item = this.select(selected);
    if (hadFocus) item?.focus();
  }

  select(layer: number | null): HTMLTableRowElement | undefined {
    const item = this.rows.select((row) => row.layer === layer);
    item?.scrollIntoView({ block: 'nearest' });
    return item;
  }

  private item(
    row: ReceptiveFieldRow,
    { input }: ReceptiveFieldTable,
    layers: readonly LayerEntry[],
  ): HTMLTableRowElement {
    const layer = layers.find(({ id }) => id === row.layer);
    const { field } = row;
    const whole = 'the whole image';
    return element(
      'tr',
      { class: row.unproductive ? 'unproductive' : null },
      element(
        'th',
        { scope: 'row' },
        layer ? layerName(layer) : '',
        ' ',
        element('span', { class: 'muted' }, layer && layer.title !== layerName(layer) ? layer.title : ''),
        ...(row.unproductive ? [element('span', { class: 'mark' }, ' unproductive')] : []),
      ),
      element('td', {}, row.map.join('×') || '–'),
      element('td', {}, field ? sizeBar(field.size, input) : whole),
      element('td', {}, field && field.smallest.join() !== field.size.join() ? field.smallest.join('×') : '–'),
      element('td', {}, field ? field.jump.map(formatNumber).join('×') : '–'),
      element('td', {}, field ? field.start.map(formatNumber).join(', ') : '–'),
      element('td', {}, field && row.map.length === 2 ? formatShare(row.paddingShare) : '–'),
    );
  }
}

/** The size in words, and beside the image's as a bar. */
function sizeBar(size: readonly [number, number], input: readonly [number, number]): HTMLElement {
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' }, element('span', { class: 'filled' }));
  const share = Math.max(size[0] / input[0], size[1] / input[1]);
  const filled = bar.firstElementChild;
  if (filled instanceof HTMLElement) filled.style.width = `${Math.min(100, 100 * share)}%`;
  if (share > 1) bar.classList.add('beyond');
  return element('span', { class: 'size' }, element('span', {}, size.join('×')), bar);
}
