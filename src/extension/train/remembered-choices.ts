import type * as vscode from 'vscode';
import type { TrainConfig } from '../../core/train/config';
import { defaultTrainConfig } from '../../core/train/defaults';
import { parseTrainConfig } from '../../core/train/parse-config';
import type { ModelRequest } from '../../protocol/worker';

/** What was chosen at the last Train Model in this workspace: offered first at the next. */
export interface RememberedChoices {
  readonly model: ModelRequest | undefined;
  readonly data: string | undefined;
  readonly config: TrainConfig;
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
  };
}

export async function rememberChoices(state: vscode.Memento, choices: RememberedChoices): Promise<void> {
  await state.update(key, choices);
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
