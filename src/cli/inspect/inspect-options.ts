import { InvalidArgumentError, Option, type Command } from 'commander';
import { colorMapNames, type ColorMapName } from '../../core/inspect/color-map';
import type { SplitName, Subject } from '../../protocol/inspection';
import { UsageError, parseInteger, parseNumber } from '../usage-error';

export type CheckpointChoice = (Subject & { kind: 'run' })['checkpoint'];
export type FilterSort = 'number' | 'norm' | 'similarity';

/** The options of `cnn-lab inspect` as commander gives them; `true`: of an option whose layer was left out. */
export interface InspectOptions {
  readonly filters?: string;
  readonly featureMaps?: string | true;
  readonly receptiveField?: string | true;
  readonly effective?: true;
  readonly gradCam?: string | true;
  readonly occlusion?: true;
  readonly maximize?: string;
  readonly topImages?: string;
  readonly checkpoint?: CheckpointChoice;
  readonly image?: string;
  readonly out?: string;
  readonly sort?: FilterSort;
  readonly perFilter?: true;
  readonly perMap?: true;
  readonly colors?: ColorMapName;
  readonly maps?: number;
  readonly class?: string;
  readonly size?: number;
  readonly stride?: number;
  readonly split?: SplitName;
  readonly images?: number;
  readonly count?: number;
  readonly steps?: number;
  readonly lr?: number;
  readonly l2?: number;
  readonly tv?: number;
  readonly jitter?: number;
  readonly seed?: number;
  readonly input?: readonly number[];
  readonly classes?: number;
  readonly json?: true;
}

export function addInspectOptions(command: Command, parseInputShape: (text: string) => readonly number[]): Command {
  return command
    .option('--filters <layer>', 'kernels of a layer: a picture by --out, statistics of each')
    .option('--feature-maps [layer]', 'what a layer (or every layer) makes of --image: a picture or .npy by --out')
    .option('--receptive-field [layer]', 'how far elements see, over the depth of the network (up to a layer)')
    .option('--effective', 'with --receptive-field LAYER: how far they see really, measured by gradients')
    .option('--grad-cam [layer]', 'where --image speaks for a class (default: in the last convolution)')
    .option('--occlusion', 'what of --image a class depends on, by covering a part of it')
    .option('--maximize <layer:unit>', 'an image that excites a channel or a class most')
    .option('--top-images <layer:unit>', 'the images of the data set that excite a channel or a class most')
    .option(
      '--checkpoint <which>',
      'best, last, or the number of an epoch, 0 before the first (default: best)',
      parseCheckpoint,
    )
    .option('--image <file>', 'an image file, or one of the run’s own data: test:17')
    .option('-o, --out <file>', '.png; .npy for the numbers themselves')
    .addOption(new Option('--sort <by>', 'of filters (default: number)').choices(['number', 'norm', 'similarity']))
    .option('--per-filter', 'a scale for each filter, not one for all')
    .option('--per-map', 'a scale for each map, not one for the layer')
    .addOption(new Option('--colors <map>', 'of values').choices(colorMapNames))
    .option('--maps <n>', 'of each layer (default: all of one layer, 64 of each of all)', parseInteger(1))
    .option('--class <class>', 'name or number (default: the most probable one)')
    .option('--size <pixels>', 'occlusion: side of the square (default: an eighth of the image)', parseInteger(1))
    .option('--stride <pixels>', 'occlusion: its step (default: half of it)', parseInteger(1))
    .addOption(new Option('--split <name>', 'images of the run’s data').choices(['train', 'val', 'test']))
    .option('--images <n>', 'how many of them', parseInteger(1))
    .option('--count <n>', 'top images: how many are shown (default: 16)', parseInteger(1))
    .option('--steps <n>', 'maximize: (default: 200)', parseInteger(1))
    .option('--lr <rate>', 'maximize: (default: 0.05)', parseNumber)
    .option('--l2 <weight>', 'maximize: of the penalty on large values (default: 0.001)', parseNumber)
    .option('--tv <weight>', 'maximize: of the penalty on differences between neighbours (default: 0.001)', parseNumber)
    .option('--jitter <pixels>', 'maximize: random shift at each step (default: 1)', parseInteger(0))
    .option('--seed <n>', 'of the weights of an untrained model, and of maximize (default: 1)', parseInteger(0))
    .option('-i, --input <c,h,w>', 'untrained model: shape of one image (default: what the file says)', parseInputShape)
    .option('--classes <n>', 'untrained model: number of classes, where it has a parameter for it', parseInteger(1));
}

/** What is asked for. */
export type InspectView =
  | { readonly kind: 'layers' }
  | { readonly kind: 'filters'; readonly layer: string }
  | { readonly kind: 'feature-maps'; readonly layer: string | null }
  | { readonly kind: 'receptive-field'; readonly layer: string | null }
  | { readonly kind: 'effective-field'; readonly layer: string }
  | { readonly kind: 'grad-cam'; readonly layer: string | null }
  | { readonly kind: 'occlusion' }
  | { readonly kind: 'maximize'; readonly unit: UnitName }
  | { readonly kind: 'top-images'; readonly unit: UnitName };

export interface UnitName {
  readonly layer: string;
  /** Number of a channel; of the output also the name of a class. */
  readonly unit: string;
}

/** The one view that the options choose. Throws a UsageError where there are several, or an option has no effect. */
export function viewFrom(options: InspectOptions): InspectView {
  const given = viewOptions.filter((name) => options[name] !== undefined);
  if (given.length > 1) {
    throw new UsageError(`${given.map(flagOf).join(' and ')} exclude each other.`, 'Give one of them at a time.');
  }
  const view = viewOf(options);
  for (const [name, views] of ownedOptions) {
    if (options[name] === undefined || (views as readonly string[]).includes(view.kind)) continue;
    throw new UsageError(
      `${flagOf(name)} has no effect ${view.kind === 'layers' ? 'alone' : `with --${view.kind}`}.`,
      `It belongs to ${views.map(flagOfView).join(', ')}.`,
    );
  }
  if (needsImage.has(view.kind) && options.image === undefined) {
    throw new UsageError('--image is missing.', 'Give an image file, or one of the run’s own, such as test:0.');
  }
  return view;
}

const viewOptions = [
  'filters',
  'featureMaps',
  'receptiveField',
  'gradCam',
  'occlusion',
  'maximize',
  'topImages',
] as const satisfies readonly (keyof InspectOptions)[];

function viewOf(options: InspectOptions): InspectView {
  const { filters, featureMaps, receptiveField, gradCam, maximize, topImages } = options;
  const layerOr = (value: string | true): string | null => (value === true ? null : value);
  if (filters !== undefined) return { kind: 'filters', layer: filters };
  if (featureMaps !== undefined) return { kind: 'feature-maps', layer: layerOr(featureMaps) };
  if (receptiveField !== undefined) {
    const layer = layerOr(receptiveField);
    if (options.effective === undefined) return { kind: 'receptive-field', layer };
    if (layer === null) throw new UsageError('--effective needs a layer.', 'Give it to --receptive-field.');
    return { kind: 'effective-field', layer };
  }
  if (options.effective) throw new UsageError('--effective belongs to --receptive-field LAYER.');
  if (gradCam !== undefined) return { kind: 'grad-cam', layer: layerOr(gradCam) };
  if (options.occlusion) return { kind: 'occlusion' };
  if (maximize !== undefined) return { kind: 'maximize', unit: unitFrom(maximize, '--maximize') };
  if (topImages !== undefined) return { kind: 'top-images', unit: unitFrom(topImages, '--top-images') };
  return { kind: 'layers' };
}

const needsImage: ReadonlySet<InspectView['kind']> = new Set(['feature-maps', 'grad-cam', 'occlusion']);
const pictures: readonly InspectView['kind'][] = [
  ...(['filters', 'feature-maps', 'effective-field', 'grad-cam', 'occlusion', 'maximize', 'top-images'] as const),
];

/** An option that would be ignored is a mistake that the user should hear of. */
const ownedOptions: readonly (readonly [keyof InspectOptions, readonly InspectView['kind'][]])[] = [
  ['image', ['feature-maps', 'grad-cam', 'occlusion']],
  ['out', pictures],
  ['sort', ['filters']],
  ['perFilter', ['filters']],
  ['perMap', ['feature-maps']],
  ['colors', ['filters', 'feature-maps']],
  ['maps', ['feature-maps']],
  ['class', ['grad-cam', 'occlusion']],
  ['size', ['occlusion']],
  ['stride', ['occlusion']],
  ['split', ['filters', 'effective-field', 'top-images']],
  ['images', ['filters', 'effective-field', 'top-images']],
  ['count', ['top-images']],
  ['steps', ['maximize']],
  ['lr', ['maximize']],
  ['l2', ['maximize']],
  ['tv', ['maximize']],
  ['jitter', ['maximize']],
];

/** As it is written: `featureMaps` → `--feature-maps`. */
function flagOf(name: keyof InspectOptions): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function flagOfView(kind: InspectView['kind']): string {
  return kind === 'effective-field' ? '--receptive-field with --effective' : `--${kind}`;
}

function unitFrom(text: string, option: string): UnitName {
  const at = text.lastIndexOf(':');
  if (at > 0 && at < text.length - 1) return { layer: text.slice(0, at), unit: text.slice(at + 1) };
  throw new UsageError(`${option} '${text}' names no unit.`, `Write it behind the layer: ${text.replace(/:$/, '')}:0.`);
}

function parseCheckpoint(text: string): CheckpointChoice {
  if (text === 'best' || text === 'last') return text;
  const number = /^(?:epoch[\s-]*)?(\d{1,9})$/i.exec(text.trim());
  if (number) return Number(number[1]);
  throw new InvalidArgumentError('It must be best, last or the number of an epoch.');
}
