import * as vscode from 'vscode';
import type { DatasetFocusArgument } from '../command-table';
import type { DatasetPanels } from '../panels/dataset-panels';
import type { Services } from '../services';
import { pickData } from '../train/pick-data';

/** Opens the Dataset panel on what is given, or on what the user picks. */
export async function openDataset(
  services: Services,
  panels: DatasetPanels,
  argument: DatasetFocusArgument,
): Promise<void> {
  if (argument.location !== undefined) {
    panels.show('dataset', argument);
    return;
  }
  const outcome = await pickData(services.datasets, undefined, {}, words);
  if (outcome.kind !== 'done') throw new vscode.CancellationError();
  panels.show('dataset', { ...argument, location: outcome.value });
}

const words = { title: 'Open Data Set', placeholder: 'Data set to look at', browse: 'Data Set to Look at' };
