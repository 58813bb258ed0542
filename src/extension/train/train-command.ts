import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import { parseTrainConfig } from '../../core/train/parse-config';
import type { TrainConfig } from '../../core/train/config';
import { defaultTrainConfig } from '../../core/train/defaults';
import { defaultRunName } from '../../node/run-store';
import { foldName, parseFoldName, type FoldsReport } from '../../node/train-folds';
import type { ModelRequest, TrainResult } from '../../protocol/worker';
import type { TrainArgument } from '../command-table';
import type { Step } from '../quick-steps';
import { runSteps } from '../quick-steps';
import type { Services } from '../services';
import { readSettings, runsFolderOf } from '../settings';
import { folderForRun } from '../workspace-folders';
import type { NamedConfig } from './pick-config';
import { pickConfig } from './pick-config';
import { pickData } from './pick-data';
import { withFolds, type FoldsChoice } from './data-fields';
import { pickModel } from './pick-model';
import { rememberChosenData } from './remember-trained-data';
import { readRememberedChoices, rememberChoices } from './remembered-choices';
import { trainAllFolds } from './train-all-folds';

/**
 * Asks for what the argument leaves out, then trains; resolves when the training has ended. Of all folds it gives what they tell
 * together, undefined where they were stopped.
 */
export async function trainModel(
  services: Services,
  argument: TrainArgument,
): Promise<TrainResult | FoldsReport | undefined> {
  await folderForRun([]); // Without an open folder there is nothing to ask.
  const { model, data, named } = await collectChoices(services, argument);
  const runsFolder = runsFolderOf(await folderForRun([model.file, data]));
  await saveModel(model.file);
  void rememberChosenData(services, model, data).catch((error: unknown) =>
    services.errors.report('Remembering the data set', error),
  );
  const { threads, ...settings } = readSettings();
  const { name, device, folds } = named;
  // How much room there is on this machine is no matter of the configuration that is remembered.
  const epochCheckpointsMb = argument.config?.epochCheckpointsMb ?? settings.epochCheckpointsMb;
  const config = { ...named.config, epochCheckpointsMb };
  const request = { model, data, config, device, threads, name, weights: null };
  if (folds !== null) return trainAllFolds(services, runsFolder, request, folds);
  const { fold } = config.split;
  return services.training.train(runsFolder, fold ? { ...request, name: foldName(name, fold) } : request);
}

interface Choices {
  readonly model: ModelRequest;
  readonly data: string;
  readonly named: NamedConfig;
}

async function collectChoices(services: Services, argument: TrainArgument): Promise<Choices> {
  const { workspaceState, extensionUri } = services.context;
  const { device } = readSettings();
  const remembered = readRememberedChoices(workspaceState);
  let { model, data } = argument;
  let named: NamedConfig | undefined;
  const taken = new Set((await services.library.runs()).map(({ name }) => parseFoldName(name)?.name ?? name));
  const nameFor = () =>
    argument.name ?? unusedName(defaultRunName(model?.file ?? '', model?.target ?? null, data ?? ''), taken);
  const steps: Step[] = [];
  if (!model) {
    const zooFolder = vscode.Uri.joinPath(extensionUri, 'samples', 'models');
    steps.push(async (position) => {
      const outcome = await pickModel(zooFolder, argument.modelFile, remembered.model, position);
      if (outcome.kind === 'done') model = outcome.value;
      return outcome;
    });
  }
  if (!data) {
    steps.push(async (position) => {
      const outcome = await pickData(services.datasets, remembered.data, position);
      if (outcome.kind === 'done') data = outcome.value;
      return outcome;
    });
  }
  if (argument.config) {
    const config = parseTrainConfig({ ...defaultTrainConfig, ...argument.config });
    if (!(await runSteps(steps))) throw new vscode.CancellationError();
    named = { name: nameFor(), ...withAllFolds(config, argument.folds), device };
  } else {
    // Known by the time that the form is reached, for the most part.
    void services.devices.ask();
    steps.push(async (position) => {
      const name = nameFor();
      const outcome = await pickConfig(
        {
          name,
          ...(argument.folds === undefined ? remembered : withFolds(remembered.config, `${argument.folds}`)),
          device,
        },
        name,
        position,
        () => services.devices.automatic,
      );
      if (outcome.kind === 'done') named = outcome.value;
      return outcome;
    });
    if (!(await runSteps(steps))) throw new vscode.CancellationError();
  }
  if (!model || !data || !named) throw new vscode.CancellationError();
  if (steps.length > 0)
    await rememberChoices(workspaceState, { model, data, config: named.config, folds: named.folds });
  return { model, data, named };
}

function withAllFolds(config: TrainConfig, folds: number | undefined): FoldsChoice {
  if (folds === undefined) return { config, folds: null };
  if (config.split.fold)
    throw new UserError('One fold is asked for, and all of them.', 'Leave split.fold out, or folds.');
  return withFolds(config, `${folds}`);
}

/** What is trained is the file: edits that are not saved yet belong to it. */
async function saveModel(file: string): Promise<void> {
  const document = vscode.workspace.textDocuments.find((each) => each.uri.fsPath === file);
  if (document?.isDirty) await document.save();
}

/** `LeNet · digits`, then `LeNet · digits 2`: so that they can be told apart in the curves. */
function unusedName(name: string, taken: ReadonlySet<string>): string {
  let unused = name;
  for (let number = 2; taken.has(unused); number++) unused = `${name} ${number}`;
  return unused;
}
