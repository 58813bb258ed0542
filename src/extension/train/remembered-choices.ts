import type * as vscode from 'vscode';
import { parsePipeline } from '../../core/data/augment/parse-pipeline';
import type { TrainConfig } from '../../core/train/config';
import { defaultTrainConfig } from '../../core/train/defaults';
import { parseTrainConfig } from '../../core/train/parse-config';
import type { ModelRequest } from '../../protocol/worker';

/** What was chosen at the last Train Model in this workspace: offered first at the next. */
export interface RememberedChoices {
  readonly model: ModelRequest | undefined;
  readonly data: string | undefined;
  readonly config: TrainConfig;
  /** All of so many folds were trained; null: it was a single training. */
  readonly folds: number | null;
}

export function readRememberedChoices(state: vscode.Memento): RememberedChoices {
  const kept = fieldsOf(state.get<unknown>(key));
  const model = fieldsOf(kept.model);
  return {
    model:
      typeof model.file === 'string'
        ? { file: model.file, target: typeof model.target === 'string' ? model.target : null }
        : undefined,
    data: typeof kept.data === 'string' ? kept.data : undefined,
    config: readConfig(kept.config),
    folds: Number.isSafeInteger(kept.folds) && Number(kept.folds) >= 2 ? Number(kept.folds) : null,
  };
}

export async function rememberChoices(state: vscode.Memento, choices: RememberedChoices): Promise<void> {
  await state.update(key, choices);
}

/** The next Train Model in this workspace offers this augmentation, as torchvision code. Throws a UserError where it is none. */
export async function rememberAugmentation(state: vscode.Memento, augmentation: string): Promise<void> {
  const choices = readRememberedChoices(state);
  const augment = { train: parsePipeline(augmentation), evaluation: null };
  await rememberChoices(state, { ...choices, config: parseTrainConfig({ ...choices.config, augment }) });
}

/** A data set that a model was trained on. */
export interface RememberedData {
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  /** [C, H, W], as the model was given its images; undefined before the first training. */
  readonly imageShape: readonly number[] | undefined;
  readonly classCount: number;
}

/** What the models of a file were last trained on, by target. */
export function readRememberedData(state: vscode.Memento, file: string): Readonly<Record<string, RememberedData>> {
  const byTarget = fieldsOf(fieldsOf(state.get<unknown>(dataKey))[file]);
  const known = Object.entries(byTarget).map(([target, value]) => [target, parseData(value)] as const);
  return Object.fromEntries(known.flatMap(([target, data]) => (data ? [[target, data]] : [])));
}

export async function rememberData(
  state: vscode.Memento,
  { file, target }: { readonly file: string; readonly target: string },
  data: RememberedData,
): Promise<void> {
  const kept = fieldsOf(state.get<unknown>(dataKey));
  const ofFile = { ...fieldsOf(kept[file]), [target]: data };
  await state.update(dataKey, withNewest(kept, file, ofFile));
}

function parseData(value: unknown): RememberedData | undefined {
  const { name, path, imageShape, classCount } = fieldsOf(value);
  const isShape = Array.isArray(imageShape) && imageShape.every((size) => typeof size === 'number');
  return typeof name === 'string' && typeof path === 'string' && typeof classCount === 'number'
    ? { name, path, imageShape: isShape ? imageShape : undefined, classCount }
    : undefined;
}

/** The model of a file whose sizes are shown in the code; undefined: nobody chose. */
export function readChosenTarget(state: vscode.Memento, file: string): string | undefined {
  const target = fieldsOf(state.get<unknown>(targetKey))[file];
  return typeof target === 'string' ? target : undefined;
}

export async function rememberTarget(state: vscode.Memento, file: string, target: string): Promise<void> {
  await state.update(targetKey, withNewest(fieldsOf(state.get<unknown>(targetKey)), file, target));
}

/** The newest last; of many files the oldest are forgotten. */
function withNewest(
  kept: Readonly<Record<string, unknown>>,
  file: string,
  value: unknown,
): Readonly<Record<string, unknown>> {
  const others = Object.entries(kept).filter(([other]) => other !== file);
  return Object.fromEntries([...others.slice(1 - maxFiles), [file, value]]);
}

function readConfig(value: unknown): TrainConfig {
  try {
    return parseTrainConfig(value);
  } catch {
    return defaultTrainConfig; // Nothing was kept yet, or by a version that had other fields.
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

const key = 'train.choices';
const dataKey = 'models.data';
const targetKey = 'models.target';
const maxFiles = 200;
