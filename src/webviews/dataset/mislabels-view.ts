import { element } from '../shared/dom';
import type { DatasetContext, DatasetView } from './dataset-context';

export class MislabelsView implements DatasetView {
  readonly root: HTMLElement = element('section', { class: 'tab' });

  constructor(private readonly context: DatasetContext) {}

  reset(): void {}

  update(): void {
    void this.context;
  }
}
