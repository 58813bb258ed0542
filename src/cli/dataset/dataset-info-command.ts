import { splitOrder } from '../../core/data/split-names';
import type { DatasetDescription, DecisionState } from '../../protocol/dataset-inspection';
import { exitCodes } from '../exit-codes';
import { formatCount, formatTable } from '../format';
import { createOutput, type Output } from '../output';
import { withDataset } from './dataset-session';

export interface DatasetOptions {
  readonly json?: true;
}

/** `cnn-lab dataset info`; gives the exit code. */
export async function datasetInfoCommand(data: string, options: DatasetOptions): Promise<number> {
  const output = createOutput(options.json === true);
  const { description } = await withDataset(output, data, (session) => Promise.resolve(session));
  const { name, path, format, task, classes, items, skipped, decisions } = description;
  const counts = splitCounts(description);
  output.event({
    event: 'dataset',
    name,
    path,
    format,
    task,
    images: items.keys.length,
    splits: counts.map(({ split, count, classes: own }) => ({
      split,
      count,
      classes: Object.fromEntries(own.map((each, label) => [classes[label] ?? label, each])),
    })),
    skipped,
    decisions: decisionCounts(decisions),
    decisionsFile: decisions.file,
  });
  output.line(`${output.style.bold(name)}: ${format}, ${formatCount(items.keys.length)} images in ${path}`);
  const columns = [
    { title: 'class', align: 'left' },
    ...counts.map(({ split }) => ({ title: split, align: 'right' }) as const),
  ] as const;
  const rows = classes.map((title, label) => [
    title,
    ...counts.map(({ classes: own }) => formatCount(own[label] ?? 0)),
  ]);
  const total = ['all', ...counts.map(({ count }) => formatCount(count))];
  for (const line of formatTable(columns, [...rows, total])) output.line(line);
  tellDecisions(output, decisions);
  for (const { path: file, reason } of skipped) output.note(output.style.yellow(`Left aside: ${file}: ${reason}`));
  return exitCodes.done;
}

/** How many images each split has, in all and of each class (with several classes, an image counts for each). */
function splitCounts({ items, classes }: DatasetDescription) {
  const { splits, labels, labelSets } = items;
  return splitOrder.flatMap((split, place) => {
    const counts = new Array<number>(classes.length).fill(0);
    let count = 0;
    splits.forEach((own, index) => {
      if (own !== place) return;
      count++;
      for (let label = 0; label < classes.length; label++) {
        const has = labelSets ? labelSets[index * classes.length + label] === 1 : labels[index] === label;
        if (has) counts[label] = (counts[label] ?? 0) + 1;
      }
    });
    return count === 0 ? [] : [{ split, count, classes: counts }];
  });
}

export function decisionCounts({ decisions }: DecisionState) {
  const excluded = decisions.filter(({ kind }) => kind === 'exclude').length;
  return { excluded, relabelled: decisions.length - excluded };
}

export function tellDecisions(output: Output, state: DecisionState): void {
  const { excluded, relabelled } = decisionCounts(state);
  const images = (count: number) => (count === 1 ? '1 image' : `${formatCount(count)} images`);
  output.line(
    excluded + relabelled === 0
      ? 'Nothing is decided about its images.'
      : `Decided: ${images(excluded)} left out, ${formatCount(relabelled)} relabelled (${state.file})`,
  );
}
