import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { defaultTrainConfig } from '../core/train/defaults';
import { deviceChoices, type DeviceChoice } from '../protocol/worker';
import { parseInputShape } from './hints/parse-input-shape';

/** The settings, parsed: what does not fit has its default. */
export interface Settings {
  readonly device: DeviceChoice;
  /** null: as many as make sense. */
  readonly threads: number | null;
  /** Absolute paths. */
  readonly dataFolders: readonly string[];
  readonly showSampleDatasets: boolean;
  readonly openCurvesWhenTraining: boolean;
  readonly inlayHints: boolean;
  readonly codeLens: boolean;
  readonly diagnostics: boolean;
  /** [C, H, W], of images where nothing else says it; undefined: not set, or not a shape. */
  readonly inputShape: readonly number[] | undefined;
  /** Images that activation memory is told for. */
  readonly hoverBatchSize: number;
  /** Megabytes for the weights of a run's single epochs; 0: none are kept. */
  readonly epochCheckpointsMb: number;
}

export const settingsSection = 'cnn-lab';

export function readSettings(): Settings {
  const values = vscode.workspace.getConfiguration(settingsSection);
  const device = values.get<unknown>('device');
  const threads = values.get<unknown>('threads');
  const dataFolders = values.get<unknown>('dataFolders');
  const inputShape = values.get<unknown>('inputShape');
  const batchSize = values.get<unknown>('hoverBatchSize');
  const epochsMb = values.get<unknown>('epochCheckpointBudget');
  const base = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  return {
    device: deviceChoices.find((choice) => choice === device) ?? 'auto',
    threads: typeof threads === 'number' && Number.isInteger(threads) && threads > 0 ? threads : null,
    dataFolders: textsIn(dataFolders).map((each) => absolutePath(each, base)),
    showSampleDatasets: values.get<unknown>('showSampleDatasets') !== false,
    openCurvesWhenTraining: values.get<unknown>('openCurvesWhenTraining') !== false,
    inlayHints: values.get<unknown>('inlayHints') !== 'off',
    codeLens: values.get<unknown>('codeLens') !== false,
    diagnostics: values.get<unknown>('diagnostics') !== false,
    inputShape: typeof inputShape === 'string' ? parseInputShape(inputShape) : undefined,
    hoverBatchSize: typeof batchSize === 'number' && Number.isInteger(batchSize) && batchSize > 0 ? batchSize : 1,
    epochCheckpointsMb:
      typeof epochsMb === 'number' && epochsMb >= 0 ? epochsMb : defaultTrainConfig.epochCheckpointsMb,
  };
}

/** Absolute path of the folder that holds a workspace folder's runs. */
export function runsFolderOf(folder: vscode.WorkspaceFolder): string {
  const value = vscode.workspace.getConfiguration(settingsSection, folder.uri).get<unknown>('runsFolder');
  return absolutePath(
    typeof value === 'string' && value.trim() !== '' ? value.trim() : defaultRunsFolder,
    folder.uri.fsPath,
  );
}

const defaultRunsFolder = '.cnn-lab/runs';

function textsIn(value: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [];
  return values.filter((each) => typeof each === 'string' && each !== '') as string[];
}

function absolutePath(path: string, base: string): string {
  if (path === '~' || /^~[\\/]/.test(path)) return join(homedir(), path.slice(1));
  return isAbsolute(path) ? path : resolve(base, path);
}
