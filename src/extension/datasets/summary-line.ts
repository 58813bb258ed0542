import { describeFormat } from '../../core/data/describe-format';
import type { DatasetSummary, SplitName } from '../../core/data/dataset';
import { count, formatCount } from '../runs/run-presentation';

/** `image folder · 3 classes · 120 images (100 training, 20 test)` */
export function summaryLine(dataset: DatasetSummary): string {
  const images = dataset.splits.reduce((sum, split) => sum + split.count, 0);
  const classes = Math.max(0, ...dataset.splits.map((split) => split.classes.length));
  const parts = dataset.splits.map((split) => `${formatCount(split.count)} ${splitWords[split.name]}`);
  return [
    describeFormat(dataset),
    ...(classes > 0 ? [`${formatCount(classes)} ${classes === 1 ? 'class' : 'classes'}`] : []),
    count(images, 'image') + (parts.length > 1 ? ` (${parts.join(', ')})` : ''),
  ].join(' · ');
}

const splitWords: Record<SplitName, string> = { train: 'training', val: 'validation', test: 'test' };
