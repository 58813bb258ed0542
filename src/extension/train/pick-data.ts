import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { askForDataFolder } from '../commands/dataset-commands';
import type { DatasetsLibrary, KnownDataset } from '../datasets-library';
import type { StepOutcome, StepPosition } from '../quick-steps';
import { pickItem } from '../quick-steps';
import { describeDataset } from '../trees/datasets-tree';

type DataItem = vscode.QuickPickItem & { readonly path?: string; readonly browse?: true };

const training = {
  title: 'Train Model: Data Set',
  placeholder: 'Data set to train on',
  browse: 'Data Set to Train on',
};

/** Asks for a data set, to train on where no other words are given; gives its path. */
export async function pickData(
  library: DatasetsLibrary,
  remembered: string | undefined,
  position: Partial<StepPosition>,
  { browse, ...words } = training,
): Promise<StepOutcome<string>> {
  const outcome = await pickItem<DataItem>({
    ...position,
    ...words,
    items: library.datasets().then((known) => dataItems(known, remembered)),
    isActive: (item) => item.path !== undefined && item.path === remembered,
  });
  if (outcome.kind !== 'done') return outcome;
  const { path } = outcome.value;
  return { kind: 'done', value: path ?? (await askForDataFolder(browse)) };
}

function dataItems(known: readonly KnownDataset[], remembered: string | undefined): DataItem[] {
  const item = ({ dataset }: KnownDataset): DataItem => ({
    label: `$(file-media) ${dataset.name}`,
    description: describeDataset(dataset),
    detail: dataset.path,
    path: dataset.path,
  });
  const others = known.filter(({ origin }) => origin !== 'sample').map(item);
  // A folder that was browsed to is in none of the places that are searched.
  if (remembered !== undefined && !known.some(({ dataset }) => dataset.path === remembered) && existsSync(remembered)) {
    others.push({ label: `$(file-media) ${basename(remembered)}`, detail: remembered, path: remembered });
  }
  const samples = known.filter(({ origin }) => origin === 'sample').map(item);
  const group = (label: string, items: readonly DataItem[]): DataItem[] =>
    items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
  return [
    ...group('Data sets', others),
    ...group('Samples', samples),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    { label: '$(folder-opened) Browse…', detail: 'IDX files, or a folder of images for each class', browse: true },
  ];
}
