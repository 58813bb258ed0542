import { constants } from 'node:fs';
import { access, mkdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import * as vscode from 'vscode';
import type { DatasetSummary } from '../../core/data/dataset';
import { parseDatasetFile } from '../../core/data/dataset-file';
import { UserError } from '../../core/errors';
import { writeFileAtomically } from '../../node/write-file-atomically';
import { type StepOutcome, pickItem } from '../quick-steps';
import type { Services } from '../services';
import { folderForRun, isInside, openFolders } from '../workspace-folders';
import { askQuestion } from './ask-question';
import { type Draft, describeDraft } from './dataset-draft';
import type { DatasetFacts } from './dataset-facts';
import { keepDataFolder } from './keep-data-folder';
import { descriptionFolder, lookAtDataset } from './look-at-dataset';
import { nextQuestion, recognizedKind } from './next-question';
import { imagesFolderOf } from './table-questions';

/**
 * Adds a data set step by step: asks where it is, says what it was recognized as, and asks what can't be guessed; that is
 * written to a dataset.json, beside the data where it can. Gives what the data set is opened by.
 */
export async function addDataset(services: Services, location: string | undefined): Promise<string> {
  return describeLocation(services, location ?? (await askForLocation()), false);
}

/** The same for a data set that is in the tree: described from the labels on. */
export async function describeDataset(
  services: Services,
  dataset: DatasetSummary | undefined,
): Promise<string | undefined> {
  return dataset ? describeLocation(services, dataset.path, true) : undefined;
}

/** `anew`: it is known, and is to be described. */
async function describeLocation(services: Services, location: string, anew: boolean): Promise<string> {
  const facts = await lookWithProgress(await describedBy(location));
  const canBeLabelled = facts.images.length > 0 || facts.tables.length > 0;
  const draft = await runQuestions(facts, anew ? { scope: canBeLabelled ? 'all' : 'sizes' } : {});
  const opened =
    draft.scope === 'as-it-is' ? await keepAsItIs(services, facts) : await writeDescription(services, facts, draft);
  services.datasets.refresh();
  return opened;
}

/** Of a description, what it describes: that is looked at anew. */
async function describedBy(location: string): Promise<string> {
  if (basename(location) !== 'dataset.json') return location;
  const { path } = parseDatasetFile(await readFile(location, 'utf8'), location);
  return resolve(dirname(location), path ?? '.');
}

async function askForLocation(): Promise<string> {
  const outcome = await pickItem({
    title: 'Add Dataset',
    placeholder: 'Where are the images?',
    items: [
      {
        label: '$(folder) In a Folder…',
        detail: 'A folder for each class, images with a table of labels, IDX, CIFAR or NumPy files, …',
        files: false,
      },
      {
        label: '$(file-zip) In a File…',
        detail: 'A zip or tar archive (it is read as it is), a CSV table, Parquet or NumPy files',
        files: true,
      },
    ],
  });
  if (outcome.kind !== 'done') throw new vscode.CancellationError();
  const { files } = outcome.value;
  const chosen = await vscode.window.showOpenDialog({
    title: 'Add Dataset',
    openLabel: files ? 'Add File' : 'Add Folder',
    canSelectFiles: files,
    canSelectFolders: !files,
    ...(files
      ? { filters: { 'Data sets': ['zip', 'tar', 'tgz', 'gz', 'csv', 'tsv', 'npy', 'npz', 'parquet', 'json'] } }
      : {}),
  });
  const path = chosen?.[0]?.fsPath;
  if (path === undefined) throw new vscode.CancellationError();
  return path;
}

function lookWithProgress(location: string): Thenable<DatasetFacts> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'Looking at the data set',
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (_progress, token) => {
    const controller = new AbortController();
    const cancellation = token.onCancellationRequested(() => controller.abort(new vscode.CancellationError()));
    try {
      return await lookAtDataset(location, controller.signal);
    } finally {
      cancellation.dispose();
    }
  });
}

/** Asks until all is known; back goes to the question before, with the answers before it. */
async function runQuestions(facts: DatasetFacts, begin: Draft): Promise<Draft> {
  const before: Draft[] = [];
  let draft = begin;
  for (let question = nextQuestion(facts, draft); question; question = nextQuestion(facts, draft)) {
    if (question.kind === 'choice' && question.choices.length === 0) {
      throw new UserError(
        `${facts.path} holds no data set that can be described: there are no images and no tables in it.`,
        facts.problem ?? undefined,
      );
    }
    const outcome: StepOutcome<Draft> = await askQuestion(question, {
      step: before.length + 1,
      canGoBack: before.length > 0,
    });
    switch (outcome.kind) {
      case 'cancelled':
        throw new vscode.CancellationError();
      case 'back':
        draft = before.pop() ?? begin;
        break;
      case 'done':
        before.push(draft);
        draft = outcome.value;
        break;
    }
  }
  return draft;
}

/** What is recognized needs no description, where the Datasets view finds it. */
async function keepAsItIs(services: Services, facts: DatasetFacts): Promise<string> {
  const folder = facts.place === 'folder' ? facts.path : dirname(facts.path);
  await keepDataFolder(folder);
  services.datasets.refresh();
  const found = (await services.datasets.datasets()).some(({ dataset }) => dataset.path === facts.path);
  if (found || facts.place === 'folder') {
    void vscode.window.showInformationMessage(`${facts.name} is among the data sets.`);
    return facts.path;
  }
  return writeDescription(services, facts, { scope: 'sizes' });
}

async function writeDescription(services: Services, facts: DatasetFacts, draft: Draft): Promise<string> {
  const folder = await folderForDescription(services, facts);
  const file = join(folder, 'dataset.json');
  const text = describeDraft(draft, {
    name: facts.name,
    path: folder === facts.path ? null : pathFrom(folder, facts.path),
    kind: recognizedKind(facts),
    images: draft.labels?.from === 'table' ? imagesFolderOf(facts, draft.labels) || null : null,
    delimiter: tableOf(facts, draft)?.delimiter ?? null,
  });
  if (await exists(file)) {
    const replace = 'Replace';
    const choice = await vscode.window.showWarningMessage(
      `${file} is there already. Replace it?`,
      { modal: true, detail: 'What it says of the data set is lost.' },
      replace,
    );
    if (choice !== replace) throw new vscode.CancellationError();
  }
  await mkdir(folder, { recursive: true });
  await writeFileAtomically(file, text);
  await keepDataFolder(folder);
  services.datasets.refresh();
  await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: true });
  return folder === facts.path ? folder : file;
}

function tableOf({ tables }: DatasetFacts, { labels }: Draft): DatasetFacts['tables'][number] | undefined {
  return labels?.from === 'table' ? tables.find(({ name }) => name === labels.table) : undefined;
}

/** Beside the data; in the open folder where the data is an archive or a file, or its folder can't be written to. */
async function folderForDescription({ context }: Services, { path, place, name }: DatasetFacts): Promise<string> {
  // The samples are the extension's: what is written there is lost with its next version.
  const ownsIt = !isInside(path, context.extensionUri.fsPath);
  if (place === 'folder' && ownsIt && (await isWritable(path))) return path;
  const workspace = await folderForRun([path]);
  return descriptionFolder(workspace.uri.fsPath, name);
}

/** Relative where both are in one open folder, so that it can be moved as a whole. */
function pathFrom(folder: string, path: string): string {
  const together = openFolders().some(({ uri }) => isInside(path, uri.fsPath) && isInside(folder, uri.fsPath));
  const way = relative(folder, path);
  return together && !isAbsolute(way) ? way.replaceAll('\\', '/') : path;
}

async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}
