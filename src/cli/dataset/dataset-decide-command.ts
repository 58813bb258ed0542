import type { Decision } from '../../core/data/decisions';
import type { DatasetDescription, DecisionState } from '../../protocol/dataset-inspection';
import { exitCodes } from '../exit-codes';
import { createOutput } from '../output';
import { UsageError } from '../usage-error';
import { tellDecisions, type DatasetOptions } from './dataset-info-command';
import { withDataset, type DatasetSession } from './dataset-session';

export interface ExcludeOptions extends DatasetOptions {
  readonly reason: string;
}

export interface RelabelOptions extends DatasetOptions {
  readonly to: readonly string[];
}

/** `cnn-lab dataset exclude`; gives the exit code. */
export function datasetExcludeCommand(
  data: string,
  images: readonly string[],
  options: ExcludeOptions,
): Promise<number> {
  return decide(data, images, options, (key) => ({ kind: 'exclude', key, reason: options.reason }));
}

/** `cnn-lab dataset relabel`; gives the exit code. */
export function datasetRelabelCommand(
  data: string,
  images: readonly string[],
  options: RelabelOptions,
): Promise<number> {
  return decide(data, images, options, (key) => ({ kind: 'relabel', key, classes: options.to }));
}

/** `cnn-lab dataset restore`; gives the exit code. */
export function datasetRestoreCommand(
  data: string,
  images: readonly string[],
  options: DatasetOptions,
): Promise<number> {
  return decide(data, images, options, (key) => ({ kind: 'restore', key }));
}

/** `cnn-lab dataset undo`; gives the exit code. */
export function datasetUndoCommand(data: string, options: DatasetOptions): Promise<number> {
  return change(data, options, ({ calls, location }) => calls.undo(location));
}

function decide(
  data: string,
  images: readonly string[],
  options: DatasetOptions,
  decisionOf: (key: string) => Decision,
): Promise<number> {
  return change(data, options, ({ calls, location, description }) => {
    checkImages(description, images);
    return calls.decide({ location, decisions: images.map(decisionOf) });
  });
}

async function change(
  data: string,
  options: DatasetOptions,
  job: (session: DatasetSession) => Promise<DecisionState>,
): Promise<number> {
  const output = createOutput(options.json === true);
  const state = await withDataset(output, data, job);
  output.event({ event: 'decided', file: state.file, decisions: state.decisions, canUndo: state.canUndo });
  tellDecisions(output, state);
  return exitCodes.done;
}

/** What is not there may be written wrongly: nothing is decided about it. */
function checkImages({ items, name }: DatasetDescription, images: readonly string[]): void {
  const keys = new Set(items.keys);
  const unknown = images.find((image) => !keys.has(image));
  if (unknown === undefined) return;
  const ending = items.keys.find((key) => key.endsWith(`/${unknown}`));
  throw new UsageError(
    `${name} has no image ${unknown}.`,
    ending === undefined
      ? `Images are named as by “cnn-lab dataset check”, such as ${items.keys[0] ?? ''}.`
      : `Did you mean ${ending}?`,
  );
}
