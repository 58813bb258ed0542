import * as vscode from 'vscode';
import type { WorkerProcess } from '../node/worker-process';
import { startWorker } from '../node/worker-process';
import type { WorkerCalls, WorkerEvents } from '../protocol/worker';

/** Makes worker processes from the extension's own dist/worker.js. */
export class WorkerLauncher {
  private readonly script: string;

  constructor(
    extensionUri: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
    /** Where the device `tensorflow` is looked for. */
    private readonly tensorflowFolders: () => readonly string[],
  ) {
    this.script = vscode.Uri.joinPath(extensionUri, 'dist', 'worker.js').fsPath;
  }

  start(events: Partial<WorkerEvents>): WorkerProcess {
    const worker = startWorker({ script: this.script, events, tensorflowFolders: this.tensorflowFolders() });
    this.log.debug(`Worker process ${worker.processId ?? '?'} started.`);
    void worker.ended.then(({ exitCode, signal, stderrTail }) => {
      this.log.debug(`Worker process ${worker.processId ?? '?'} ended with ${signal ?? exitCode ?? '?'}.`);
      if (stderrTail !== '') this.log.warn(stderrTail);
    });
    return worker;
  }

  /** One short job, ended when `token` is cancelled; what is told of it is the caller's. */
  async runQuietly<Result>(
    job: (calls: WorkerCalls) => Promise<Result>,
    token?: vscode.CancellationToken,
  ): Promise<Result> {
    const worker = this.start({});
    const cancellation = token?.onCancellationRequested(() => void worker.kill());
    try {
      return await job(worker.calls);
    } catch (error) {
      if (token?.isCancellationRequested) throw new vscode.CancellationError();
      throw error;
    } finally {
      cancellation?.dispose();
      // It ends by itself after its job; one that does not is not left behind.
      await worker.stop();
    }
  }

  /** One short job with a progress notification, ended when that is cancelled. */
  async runJob<Result>(title: string, job: (calls: WorkerCalls) => Promise<Result>): Promise<Result> {
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    return vscode.window.withProgress(options, async (progress, token) => {
      const worker = this.start({
        dataProgress: ({ done, total }) => progress.report({ message: `reading images, ${done} of ${total}` }),
        warning: ({ message }) => void vscode.window.showWarningMessage(message),
        note: ({ message }) => this.log.info(message),
      });
      const cancellation = token.onCancellationRequested(() => void worker.kill());
      try {
        return await job(worker.calls);
      } catch (error) {
        if (token.isCancellationRequested) throw new vscode.CancellationError();
        throw error;
      } finally {
        cancellation.dispose();
        // It ends by itself after its job; one that does not is not left behind.
        await worker.stop();
      }
    });
  }
}
