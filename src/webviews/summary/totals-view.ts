import { formatBytes, formatCount, formatFieldSize, formatQuantity } from '../../core/analysis/format-quantity';
import { formatSizes } from '../../core/analysis/format-value-shape';
import type { InputOrigin } from '../../core/analysis/model-analysis';
import { fieldDetail } from '../../core/summary/summary-columns';
import { fieldPlace } from '../../core/summary/summary-text';
import type { SummaryTable } from '../../core/summary/summary-table';
import { multiplyDims } from '../../core/graph/dim';
import { button } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { isWholeNumber } from './panel-state';

export interface TotalsListener {
  readonly setInput: () => void;
  readonly setBatchSize: (batchSize: number) => void;
}

/** What holds for the whole model: input, parameters, FLOPs, memory at a batch size, receptive field. */
export class TotalsView {
  readonly root = element('dl', { class: 'totals', 'aria-label': 'The whole model' });
  private readonly input = total('Input');
  private readonly parameters = total('Parameters');
  private readonly flops = total('FLOPs');
  private readonly memory = total('Activations');
  private readonly field = total('Receptive field');
  private readonly batch = element('input', {
    class: 'batch',
    type: 'number',
    min: 1,
    step: 1,
    'aria-label': 'Batch size',
    title: 'Images in a batch',
  });

  constructor({ setInput, setBatchSize }: TotalsListener) {
    this.batch.addEventListener('input', () => {
      const value = this.batch.valueAsNumber;
      if (isWholeNumber(value, 1)) setBatchSize(value);
    });
    this.input.extra.append(button('Change…', 'Say what input the model takes', setInput));
    this.memory.extra.append('batch of ', this.batch);
    for (const { root } of [this.input, this.parameters, this.flops, this.memory, this.field]) this.root.append(root);
  }

  update(table: SummaryTable, batchSize: number): void {
    const { totals, framework, input } = table;
    const { parameters, frozenParameters, stateBytes, flops, activationBytes, receptiveField } = totals;
    this.input.show(formatSizes(input.shape, framework), originText(input.origin));
    const frozen = frozenParameters === 0 ? '' : `, ${formatCount(frozenParameters)} frozen`;
    this.parameters.show(formatCount(parameters), `${formatBytes(stateBytes)} with buffers${frozen}`);
    this.flops.show(flops === undefined ? 'not known' : formatQuantity(flops), 'for one image; a multiply-add is 2');
    this.memory.show(
      activationBytes === undefined ? 'not known' : formatBytes(multiplyDims(activationBytes, batchSize)),
      '',
    );
    if (document.activeElement !== this.batch) this.batch.value = String(batchSize);
    this.field.root.hidden = receptiveField === undefined;
    if (receptiveField) {
      this.field.show(formatFieldSize(receptiveField), fieldPlace(table));
      this.field.root.title = fieldDetail(receptiveField);
    }
  }
}

interface Total {
  readonly root: HTMLElement;
  /** Stands behind the note. */
  readonly extra: HTMLElement;
  show(value: string, note: string): void;
}

function total(label: string): Total {
  const value = element('span', { class: 'value' });
  const note = element('span', { class: 'note' });
  const extra = element('span', { class: 'extra' });
  const root = element('div', { class: 'total' }, element('dt', {}, label), element('dd', {}, value, note, extra));
  return {
    root,
    extra,
    show: (text, noteText) => {
      setText(value, text);
      setText(note, noteText);
      root.title = noteText; // Where there is little room the note itself is hidden.
    },
  };
}

function originText(origin: InputOrigin): string {
  switch (origin.kind) {
    case 'comment':
      return 'from the comment in the code';
    case 'call':
      return 'from a call in the file';
    case 'code':
      return 'as the code says';
    case 'dataset':
      return `from the data set ${origin.name}`;
    case 'setting':
      return 'from the settings';
    case 'given':
      return 'as given';
    case 'symbolic':
      return 'the file does not say more';
  }
}
