import * as vscode from 'vscode';
import { noViews, parseTestTimeViews, type TestTimeViews } from '../../core/data/test-time';
import type { EvaluateResult } from '../../protocol/worker';
import { pickItem } from '../quick-steps';
import type { EvaluateArgument } from '../command-table';
import type { LibraryRun } from '../runs/library-run';
import { count, formatPercent } from '../runs/run-presentation';
import type { Services } from '../services';
import { readSettings } from '../settings';
import { evaluationReport } from './evaluation-report';
import { resolveRun } from './pick-run';

/** Evaluates a run's best weights on its own test images (validation images where there are none). */
export async function evaluate(
  services: Services,
  reports: EvaluationReports,
  argument: EvaluateArgument | undefined,
): Promise<EvaluateResult> {
  const run = await resolveRun(services, argument, {
    title: 'Evaluate',
    placeholder: 'Experiment whose best weights are evaluated',
    filter: hasWeights,
    none: 'There is no experiment with weights yet. Train a model first.',
  });
  const views = argument?.views === undefined ? noViews : parseTestTimeViews(argument.views);
  return evaluateRun(services, reports, run, views);
}

async function evaluateRun(
  services: Services,
  reports: EvaluationReports,
  run: LibraryRun,
  views: TestTimeViews,
): Promise<EvaluateResult> {
  const { device, threads } = readSettings();
  const checkpoint = bestOrLast(run);
  const result = await services.launcher.runJob(`Evaluating ${run.name}`, (calls) =>
    calls.evaluate({ runFolder: run.folder, checkpoint, data: null, split: null, device, threads, views }),
  );
  services.log.info(
    `${run.name}: ${result.split} accuracy ${result.accuracy}, loss ${result.loss}, ${result.count} images`,
  );
  const [showDetails, lookTwice] = ['Show Details', 'Look Several Times…'];
  const message = `${run.name}: ${formatPercent(result.accuracy)} of ${count(result.count, `${result.split} image`)} correct.`;
  void vscode.window.showInformationMessage(message, showDetails, lookTwice).then(async (choice) => {
    if (choice === showDetails) await reports.show(run, result);
    if (choice !== lookTwice) return;
    const chosen = await askViews();
    if (!chosen) return;
    await evaluateRun(services, reports, run, chosen).catch((error: unknown) =>
      services.errors.report('Evaluating', error),
    );
  });
  return result;
}

/** Undefined where the user left. */
async function askViews(): Promise<TestTimeViews | undefined> {
  const outcome = await pickItem({
    title: 'Evaluate: Looks at Each Image',
    placeholder: 'Their probabilities are averaged',
    items: [
      { label: 'Mirrored', detail: 'As it is and left to right', text: 'flip' },
      { label: 'Shifted', detail: 'As it is, and seven times moved and mirrored at random', text: 'shifts:8' },
      {
        label: 'Five crops',
        detail: 'Corners and middle; for runs that take a piece of larger images',
        text: 'five-crop',
      },
      { label: 'Ten crops', detail: 'The same, mirrored too', text: 'ten-crop' },
    ],
  });
  return outcome.kind === 'done' ? parseTestTimeViews(outcome.value.text) : undefined;
}

export function hasWeights(run: LibraryRun): boolean {
  return (run.record?.epochsDone ?? 0) > 0;
}

export function bestOrLast(run: LibraryRun): 'best' | 'last' {
  return run.record?.bestEpoch == null ? 'last' : 'best';
}

/** Evaluations as read-only documents, shown in VS Code's Markdown preview. */
export class EvaluationReports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  readonly onDidChange = this.changed.event;

  async show(run: LibraryRun, result: EvaluateResult): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${run.id}/Evaluation of ${run.name.replaceAll('/', '-')}.md` });
    this.texts.set(uri.toString(), evaluationReport(run.name, result));
    this.changed.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? 'This evaluation is gone: evaluate the experiment again.';
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

const scheme = 'cnn-lab-evaluation';
