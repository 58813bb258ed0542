import type { DatasetSummary } from '../core/data/dataset';
import { isObject } from '../core/is-object';
import type { TrainConfig } from '../core/train/config';

/*
 * The commands of the extension, each with its id, its title as in package.json (a test compares them) and what it
 * takes. Arguments come from menus (tree items, files), key bindings and other extensions: they are parsed here, at the edge.
 */

export const commandTable = {
  trainModel: command('cnn-lab.trainModel', 'Train Model', parseTrainArgument),
  resumeTraining: command('cnn-lab.resumeTraining', 'Resume Training', parseRunArgument),
  stopTraining: command('cnn-lab.stopTraining', 'Stop Training', parseRunArgument),
  openCurves: command('cnn-lab.openCurves', 'Open Training Curves', parseRunsArgument),
  evaluate: command('cnn-lab.evaluate', 'Evaluate', parseEvaluateArgument),
  classifyImage: command('cnn-lab.classifyImage', 'Classify Image…', parseClassifyArgument),
  renameRun: command('cnn-lab.renameRun', 'Rename Run', parseRenameArgument),
  deleteRun: command('cnn-lab.deleteRun', 'Delete Run', parseRunArgument),
  revealRunFolder: command('cnn-lab.revealRunFolder', 'Reveal Run Folder', parseRunArgument),
  showLog: command('cnn-lab.showLog', 'Show Log', parseRunArgument),
  addDataFolder: command('cnn-lab.addDataFolder', 'Add Data Folder…', parseFileArgument),
  addDataset: command('cnn-lab.addDataset', 'Add Dataset…', parseAddArgument),
  downloadDataset: command('cnn-lab.downloadDataset', 'Download Data Set…', parseDownloadArgument),
  describeDataset: command('cnn-lab.describeDataset', 'Describe Data Set…', parseDatasetArgument),
  revealDataset: command('cnn-lab.revealDataset', 'Reveal Data Set Folder', parseDatasetArgument),
  openDataset: command('cnn-lab.openDataset', 'Open Data Set', parseDatasetFocus),
  openAugmentation: command('cnn-lab.openAugmentation', 'Open Augmentation Preview', parseDatasetFocus),
  openSummary: command('cnn-lab.openSummary', 'Open Model Summary', parseSummaryArgument),
  lookInside: command('cnn-lab.lookInside', 'Look Inside…', parseInspectionArgument),
  openFilters: command('cnn-lab.openFilters', 'Open Filters', parseInspectionArgument),
  openFeatureMaps: command('cnn-lab.openFeatureMaps', 'Open Feature Maps', parseInspectionArgument),
  openReceptiveField: command('cnn-lab.openReceptiveField', 'Open Receptive Fields', parseInspectionArgument),
  openPrediction: command('cnn-lab.openPrediction', 'Open Prediction', parseInspectionArgument),
  openConfusion: command('cnn-lab.openConfusion', 'Open Confusion Matrix', parseInspectionArgument),
  openClassView: command('cnn-lab.openClassView', 'Open Class View', parseInspectionArgument),
  openKernelPlayground: command('cnn-lab.openKernelPlayground', 'Open Kernel Playground', () => undefined),
  setInputShape: command('cnn-lab.setInputShape', 'Set Input Shape…', parseInputShapeArgument),
  chooseTarget: command('cnn-lab.chooseTarget', 'Choose Model to Show…', parseTargetArgument),
  installTensorflow: command('cnn-lab.installTensorflow', 'Install TensorFlow Engine', () => undefined),
  checkGpu: command('cnn-lab.checkGpu', 'Check GPU', () => undefined),
  refreshDatasets: command('cnn-lab.refreshDatasets', 'Refresh Data Sets', () => undefined),
} as const;

export type CommandName = keyof typeof commandTable;

export type CommandArgument<Name extends CommandName> = ReturnType<(typeof commandTable)[Name]['parse']>;

export interface CommandEntry<Argument> {
  readonly id: `cnn-lab.${string}`;
  readonly title: string;
  /** From what VS Code passes on: the item that a menu was opened on, and all that are selected. */
  readonly parse: (first: unknown, all?: unknown) => Argument;
}

/** What a panel is to show of which data set; without, the user is asked, or the panel chooses. */
export interface DatasetFocusArgument {
  /** Absolute path that the data set is opened by. */
  readonly location?: string;
  /** Number of an image of it. */
  readonly image?: number;
}

/** What is given is not asked for. With model, data and configuration, nothing is asked. */
export interface TrainArgument {
  readonly model?: { readonly file: string; readonly target: string | null };
  /** A file whose models are offered. */
  readonly modelFile?: string;
  /** Absolute path of a data set. */
  readonly data?: string;
  /** What is left out has its default. */
  readonly config?: Partial<TrainConfig>;
  /** Trains all of so many folds, one after the other; at least 2. */
  readonly folds?: number;
  readonly name?: string;
}

export interface RunsArgument {
  /** Absolute paths. */
  readonly runFolders: readonly string[];
}

export interface RunArgument {
  /** Absolute path. */
  readonly runFolder: string;
}

export interface EvaluateArgument extends RunArgument {
  /** Looks at each image that are averaged: `flip`, `shifts:8`; see core/data/test-time.ts. */
  readonly views?: string;
}

/** What a panel is to look into: a run, or a model that was never trained; without either, the user is asked. */
export interface InspectionArgument {
  readonly runFolder?: string;
  /** Absolute path of a .py file, and the class in it. */
  readonly model?: { readonly file: string; readonly target: string | null };
}

export interface ClassifyArgument {
  readonly runFolder?: string;
  /** Absolute paths of image files. */
  readonly images?: readonly string[];
}

export interface RenameArgument extends RunArgument {
  readonly name?: string;
}

/** A file and which of its models; without a file, that in the active editor. */
export interface SummaryArgument {
  /** Absolute path. */
  readonly file?: string;
  /** Of a document or notebook, as text: also of what stands in no file. */
  readonly uri?: string;
  readonly target?: string;
}

export interface TargetArgument {
  /** Of the document, as text; without it, that in the active editor. */
  readonly uri?: string;
  readonly target?: string;
}

/** What is given is not asked for. */
export interface InputShapeArgument extends TargetArgument {
  /** Without the batch. */
  readonly shape?: readonly number[];
  readonly where?: 'comment' | 'workspace' | 'user';
}

function command<Argument>(
  id: CommandEntry<Argument>['id'],
  title: string,
  parse: CommandEntry<Argument>['parse'],
): CommandEntry<Argument> {
  return { id, title, parse };
}

function parseTrainArgument(value: unknown): TrainArgument {
  const file = parseFileArgument(value);
  if (file) return { modelFile: file };
  const dataset = parseDatasetArgument(value);
  if (dataset) return { data: dataset.path };
  if (!isObject(value)) return {};
  const model = value.model;
  return {
    ...(isObject(model) && typeof model.file === 'string'
      ? { model: { file: model.file, target: typeof model.target === 'string' ? model.target : null } }
      : {}),
    ...(typeof value.data === 'string' ? { data: value.data } : {}),
    ...(isObject(value.config) ? { config: value.config } : {}),
    ...(Number.isSafeInteger(value.folds) ? { folds: Number(value.folds) } : {}),
    ...(typeof value.name === 'string' ? { name: value.name } : {}),
  };
}

/** A run, or the folds of one. */
function parseRunsArgument(value: unknown): RunsArgument | undefined {
  const run = parseRunArgument(value);
  if (run) return { runFolders: [run.runFolder] };
  if (!isObject(value) || !Array.isArray(value.runFolders)) return undefined;
  return { runFolders: value.runFolders.filter((each) => typeof each === 'string') };
}

function parseRunArgument(value: unknown): RunArgument | undefined {
  if (!isObject(value) || typeof value.runFolder !== 'string') return undefined;
  return { runFolder: value.runFolder };
}

function parseEvaluateArgument(value: unknown): EvaluateArgument | undefined {
  const run = parseRunArgument(value);
  if (!run || !isObject(value)) return undefined;
  return typeof value.views === 'string' ? { ...run, views: value.views } : run;
}

function parseInspectionArgument(value: unknown): InspectionArgument {
  const file = parseFileArgument(value);
  if (file) return { model: { file, target: null } };
  if (!isObject(value)) return {};
  const { model } = value;
  return {
    ...parseRunArgument(value),
    ...(isObject(model) && typeof model.file === 'string'
      ? { model: { file: model.file, target: typeof model.target === 'string' ? model.target : null } }
      : {}),
  };
}

function parseDatasetFocus(value: unknown): DatasetFocusArgument {
  const location = parseFileArgument(value) ?? parseDatasetArgument(value)?.path;
  if (location !== undefined) return { location };
  if (!isObject(value)) return {};
  return {
    ...(typeof value.location === 'string' ? { location: value.location } : {}),
    ...(Number.isSafeInteger(value.image) && Number(value.image) >= 0 ? { image: Number(value.image) } : {}),
  };
}

function parseRenameArgument(value: unknown): RenameArgument | undefined {
  const run = parseRunArgument(value);
  if (!run || !isObject(value)) return undefined;
  return typeof value.name === 'string' ? { ...run, name: value.name } : run;
}

function parseClassifyArgument(first: unknown, all?: unknown): ClassifyArgument {
  const files = (Array.isArray(all) ? all : [first]).map(parseFileArgument).filter((file) => file !== undefined);
  if (files.length > 0) return { images: files };
  if (!isObject(first)) return {};
  return {
    ...parseRunArgument(first),
    ...(Array.isArray(first.images) ? { images: first.images.filter((each) => typeof each === 'string') } : {}),
  };
}

function parseSummaryArgument(value: unknown): SummaryArgument {
  const file = parseFileArgument(value);
  if (file) return { file };
  if (!isObject(value)) return {};
  return {
    ...(typeof value.file === 'string' ? { file: value.file } : {}),
    ...(typeof value.uri === 'string' ? { uri: value.uri } : {}),
    ...(typeof value.target === 'string' ? { target: value.target } : {}),
  };
}

function parseTargetArgument(value: unknown): TargetArgument {
  if (!isObject(value)) return {};
  return {
    ...(typeof value.uri === 'string' ? { uri: value.uri } : {}),
    ...(typeof value.target === 'string' ? { target: value.target } : {}),
  };
}

function parseInputShapeArgument(value: unknown): InputShapeArgument {
  const { shape, where } = isObject(value) ? value : {};
  const isShape = Array.isArray(shape) && shape.length > 0 && shape.every((size) => Number.isInteger(size) && size > 0);
  return {
    ...parseTargetArgument(value),
    ...(isShape ? { shape: shape as readonly number[] } : {}),
    ...(where === 'comment' || where === 'workspace' || where === 'user' ? { where } : {}),
  };
}

/** What is given is not asked for. */
export interface DownloadArgument {
  /** As `cnn-lab download` calls it. */
  readonly set?: string;
  /** Absolute: its folder is made in it. */
  readonly folder?: string;
}

function parseDownloadArgument(value: unknown): DownloadArgument {
  if (!isObject(value)) return {};
  return {
    ...(typeof value.set === 'string' ? { set: value.set } : {}),
    ...(typeof value.folder === 'string' ? { folder: value.folder } : {}),
  };
}

/** Absolute path of a folder or file, from the explorer or a key binding. */
function parseAddArgument(value: unknown): string | undefined {
  return isObject(value) && typeof value.path === 'string' && value.scheme === undefined
    ? value.path
    : parseFileArgument(value);
}

/** A file's Uri, as the explorer passes it. */
function parseFileArgument(value: unknown): string | undefined {
  return isObject(value) && value.scheme === 'file' && typeof value.fsPath === 'string' ? value.fsPath : undefined;
}

/** An item of the Datasets view. */
function parseDatasetArgument(value: unknown): DatasetSummary | undefined {
  return isObject(value) && isObject(value.dataset) ? (value.dataset as unknown as DatasetSummary) : undefined;
}
