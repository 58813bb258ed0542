import * as vscode from 'vscode';
import { AnalysisService } from './analysis/analysis-service';
import type { AnalysisSource } from './analysis/analysis-source';
import { AnalysisThread } from './analysis/analysis-thread';
import { knownInputs } from './analysis/known-inputs';
import { GpuReports, checkGpuCommand } from './commands/check-gpu-command';
import { classifyImage } from './commands/classify-command';
import { addDataFolder, revealDataset } from './commands/dataset-commands';
import { EvaluationReports, evaluate } from './commands/evaluate-command';
import { installTensorflowCommand, tensorflowFolders } from './commands/install-tensorflow-command';
import { lookInside, openInspection } from './commands/inspection-commands';
import { openDataset } from './commands/open-dataset-command';
import { registerCommands } from './commands/register-commands';
import {
  deleteRun,
  openCurves,
  renameRunCommand,
  resumeTraining,
  revealRunFolder,
  showLog,
  stopTraining,
} from './commands/run-commands';
import { addDataset, describeDataset } from './datasets/add-dataset-command';
import { downloadDataset } from './datasets/download-dataset-command';
import { DatasetsLibrary } from './datasets-library';
import { DeviceForecast } from './device-forecast';
import { chooseTarget } from './hints/choose-target';
import { registerHints } from './hints/register-hints';
import { setInputShape } from './hints/set-input-shape';
import { offerInterrupted } from './offer-interrupted';
import { CurvesPanel } from './panels/curves-panel';
import { createDatasetPanels } from './panels/dataset-panels';
import { DatasetService } from './panels/dataset-service';
import { createInspectionPanels } from './panels/inspection-panels';
import { InspectorService } from './panels/inspector-service';
import { MislabelSearch } from './panels/mislabel-search';
import { SummaryPanel } from './panels/summary-panel';
import { createErrorReporter } from './report-error';
import { RunLibrary } from './runs/run-library';
import type { Services } from './services';
import { readSettings } from './settings';
import { readChosenTarget, readRememberedData, rememberAugmentation } from './train/remembered-choices';
import { rememberTrainedData } from './train/remember-trained-data';
import { trainModel } from './train/train-command';
import { TrainingProgress } from './training-progress';
import { TrainingService } from './training-service';
import type { DatasetNode } from './trees/datasets-tree';
import { DatasetsTree } from './trees/datasets-tree';
import type { ExperimentNode } from './trees/experiments-tree';
import { ExperimentsTree } from './trees/experiments-tree';
import { WorkerLauncher } from './worker-launcher';

/** What other extensions, and the tests in a real VS Code, see: what the views show. */
export interface ExtensionApi {
  readonly analyses: AnalysisSource;
  readonly datasets: vscode.TreeDataProvider<DatasetNode>;
  readonly experiments: vscode.TreeDataProvider<ExperimentNode>;
}

/** Wires the parts of the extension; what they do stands in their own files. Gives undefined where that failed. */
export function activate(context: vscode.ExtensionContext): ExtensionApi | undefined {
  const log = vscode.window.createOutputChannel('CNN Lab', { log: true });
  context.subscriptions.push(log);
  const errors = createErrorReporter(log);
  try {
    return wire(context, log, errors);
  } catch (error) {
    errors.report('Starting CNN Lab', error);
    return undefined;
  }
}

function wire(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  errors: Services['errors'],
): ExtensionApi {
  const { extensionUri, subscriptions, workspaceState } = context;
  const own = <Part extends vscode.Disposable>(part: Part): Part => {
    subscriptions.push(part);
    return part;
  };
  const launcher = new WorkerLauncher(extensionUri, log, () => tensorflowFolders(context));
  const library = own(new RunLibrary(log));
  const datasets = own(new DatasetsLibrary(vscode.Uri.joinPath(extensionUri, 'samples', 'data').fsPath, log));
  const training = own(new TrainingService(launcher, workspaceState, log));
  own(new TrainingProgress(training));

  const experimentsTree = own(new ExperimentsTree(library, training));
  const experiments = own(
    vscode.window.createTreeView('cnn-lab.experiments', { treeDataProvider: experimentsTree, showCollapseAll: true }),
  );
  const datasetsTree = own(new DatasetsTree(datasets));
  own(vscode.window.createTreeView('cnn-lab.datasets', { treeDataProvider: datasetsTree, showCollapseAll: true }));

  const curves = own(
    new CurvesPanel({
      extensionUri,
      state: workspaceState,
      library,
      training,
      errors,
      revealRun: (run) =>
        void experiments.reveal({ kind: 'run', run, runFolder: run.folder }, { focus: true, expand: true }),
    }),
  );
  const analyzer = new AnalysisThread({
    script: vscode.Uri.joinPath(extensionUri, 'dist', 'analysis-thread.js').fsPath,
    warn: (message) => log.warn(message),
  });
  own({ dispose: () => void analyzer.dispose() });
  const analyses = own(
    new AnalysisService({
      analyzer,
      log,
      knownOf: (file) => ({
        target: readChosenTarget(workspaceState, file) ?? null,
        ...knownInputs(readRememberedData(workspaceState, file), readSettings().inputShape),
      }),
    }),
  );
  own(registerHints(analyses));
  const summary = own(
    new SummaryPanel({
      extensionUri,
      state: workspaceState,
      errors,
      analyses,
      placeOf: (uri, range) => analyses.viewOf({ uri })?.toDocument(range),
    }),
  );

  const inspector = own(new InspectorService(vscode.Uri.joinPath(extensionUri, 'dist', 'inspector.js').fsPath, log));
  const inspections = own(createInspectionPanels({ extensionUri, inspector, library }));
  const datasetService = own(
    new DatasetService(vscode.Uri.joinPath(extensionUri, 'dist', 'dataset-inspector.js').fsPath, log),
  );
  const datasetPanels = own(
    createDatasetPanels({
      extensionUri,
      service: datasetService,
      inspector,
      mislabels: own(new MislabelSearch(launcher)),
      datasets,
      library,
      useAugmentation: (augmentation) => rememberAugmentation(workspaceState, augmentation),
    }),
  );

  const selectedRun = () => {
    const [node] = experiments.selection;
    return node?.kind === 'folds' ? undefined : node?.run;
  };
  const services: Services = {
    context,
    log,
    errors,
    library,
    datasets,
    launcher,
    devices: new DeviceForecast(launcher),
    training,
    curves,
    analyses,
    selectedRun,
  };
  const reports = own(new EvaluationReports());
  const gpuReports = own(new GpuReports());

  own(
    registerCommands(
      {
        trainModel: (argument) => trainModel(services, argument),
        resumeTraining: (argument) => resumeTraining(services, argument),
        stopTraining: (argument) => stopTraining(services, argument),
        openCurves: (argument) => openCurves(services, argument),
        evaluate: (argument) => evaluate(services, reports, argument),
        classifyImage: (argument) => classifyImage(services, argument),
        renameRun: (argument) => renameRunCommand(services, argument),
        deleteRun: (argument) => deleteRun(services, argument),
        revealRunFolder: (argument) => revealRunFolder(services, argument),
        showLog: (argument) => showLog(services, argument),
        addDataFolder: (argument) => addDataFolder(argument),
        addDataset: (argument) => addDataset(services, argument),
        downloadDataset: (argument) => downloadDataset(services, argument),
        describeDataset: (argument) => describeDataset(services, argument),
        revealDataset: (argument) => revealDataset(argument),
        openDataset: (argument) => openDataset(services, datasetPanels, argument),
        openAugmentation: (argument) => datasetPanels.show('augmentation', argument),
        openSummary: ({ uri, file, target }) =>
          summary.show(uri ? vscode.Uri.parse(uri, true) : file ? vscode.Uri.file(file) : undefined, target),
        lookInside: (argument) => lookInside(services, inspections, argument),
        openFilters: (argument) => openInspection(services, inspections, 'filters', argument),
        openFeatureMaps: (argument) => openInspection(services, inspections, 'feature-maps', argument),
        openReceptiveField: (argument) => openInspection(services, inspections, 'receptive-field', argument),
        openPrediction: (argument) => openInspection(services, inspections, 'prediction', argument),
        openConfusion: (argument) => openInspection(services, inspections, 'confusion', argument),
        openClassView: (argument) => openInspection(services, inspections, 'class-view', argument),
        openKernelPlayground: () => inspections.show('kernel-playground', {}),
        setInputShape: (argument) => setInputShape(services, argument),
        chooseTarget: (argument) => chooseTarget(services, argument),
        checkGpu: () => checkGpuCommand(services, gpuReports),
        installTensorflow: () => installTensorflowCommand(services),
        refreshDatasets: () => datasets.refresh(),
      },
      errors,
    ),
  );
  own(
    training.onDidStart((runFolder) => {
      void library.refresh(runFolder);
      void rememberTrainedData(services, runFolder).catch((error: unknown) =>
        errors.report('Remembering the data set', error),
      );
      if (readSettings().openCurvesWhenTraining) void curves.show([runFolder], true);
    }),
  );
  own(training.onDidEnd(({ runFolder }) => void library.refresh(runFolder)));
  // A process that was killed elsewhere leaves no trace that a watcher tells.
  own(experiments.onDidChangeVisibility(({ visible }) => void (visible && library.refresh())));
  own(
    vscode.window.onDidChangeWindowState(({ focused }) => void (focused && experiments.visible && library.refresh())),
  );
  void offerInterrupted(training, library).catch((error: unknown) =>
    errors.report('Looking for interrupted trainings', error),
  );
  return { analyses, datasets: datasetsTree, experiments: experimentsTree };
}
