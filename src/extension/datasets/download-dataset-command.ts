import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { type TeachingSet, findTeachingSet, teachingSets } from '../../core/data/teaching-sets';
import { UserError } from '../../core/errors';
import { type DownloadedSet, downloadSet } from '../../node/download/download-set';
import { TransferRate } from '../../node/download/transfer-rate';
import type { DownloadArgument } from '../command-table';
import { type Step, pickItem, runSteps } from '../quick-steps';
import type { Services } from '../services';
import { openFolders } from '../workspace-folders';
import { describeSet, describeTransfer } from './download-texts';
import { keepDataFolder } from './keep-data-folder';
import { vscodeProxy } from './vscode-proxy';

/**
 * Asks which set and where to, fetches it, and shows it among the data sets; gives its folder, undefined where it was
 * cancelled. Also in Restricted Mode: what is fetched is in our own list, and the proxy's settings are the user's.
 */
export async function downloadDataset(
  { datasets, log }: Services,
  argument: DownloadArgument,
): Promise<string | undefined> {
  const { set, parent } = await collectChoices(argument);
  const outcome = await fetchWithProgress(set, parent, log);
  if (!outcome) {
    void vscode.window.showInformationMessage(
      `${set.title} was not downloaded. What had come is kept: the next download goes on with it.`,
    );
    return undefined;
  }
  await keepDataFolder(parent);
  datasets.refresh();
  void offerTraining(set, outcome);
  return outcome.folder;
}

async function collectChoices(argument: DownloadArgument): Promise<{ set: TeachingSet; parent: string }> {
  let set = argument.set === undefined ? undefined : findTeachingSet(argument.set);
  if (argument.set !== undefined && !set) {
    throw new UserError(
      `There is no data set ${argument.set} to download.`,
      `There are: ${teachingSets.map(({ id }) => id).join(', ')}.`,
    );
  }
  let parent = argument.folder;
  const steps: Step[] = [];
  if (!set) {
    steps.push(async (position) => {
      const outcome = await pickItem({
        ...position,
        title: 'Download Data Set',
        placeholder: 'Data set to download',
        items: teachingSets.map((each) => ({
          label: each.title,
          description: describeSet(each),
          detail: `${each.about} · license: ${each.license}`,
          set: each,
        })),
      });
      if (outcome.kind === 'done') ({ set } = outcome.value);
      return outcome;
    });
  }
  if (parent === undefined) {
    steps.push(async (position) => {
      const outcome = await pickItem({
        ...position,
        title: `Download ${set?.title ?? 'Data Set'}${set ? ` (${describeSet(set)})` : ''}`,
        placeholder: 'Folder that its folder is made in',
        items: [
          ...placesFor().map((each) => ({ label: `$(folder) ${each}`, path: each })),
          { label: '$(folder-opened) Another Folder…', path: undefined },
        ],
      });
      if (outcome.kind === 'done') parent = outcome.value.path ?? (await askForFolder());
      return outcome;
    });
  }
  if (!(await runSteps(steps)) || !set || parent === undefined) throw new vscode.CancellationError();
  return { set, parent };
}

function placesFor(): readonly string[] {
  const open = openFolders().map(({ uri }) => join(uri.fsPath, 'data'));
  return open.length > 0 ? open : [join(homedir(), 'cnn-lab-data')];
}

async function askForFolder(): Promise<string> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Download to',
    openLabel: 'Download Here',
    canSelectFiles: false,
    canSelectFolders: true,
  });
  const path = chosen?.[0]?.fsPath;
  if (path === undefined) throw new vscode.CancellationError();
  return path;
}

function fetchWithProgress(
  set: TeachingSet,
  parent: string,
  log: vscode.LogOutputChannel,
): Thenable<DownloadedSet | undefined> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Downloading ${set.title}`,
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    const controller = new AbortController();
    const cancellation = token.onCancellationRequested(() => controller.abort(new vscode.CancellationError()));
    const rate = new TransferRate();
    let shownMs = 0;
    let shownShare = 0;
    try {
      return await downloadSet(set, parent, {
        signal: controller.signal,
        proxyFor: vscodeProxy(),
        onNote: (text) => log.info(`${set.title}: ${text}`),
        onProgress(event) {
          const now = Date.now();
          if (event.kind === 'download') rate.add(now, event.bytes);
          if (now - shownMs < shownEveryMs) return;
          shownMs = now;
          // The bar of a notification only goes forward, by what is added to it.
          const share = event.kind === 'download' ? (100 * event.bytes) / event.totalBytes : shownShare;
          progress.report({ message: describeTransfer(event, rate), increment: Math.max(0, share - shownShare) });
          shownShare = Math.max(share, shownShare);
        },
      });
    } catch (error) {
      if (error instanceof vscode.CancellationError) return undefined;
      throw error;
    } finally {
      cancellation.dispose();
    }
  });
}

const shownEveryMs = 250;

async function offerTraining(set: TeachingSet, { folder, already }: DownloadedSet): Promise<void> {
  const train = 'Train Model';
  const choice = await vscode.window.showInformationMessage(
    already ? `${set.title} is there already: ${folder}` : `${set.title} is in ${folder}.`,
    train,
  );
  if (choice === train) await vscode.commands.executeCommand('cnn-lab.trainModel', { data: folder });
}
