import type { Command } from 'commander';
import { addDeviceOptions } from '../train-options';
import { parseInteger, parseNumber } from '../usage-error';
import { datasetCheckCommand, type CheckOptions } from './dataset-check-command';
import {
  datasetExcludeCommand,
  datasetRelabelCommand,
  datasetRestoreCommand,
  datasetUndoCommand,
  type ExcludeOptions,
  type RelabelOptions,
} from './dataset-decide-command';
import { datasetInfoCommand, type DatasetOptions } from './dataset-info-command';

/** A command's action: what it returns is the exit code. */
type Ending = <Args extends unknown[]>(
  run: (...args: Args) => number | Promise<number>,
) => (...args: Args) => Promise<void>;

/** `cnn-lab dataset …`: what there is, what is wrong with it, and what is decided about it. The images themselves are never changed. */
export function addDatasetCommands(program: Command, ending: Ending): void {
  const dataset = program
    .command('dataset')
    .description('look at a data set, check it, and leave out or relabel images');
  const command = (nameAndArguments: string, description: string) =>
    dataset
      .command(nameAndArguments)
      .description(description)
      .option('--json', 'one JSON object a line on stdout')
      .option('--verbose', 'say where in the code an error happened');

  command('info <data>', 'what a data set holds').action(
    ending((data: string, options: DatasetOptions) => datasetInfoCommand(data, options)),
  );
  addDeviceOptions(
    command('check <data>', 'damaged and odd images, duplicates, images in more than one split, suspected labels')
      .option('--mislabels', 'look for wrong labels: trains the model of a run anew, several times')
      .option('--run <run>', 'with --mislabels: the run on this data')
      .option('--folds <n>', 'with --mislabels: how many trainings', parseInteger(2), 5)
      .option('--epochs <n>', "with --mislabels: of each (default: up to the run's best)", parseInteger(1))
      .option('--distance <bits>', 'how unlike copies may be, of 64 (default: by the size of images)', parseNumber)
      .option('--all', 'everything that is found, not only the first of each kind'),
  ).action(ending((data: string, options: CheckOptions) => datasetCheckCommand(data, options)));
  command('exclude <data> <image...>', 'leave images out of training and evaluation')
    .option('--reason <text>', 'for whoever reads the file of decisions', '')
    .action(
      ending((data: string, images: readonly string[], options: ExcludeOptions) =>
        datasetExcludeCommand(data, images, options),
      ),
    );
  command('relabel <data> <image...>', 'give images another class')
    .requiredOption('--to <class...>', 'the class; several where images may have several')
    .action(
      ending((data: string, images: readonly string[], options: RelabelOptions) =>
        datasetRelabelCommand(data, images, options),
      ),
    );
  command('restore <data> <image...>', 'take back what was decided about images').action(
    ending((data: string, images: readonly string[], options: DatasetOptions) =>
      datasetRestoreCommand(data, images, options),
    ),
  );
  command('undo <data>', 'take back the latest step').action(
    ending((data: string, options: DatasetOptions) => datasetUndoCommand(data, options)),
  );
}
