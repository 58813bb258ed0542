#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { parseTestTimeViews } from '../core/data/test-time';
import { UserError, describeError } from '../core/errors';
import { readCnnLabVersion } from '../node/installation-version';
import type { BenchOptions } from './bench-command';
import { benchCommand } from './bench-command';
import { addDatasetCommands } from './dataset/dataset-commands';
import type { DoctorOptions } from './doctor-command';
import { doctorCommand } from './doctor-command';
import type { DownloadOptions } from './download-command';
import { downloadCommand } from './download-command';
import type { EvaluateOptions } from './evaluate-command';
import { evaluateCommand } from './evaluate-command';
import { exitCodes } from './exit-codes';
import { inspectCommand } from './inspect/inspect-command';
import { addInspectOptions, type InspectOptions } from './inspect/inspect-options';
import type { PredictOptions } from './predict-command';
import { predictCommand } from './predict-command';
import type { ShapesOptions } from './shapes-command';
import { shapesCommand } from './shapes-command';
import type { SummaryOptions } from './summary-command';
import { sortKeys, summaryCommand } from './summary-command';
import { trainCommand } from './train-command';
import type { TrainOptions } from './train-options';
import { addDeviceOptions, addTrainOptions } from './train-options';
import { UsageError, parseInteger } from './usage-error';

/** Ends the process with: 0 done, 1 failed, 2 wrong use, 130 stopped. */
async function main(): Promise<void> {
  try {
    await program().parseAsync();
  } catch (error) {
    process.exitCode = reportError(error);
  }
}

function program(): Command {
  const program = new Command('cnn-lab')
    .description('Train, understand and improve convolutional networks. No Python, no CUDA, no account.')
    .version(readCnnLabVersion(__dirname))
    .exitOverride()
    .showHelpAfterError('(add --help for what can be given)');
  const command = (nameAndArguments: string, description: string) =>
    program
      .command(nameAndArguments)
      .description(description)
      .option('--json', 'one JSON object a line on stdout')
      .option('--verbose', 'say where in the code an error happened');

  addTrainOptions(command('train [model]', 'train MODEL: file.py, file.py:Class, or a zoo name such as lenet')).action(
    ending((model: string | undefined, options: TrainOptions) => trainCommand(model, options)),
  );
  command(
    'summary <model>',
    'the modules of MODEL as a tree: output shapes, parameters, FLOPs, memory and receptive fields',
  )
    .option('-i, --input <c,h,w>', 'shape of one image (default: what the file says)', parseInputShape)
    .option('--classes <n>', 'number of classes, where the model has a parameter for it', parseInteger(1))
    .option('-b, --batch <n>', 'images in a batch, for the memory of activations and of training', parseInteger(1), 32)
    .option('--depth <n>', 'how deep modules in modules are shown', parseInteger(0))
    .option('--functions', 'also functions, not only modules')
    .addOption(new Option('--sort <by>', 'the parts of the model as a list, in this order').choices(sortKeys))
    .option('--markdown', 'a table in Markdown')
    .action(ending((model: string, options: SummaryOptions) => summaryCommand(model, options)));
  command('shapes <model>', 'every layer of MODEL with its shapes, in order of execution')
    .option('-i, --input <c,h,w>', 'shape of one image (default: what the file says)', parseInputShape)
    .option('--classes <n>', 'number of classes, where the model has a parameter for it', parseInteger(1))
    .option('--all', 'also functions, and modules that hold others')
    .action(ending((model: string, options: ShapesOptions) => shapesCommand(model, options)));
  addDeviceOptions(
    command('evaluate <run>', 'loss, accuracy and confusion of a trained run')
      .option('-d, --data <path>', "data set (default: the run's own)")
      .addOption(
        new Option('--split <name>', 'which images (default: test, or val where there is no test)').choices([
          'train',
          'val',
          'test',
        ]),
      )
      .option('--confusion', 'the confusion matrix, and precision, recall, F1 and ROC AUC of each class')
      .addOption(
        new Option('--normalize <by>', 'with --confusion: shares of each row (what images show) or column').choices([
          'row',
          'column',
        ]),
      )
      .addOption(checkpointOption())
      .addOption(viewsOption()),
  ).action(ending((run: string, options: EvaluateOptions) => evaluateCommand(run, options)));
  addDeviceOptions(
    command('predict <run> <image...>', 'most probable classes of image files, and of all in folders')
      .option('-k, --top <n>', 'how many classes', parseInteger(1), 3)
      .option('--csv [file]', 'as a table: one line for each image, on stdout where no file is given')
      .addOption(checkpointOption())
      .addOption(viewsOption()),
  ).action(
    ending((run: string, images: readonly string[], options: PredictOptions) => predictCommand(run, images, options)),
  );
  addInspectOptions(
    command(
      'inspect <run-or-model>',
      'what a network looks like inside: filters, feature maps, receptive fields; without options, its layers',
    ),
    parseInputShape,
  ).action(ending((text: string, options: InspectOptions) => inspectCommand(text, options)));
  addDeviceOptions(
    command('bench <model>', 'how long a training step of MODEL takes, on random images')
      .option('-i, --input <c,h,w>', 'shape of one image (default: what the file says)', parseInputShape)
      .option('--classes <n>', 'number of classes, where the model has a parameter for it', parseInteger(1))
      .option('-b, --batch <n>', 'images a step', parseInteger(1), 32)
      .option('--steps <n>', 'how many steps are timed (default: as many as take 5 s)', parseInteger(1))
      .option('--profile', 'where the time goes: by op and place, by kind of op, forward and backward')
      .option('--all', 'all rows of the profile'),
  ).action(ending((model: string, options: BenchOptions) => benchCommand(model, options)));
  command('download [set]', 'fetch a data set to learn with (MNIST, CIFAR-10, …); without SET, list them')
    .option('--to <folder>', 'where its folder is made', 'data')
    .option('-y, --yes', 'download without asking')
    .action(ending((set: string | undefined, options: DownloadOptions) => downloadCommand(set, options)));
  addDatasetCommands(program, ending);
  command(
    'doctor',
    'whether the GPU can be used, and if not, why and what to do (exit code 0: it can, 1: it can not)',
  ).action(ending((options: DoctorOptions) => doctorCommand(options)));
  return program;
}

function checkpointOption(): Option {
  return new Option('--checkpoint <name>', 'which weights').choices(['best', 'last']).default('best');
}

function viewsOption(): Option {
  return new Option(
    '--tta <views>',
    'averages the probabilities of several looks at each image: flip, five-crop, ten-crop, or shifts:8 for eight draws',
  ).argParser((text) => {
    try {
      return parseTestTimeViews(text);
    } catch (error) {
      throw new InvalidArgumentError(describeError(error));
    }
  });
}

function parseInputShape(text: string): readonly number[] {
  const sizes = text.split(/[,x×]/).map(Number);
  if (sizes.length === 3 && sizes.every((size) => Number.isInteger(size) && size > 0)) return sizes;
  throw new InvalidArgumentError('It must be channels,height,width, such as 3,32,32.');
}

/** A command's result is the exit code; the process ends when its work is done. */
function ending<Args extends unknown[]>(
  run: (...args: Args) => number | Promise<number>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    process.exitCode = await run(...args);
  };
}

function reportError(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
  const verbose = process.argv.includes('--verbose');
  const message = error instanceof Error ? error.message : String(error);
  const remedy = error instanceof UserError ? error.remedy : undefined;
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ event: 'error', message, remedy: remedy ?? null })}\n`);
  }
  process.stderr.write(`error: ${message}\n${remedy === undefined ? '' : `${remedy}\n`}`);
  if (verbose && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  else if (!(error instanceof UserError)) {
    process.stderr.write('This is a mistake in CNN Lab. Run it again with --verbose to see where.\n');
  }
  return error instanceof UsageError ? exitCodes.wrongUse : exitCodes.failed;
}

// Whoever reads may have seen enough (`cnn-lab … | head`): what is being done goes on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
void main();
