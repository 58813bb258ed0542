import * as vscode from 'vscode';
import { startInspector, type InspectorProcess } from '../../node/inspector-process';
import type { InspectionCalls } from '../../protocol/inspection';

/** An idle process keeps models in memory: so long, and it is let go. */
const idleMs = 5 * 60_000;

/** The process that looks into models: started at the first call, and anew after it has ended. */
export class InspectorService implements vscode.Disposable {
  private process: InspectorProcess | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private running = 0;
  private readonly progress = new vscode.EventEmitter<ProgressEvent>();
  readonly onDidProgress = this.progress.event;

  constructor(
    private readonly script: string,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Every call goes to the process that is there then. */
  async call<Name extends keyof InspectionCalls>(
    name: Name,
    request: Parameters<InspectionCalls[Name]>[0],
  ): Promise<Awaited<ReturnType<InspectionCalls[Name]>>> {
    clearTimeout(this.idleTimer);
    this.running++;
    try {
      const { calls } = (this.process ??= this.start());
      const method = calls[name] as (request: unknown) => Promise<Awaited<ReturnType<InspectionCalls[Name]>>>;
      return await method(request);
    } finally {
      this.running--;
      if (this.running === 0) this.idleTimer = setTimeout(() => this.stop(), idleMs);
    }
  }

  dispose(): void {
    this.stop();
    this.progress.dispose();
  }

  private start(): InspectorProcess {
    const started = startInspector({ script: this.script, events: { progress: (event) => this.progress.fire(event) } });
    this.log.debug(`Inspection process ${started.processId ?? '?'} started.`);
    void started.ended.then(() => {
      this.log.debug(`Inspection process ${started.processId ?? '?'} ended.`);
      if (this.process === started) this.process = undefined;
    });
    return started;
  }

  private stop(): void {
    clearTimeout(this.idleTimer);
    void this.process?.dispose();
    this.process = undefined;
  }
}

type ProgressEvent = { readonly task: number; readonly done: number; readonly total: number };
