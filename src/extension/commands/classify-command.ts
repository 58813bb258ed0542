import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Prediction, PredictResult } from '../../protocol/worker';
import type { ClassifyArgument } from '../command-table';
import { formatPercent } from '../runs/run-presentation';
import type { Services } from '../services';
import { readSettings } from '../settings';
import { bestOrLast, hasWeights } from './evaluate-command';
import { resolveRun } from './pick-run';

const topK = 5;
const imageExtensions = ['png', 'jpg', 'jpeg', 'webp', 'bmp', 'gif', 'tif', 'tiff'];

/** Classifies images with a run's best weights, and lists the most probable classes of each. */
export async function classifyImage(services: Services, argument: ClassifyArgument): Promise<PredictResult> {
  const run = await resolveRun(services, argument, {
    title: 'Classify Image',
    placeholder: 'Experiment whose best weights are used',
    filter: hasWeights,
    none: 'There is no experiment with weights yet. Train a model first.',
  });
  const images = argument.images ?? (await askForImages());
  const { device, threads } = readSettings();
  const result = await services.launcher.runJob('Classifying', (calls) =>
    calls.predict({ runFolder: run.folder, checkpoint: bestOrLast(run), images, topK, device, threads }),
  );
  showPredictions(run.name, result.predictions);
  return result;
}

async function askForImages(): Promise<string[]> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Images to Classify',
    openLabel: 'Classify',
    canSelectMany: true,
    filters: { Images: imageExtensions },
  });
  if (!chosen || chosen.length === 0) throw new vscode.CancellationError();
  return chosen.map((uri) => uri.fsPath);
}

/** A list rather than a message: it has room for the runners-up, and is read out line by line. */
function showPredictions(runName: string, predictions: readonly Prediction[]): void {
  const list = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly image?: string }>();
  list.title = `${runName}: ${predictions.length === 1 ? basename(predictions[0]?.image ?? '') : `${predictions.length} images`}`;
  list.placeholder = 'Enter opens the image';
  list.items = predictions.flatMap((prediction) => [
    { label: basename(prediction.image), kind: vscode.QuickPickItemKind.Separator },
    ...(prediction.error === null
      ? prediction.top.map(({ label, probability }) => ({
          label,
          description: `${bar(probability)} ${formatPercent(probability)}`,
          image: prediction.image,
        }))
      : [{ label: '$(error) Not readable', description: prediction.error, image: prediction.image }]),
  ]);
  list.onDidAccept(() => {
    const image = list.selectedItems[0]?.image;
    list.hide();
    if (image !== undefined) void vscode.commands.executeCommand('vscode.open', vscode.Uri.file(image));
  });
  list.onDidHide(() => list.dispose());
  list.show();
}

/** A probability as a bar of text. */
function bar(probability: number): string {
  const filled = Math.round(probability * barLength);
  return '█'.repeat(filled) + '░'.repeat(barLength - filled);
}

const barLength = 12;
