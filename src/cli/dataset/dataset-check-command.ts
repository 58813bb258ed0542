import type { DatasetDescription, DatasetScan, DuplicateGroup } from '../../protocol/dataset-inspection';
import type { MislabelReport } from '../../protocol/mislabels';
import { exitCodes } from '../exit-codes';
import { formatCount, formatPercent, formatTable } from '../format';
import { createOutput, type Output } from '../output';
import { resolveRun } from '../resolve-paths';
import { runWorkerJob } from '../run-worker-job';
import { showProgress } from '../show-progress';
import type { DeviceOptions } from '../train-options';
import { UsageError } from '../usage-error';
import { tellDecisions, type DatasetOptions } from './dataset-info-command';
import { withDataset } from './dataset-session';

export interface CheckOptions extends DatasetOptions, DeviceOptions {
  readonly mislabels?: true;
  readonly run?: string;
  readonly folds: number;
  readonly epochs?: number;
  readonly distance?: number;
  readonly all?: true;
}

/** `cnn-lab dataset check`: odd images, duplicates, leakage, and with `--mislabels` suspected labels; gives the exit code. */
export async function datasetCheckCommand(data: string, options: CheckOptions): Promise<number> {
  const { mislabels, run, folds, epochs = null, device, threads = null, distance = null } = options;
  if (mislabels && run === undefined) {
    throw new UsageError('--mislabels needs a run whose model is trained anew.', 'Add --run RUN.');
  }
  if (!mislabels && run !== undefined) {
    throw new UsageError('--run has no effect without --mislabels.', 'Add --mislabels.');
  }
  const output = createOutput(options.json === true);
  const { description, scan, groups } = await withDataset(output, data, async ({ calls, location, description }) => ({
    description,
    scan: await calls.scan({ location, task: 1 }),
    groups: await calls.duplicates({ location, task: 2, mostDistance: distance }),
  }));
  const most = options.all ? Infinity : shownRows;
  tellOdd(output, description, scan, most);
  tellGroups(output, description, groups, most);
  let report: MislabelReport | undefined;
  if (run !== undefined) {
    const progress = showProgress(output);
    const request = { runFolder: resolveRun(run), folds, epochs, device, threads };
    report = await runWorkerJob(
      output,
      {
        ...progress.events,
        foldProgress({ fold, epoch, epochs: of }) {
          if (output.interactive) output.note(`Fold ${fold}/${folds}: epoch ${epoch}/${of}`);
        },
      },
      (calls) => calls.findMislabels(request),
    ).finally(() => progress.close());
    tellSuspects(output, report, most);
  }
  output.event({
    event: 'checked',
    images: description.items.keys.length,
    odd: scan.odd.length,
    groups: groups.length,
    copies: copiesIn(groups),
    leaks: groups.filter(({ leaks }) => leaks).length,
    disagreements: groups.filter(({ disagree }) => disagree).length,
    suspects: report?.keys.length ?? null,
  });
  tellDecisions(output, description.decisions);
  return exitCodes.done;
}

const shownRows = 20;

function tellOdd(output: Output, { items }: DatasetDescription, { odd }: DatasetScan, most: number): void {
  for (const { index, kind, reason } of odd) output.event({ event: 'odd', image: items.keys[index], kind, reason });
  output.line(
    odd.length === 0
      ? `Of ${formatCount(items.keys.length)} images, none is odd.`
      : output.style.bold(`${formatCount(odd.length)} odd:`),
  );
  for (const { index, reason } of odd.slice(0, most)) output.line(`  ${items.keys[index] ?? ''} ${reason}`);
  tellRest(output, odd.length, most);
}

function tellGroups(
  output: Output,
  { items }: DatasetDescription,
  groups: readonly DuplicateGroup[],
  most: number,
): void {
  for (const { kind, items: members, distances, leaks, disagree } of groups) {
    const images = Array.from(members, (index) => items.keys[index]);
    output.event({ event: 'duplicates', kind, images, distances: [...distances], leaks, disagree });
  }
  if (groups.length === 0) {
    output.line('No duplicates.');
    return;
  }
  const leaks = groups.filter((group) => group.leaks).length;
  const disagree = groups.filter((group) => group.disagree).length;
  output.line(
    output.style.bold(
      `${counted(copiesIn(groups), 'copy', 'copies')} of ${counted(groups.length, 'image', 'images')}`,
    ) + `; ${formatCount(leaks)} in more than one split, ${formatCount(disagree)} with more than one label:`,
  );
  // What harms most comes first.
  const harm = (group: DuplicateGroup) => Number(group.leaks) + Number(group.disagree);
  for (const group of [...groups].sort((a, b) => harm(b) - harm(a)).slice(0, most)) {
    const names = Array.from(group.items, (index) => items.keys[index] ?? '');
    const marks = [group.leaks ? 'leaks' : '', group.disagree ? 'labels differ' : ''].filter((mark) => mark !== '');
    output.line(`  ${group.kind}: ${names.join(' = ')}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`);
  }
  tellRest(output, groups.length, most);
}

function tellSuspects(output: Output, report: MislabelReport, most: number): void {
  const { keys, classes, count, folds, epochs, accuracy } = report;
  const suspects = keys.map((key, at) => ({
    key,
    given: classes[report.given[at] ?? 0] ?? '',
    suggested: classes[report.suggested[at] ?? 0] ?? '',
    givenProbability: report.givenProbabilities[at] ?? 0,
    suggestedProbability: report.suggestedProbabilities[at] ?? 0,
  }));
  for (const { key, ...rest } of suspects) output.event({ event: 'suspect', image: key, ...rest });
  const trained = `${folds} folds of ${epochs} epochs, ${formatPercent(accuracy)} of labels met`;
  output.line(
    output.style.bold(`${formatCount(keys.length)} of ${formatCount(count)} labels are suspected`) + ` (${trained}):`,
  );
  if (suspects.length === 0) return;
  const rows = suspects
    .slice(0, most)
    .map((each) => [
      each.key,
      `${each.given} ${formatPercent(each.givenProbability)}`,
      `${each.suggested} ${formatPercent(each.suggestedProbability)}`,
    ]);
  for (const line of formatTable(suspectColumns, rows)) output.line(line);
  tellRest(output, suspects.length, most);
}

const suspectColumns = [
  { title: 'image', align: 'left' },
  { title: 'labelled', align: 'left' },
  { title: 'more like', align: 'left' },
] as const;

function tellRest(output: Output, count: number, most: number): void {
  if (count > most) output.line(output.style.dim(`  and ${formatCount(count - most)} more: --all shows them`));
}

function counted(count: number, one: string, several: string): string {
  return `${formatCount(count)} ${count === 1 ? one : several}`;
}

function copiesIn(groups: readonly DuplicateGroup[]): number {
  return groups.reduce((sum, { items }) => sum + items.length - 1, 0);
}
