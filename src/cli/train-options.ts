import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import {
  precisions,
  type ClippingConfig,
  type LearningRateFactor,
  type OptimizerConfig,
  type Precision,
  type ScheduleConfig,
  type TrainConfig,
} from '../core/train/config';
import { augmentationPresets, parseAugmentation } from '../core/data/augment/augmentation-presets';
import { shorthandTransforms } from '../core/data/augment/shorthand-transforms';
import type { AugmentationConfig } from '../core/data/augmentation';
import { defaultOptimizer, defaultSchedule, defaultTrainConfig, plainLoss } from '../core/train/defaults';
import { parseTrainConfig } from '../core/train/parse-config';
import { assertNever, describeError } from '../core/errors';
import { deviceChoices, type DeviceChoice } from '../protocol/worker';
import {
  addMixingOptions,
  addSplitOptions,
  dataOptionNames,
  mixingFrom,
  splitFrom,
  type DataOptions,
} from './data-options';
import { UsageError, asUsage, parseInteger, parseNumber } from './usage-error';

/** The options of `cnn-lab train` as commander gives them; absent: not given. */
export interface TrainOptions extends DeviceOptions, DataOptions {
  readonly data?: string;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly optimizer?: OptimizerConfig['kind'];
  readonly lr?: number;
  readonly momentum?: number;
  readonly nesterov?: true;
  readonly betas?: readonly [number, number];
  readonly amsgrad?: true;
  readonly alpha?: number;
  readonly centered?: true;
  readonly weightDecay?: number;
  /** False: `--no-decay-norms`; commander says true where that is not given. */
  readonly decayNorms?: boolean;
  readonly lrFactor?: readonly LearningRateFactor[];
  readonly labelSmoothing?: number;
  readonly clipNorm?: number;
  readonly clipValue?: number;
  readonly augment?: string;
  readonly flip?: true;
  readonly cropPadding?: number;
  readonly precision?: Precision;
  readonly schedule?: ScheduleConfig['kind'];
  readonly stepEpochs?: number;
  readonly gamma?: number;
  readonly minLr?: number;
  readonly warmup?: number;
  readonly validation?: number;
  readonly patience?: number;
  readonly epochCheckpoints?: number;
  readonly seed?: number;
  readonly weights?: string;
  readonly out?: string;
  readonly name?: string;
  readonly resume?: string;
  readonly json?: true;
}

export interface DeviceOptions {
  readonly device: DeviceChoice;
  readonly threads?: number;
}

export function addTrainOptions(command: Command): Command {
  const { epochs, batchSize, optimizer, seed, validationShare } = defaultTrainConfig;
  command
    .option('-d, --data <path>', 'folder of a data set, or a sample: digits, shapes')
    .option('-e, --epochs <n>', `passes over the training images (default: ${epochs})`, parseInteger(1))
    .option('-b, --batch-size <n>', `images a step (default: ${batchSize})`, parseInteger(1))
    .addOption(
      new Option('--optimizer <name>', `(default: ${optimizer.kind})`).choices(['sgd', 'adam', 'adamw', 'rmsprop']),
    )
    .option('--lr <rate>', 'learning rate (default: 0.001; sgd: 0.01)', parseNumber)
    .option('--momentum <m>', 'of sgd and rmsprop (default: sgd 0.9, rmsprop 0)', parseNumber)
    .option('--nesterov', "sgd with Nesterov's momentum")
    .option('--betas <b1,b2>', 'of adam and adamw (default: 0.9,0.999)', parseBetas)
    .option('--amsgrad', 'adam and adamw divided by the largest second moment so far')
    .option('--alpha <a>', 'of rmsprop: how much of the mean square is kept at each step (default: 0.99)', parseNumber)
    .option('--centered', "rmsprop divided by the gradients' standard deviation")
    .option('--weight-decay <w>', '(default: 0; adamw: 0.01)', parseNumber)
    .option('--no-decay-norms', 'no weight decay on biases and on the weights of normalisation layers')
    .option(
      '--lr-factor <prefix=factor>',
      "multiplies the learning rate of parameters whose names begin so: 'features=0.1'; may be repeated",
      collectFactor,
    )
    .option('--label-smoothing <share>', 'share of each target that goes to all classes (default: 0)', parseNumber)
    .option('--clip-norm <max>', 'scales the gradients of a step so that their norm is at most this', parseNumber)
    .option('--clip-value <max>', 'cuts every gradient to at most this magnitude', parseNumber)
    .option(
      '--augment <transforms>',
      `how training images are changed: ${augmentationPresets.map(({ name }) => name).join(', ')}, torchvision's transforms ` +
        "as text ('RandomCrop(32, padding=4), RandAugment()'), or @file with them",
    )
    .option('--flip', 'mirrors training images left to right, each time with probability 1/2')
    .option(
      '--crop-padding <pixels>',
      'shifts training images, each time anew, by up to so many pixels each way (default: 0)',
      parseInteger(0),
    )
    .addOption(
      new Option(
        '--precision <p>',
        'f16: activations and their gradients are kept with 16 bits, on GPUs (default: f32)',
      ).choices(precisions),
    )
    .addOption(
      new Option('--schedule <name>', 'how the learning rate moves (default: constant)').choices([
        'constant',
        'step',
        'cosine',
        'one-cycle',
      ]),
    )
    .option('--step-epochs <n>', 'step: epochs between two drops (default: a third of all)', parseInteger(1))
    .option('--gamma <g>', 'step: factor at each drop (default: 0.1)', parseNumber)
    .option('--min-lr <rate>', 'cosine: lowest learning rate (default: 0)', parseNumber)
    .option('--warmup <share>', 'one-cycle: share of the steps that rises (default: 0.3)', parseNumber)
    .option(
      '--validation <share>',
      `share of the training images for validation, where there are none (default: ${validationShare})`,
      parseNumber,
    );
  addSplitOptions(command);
  addMixingOptions(command);
  command
    .option('--patience <n>', 'stop when validation has not improved for n epochs', parseInteger(1))
    .option(
      '--epoch-checkpoints <mb>',
      `megabytes for the weights of single epochs, for \`inspect\`; 0: none (default: ${defaultTrainConfig.epochCheckpointsMb})`,
      parseNumber,
    )
    .option('--seed <n>', `same seed, same numbers (default: ${seed})`, parseInteger(0))
    .option('--weights <file>', 'safetensors file with initial weights')
    .option('-o, --out <folder>', 'run folder to make (default: .cnn-lab/runs/<date>-<model>-<data>)')
    .option('--name <name>', 'what the run is called')
    .option('--resume <run>', 'go on with a run that was stopped or has failed');
  return addDeviceOptions(command);
}

export function addDeviceOptions(command: Command): Command {
  return command
    .addOption(new Option('--device <device>', 'where to compute').choices(deviceChoices).default('auto'))
    .option(
      '--threads <n>',
      'CPU threads (default: all cores, one left free where there are more than two)',
      parseInteger(1),
    );
}

/** Options that decide a run's numbers: a resumed run keeps its own. */
const startOptions = [
  'data',
  'batchSize',
  'optimizer',
  'lr',
  'momentum',
  'nesterov',
  'betas',
  'amsgrad',
  'alpha',
  'centered',
  'weightDecay',
  'lrFactor',
  'labelSmoothing',
  'clipNorm',
  'clipValue',
  'augment',
  'flip',
  'cropPadding',
  'precision',
  'schedule',
  'stepEpochs',
  'gamma',
  'minLr',
  'warmup',
  'validation',
  'patience',
  'epochCheckpoints',
  'seed',
  'weights',
  'out',
  'name',
  ...dataOptionNames,
] as const satisfies readonly (keyof TrainOptions)[];

/** Those of the given options that make no sense with `--resume`, as they are written. */
export function optionsAgainstResume(options: TrainOptions): string[] {
  const given = startOptions.filter((name) => options[name] !== undefined).map(flagOf);
  return options.decayNorms === false ? [...given, '--no-decay-norms'] : given;
}

/** The configuration that the options ask for. Throws a UsageError for a value that does not fit. */
export function trainConfigFrom(options: TrainOptions): TrainConfig {
  const epochs = options.epochs ?? defaultTrainConfig.epochs;
  checkBelonging(options);
  return asUsage(() =>
    parseTrainConfig({
      epochs,
      batchSize: options.batchSize ?? defaultTrainConfig.batchSize,
      optimizer: optimizerFrom(options),
      schedule: scheduleFrom(options, epochs),
      loss: {
        labelSmoothing: options.labelSmoothing ?? plainLoss.labelSmoothing,
        classWeights: options.classWeights ?? plainLoss.classWeights,
      },
      clipping: clippingFrom(options),
      parameterGroups: {
        decayNorms: options.decayNorms ?? true,
        learningRateFactors: options.lrFactor ?? [],
      },
      augment: augmentationFrom(options),
      mixing: mixingFrom(options),
      sampler: options.sampler ?? defaultTrainConfig.sampler,
      precision: options.precision ?? defaultTrainConfig.precision,
      seed: options.seed ?? defaultTrainConfig.seed,
      validationShare: options.validation ?? defaultTrainConfig.validationShare,
      split: splitFrom(options),
      earlyStoppingPatience: options.patience ?? null,
      epochCheckpointsMb: options.epochCheckpoints ?? defaultTrainConfig.epochCheckpointsMb,
    } satisfies TrainConfig),
  );
}

/** An option that would be ignored is a mistake that the user should hear of. */
function checkBelonging(options: TrainOptions): void {
  const optimizer = options.optimizer ?? defaultTrainConfig.optimizer.kind;
  const schedule = options.schedule ?? defaultTrainConfig.schedule.kind;
  for (const [name, selector, owners] of ownedOptions) {
    const chosen = selector === 'optimizer' ? optimizer : schedule;
    if (options[name] === undefined || (owners as readonly string[]).includes(chosen)) continue;
    throw new UsageError(
      `${flagOf(name)} has no effect with --${selector} ${chosen}.`,
      `Leave it out, or add --${selector} ${owners.join(' or ')}.`,
    );
  }
}

const ownedOptions = [
  ['momentum', 'optimizer', ['sgd', 'rmsprop']],
  ['nesterov', 'optimizer', ['sgd']],
  ['betas', 'optimizer', ['adam', 'adamw']],
  ['amsgrad', 'optimizer', ['adam', 'adamw']],
  ['alpha', 'optimizer', ['rmsprop']],
  ['centered', 'optimizer', ['rmsprop']],
  ['stepEpochs', 'schedule', ['step']],
  ['gamma', 'schedule', ['step']],
  ['minLr', 'schedule', ['cosine']],
  ['warmup', 'schedule', ['one-cycle']],
] as const satisfies readonly (readonly [keyof TrainOptions, 'optimizer' | 'schedule', readonly string[]])[];

/** As it is written: `batchSize` → `--batch-size`. */
function flagOf(name: keyof TrainOptions): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function optimizerFrom(options: TrainOptions): OptimizerConfig {
  const defaults = defaultOptimizer(options.optimizer ?? defaultTrainConfig.optimizer.kind);
  const learningRate = options.lr ?? defaults.learningRate;
  const weightDecay = options.weightDecay ?? defaults.weightDecay;
  switch (defaults.kind) {
    case 'sgd': {
      const { momentum = defaults.momentum, nesterov = defaults.nesterov } = options;
      return { ...defaults, learningRate, weightDecay, momentum, nesterov };
    }
    case 'adam':
    case 'adamw': {
      const [beta1, beta2] = options.betas ?? [defaults.beta1, defaults.beta2];
      return { ...defaults, learningRate, weightDecay, beta1, beta2, amsgrad: options.amsgrad ?? false };
    }
    case 'rmsprop': {
      const { alpha = defaults.alpha, momentum = defaults.momentum, centered = defaults.centered } = options;
      return { ...defaults, learningRate, weightDecay, alpha, momentum, centered };
    }
    default:
      return assertNever(defaults);
  }
}

function augmentationFrom({ augment, flip, cropPadding }: TrainOptions): AugmentationConfig {
  if (augment === undefined) return shorthandTransforms({ flip: flip ?? false, cropPadding: cropPadding ?? 0 });
  if (flip !== undefined || cropPadding !== undefined) {
    throw new UsageError(
      '--flip and --crop-padding are short for transforms: they do not go with --augment.',
      'Write RandomHorizontalFlip() and RandomCrop(None, padding=4) into it.',
    );
  }
  return {
    train: parseAugmentation(augment.startsWith('@') ? readTransforms(augment.slice(1)) : augment),
    evaluation: null,
  };
}

function readTransforms(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} can't be read: ${describeError(error)}`, 'Give --augment @ and a text file.');
  }
}

function clippingFrom({ clipNorm, clipValue }: TrainOptions): ClippingConfig {
  if (clipNorm !== undefined && clipValue !== undefined) {
    throw new UsageError('--clip-norm and --clip-value exclude each other.', 'Give one of them.');
  }
  if (clipNorm !== undefined) return { kind: 'norm', maximum: clipNorm };
  return clipValue === undefined ? { kind: 'none' } : { kind: 'value', maximum: clipValue };
}

function scheduleFrom(options: TrainOptions, epochs: number): ScheduleConfig {
  const defaults = defaultSchedule(options.schedule ?? defaultTrainConfig.schedule.kind, epochs);
  switch (defaults.kind) {
    case 'constant':
      return defaults;
    case 'step': {
      const { stepEpochs = defaults.stepEpochs, gamma = defaults.gamma } = options;
      return { ...defaults, stepEpochs, gamma };
    }
    case 'cosine':
      return { ...defaults, minimum: options.minLr ?? defaults.minimum };
    case 'one-cycle':
      return { ...defaults, warmupShare: options.warmup ?? defaults.warmupShare };
  }
}

function parseBetas(text: string): readonly [number, number] {
  const [beta1, beta2, ...more] = text.split(',').map(parseNumber);
  if (beta1 === undefined || beta2 === undefined || more.length > 0) {
    throw new InvalidArgumentError('It must be two numbers, such as 0.9,0.999.');
  }
  return [beta1, beta2];
}

/** `features=0.1`, after those that were given before. */
function collectFactor(text: string, before: readonly LearningRateFactor[] = []): readonly LearningRateFactor[] {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new InvalidArgumentError("It must be a name and a number, such as 'features=0.1'.");
  return [...before, { prefix: text.slice(0, at), factor: parseNumber(text.slice(at + 1)) }];
}
