import * as vscode from 'vscode';
import { checkGpu } from '../../node/gpu/check-gpu';
import type { GpuReport } from '../../node/gpu/gpu-report';
import { reportMarkdown, reportText } from '../../node/gpu/report-text';
import type { Services } from '../services';

/** Looks for GPUs, tries the one that is used, and shows what was found; a notification sums it up and can copy it. */
export async function checkGpuCommand({ launcher, log, devices }: Services, reports: GpuReports): Promise<GpuReport> {
  const options = { location: vscode.ProgressLocation.Notification, title: 'Checking the GPU', cancellable: true };
  const report = await vscode.window.withProgress(options, (progress, token) =>
    checkGpu(
      (job) => launcher.runQuietly(job, token),
      (message) => progress.report({ message }),
    ),
  );
  devices.forget();
  const text = reportText(report);
  log.info(`GPU: ${text}`);
  await reports.show(report);
  const show = report.usable ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  void show(report.summary, copyReport).then(async (choice) => {
    if (choice === copyReport) await vscode.env.clipboard.writeText(text);
  });
  return report;
}

const copyReport = 'Copy Report';

/** The latest report as a read-only document, shown in VS Code's Markdown preview. */
export class GpuReports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private latest = 'Run the command CNN Lab: Check GPU to see what there is.';
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  readonly onDidChange = this.changed.event;

  async show(report: GpuReport): Promise<void> {
    this.latest = reportMarkdown(report);
    this.changed.fire(reportUri);
    await vscode.commands.executeCommand('markdown.showPreview', reportUri);
  }

  provideTextDocumentContent(): string {
    return this.latest;
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

const scheme = 'cnn-lab-gpu';
const reportUri = vscode.Uri.from({ scheme, path: '/GPU.md' });
