import * as vscode from 'vscode';
import type { HelperProcess } from '../../node/helper-process';
import type { CallTable } from '../../protocol/rpc';

/** An idle process keeps what it was asked about in memory: so long, and it is let go. */
const idleMs = 5 * 60_000;

export interface TaskProgress {
  readonly task: number;
  readonly done: number;
  readonly total: number;
}

/** A process that answers calls: started at the first, and anew after it has ended. */
export class ProcessService<Calls extends CallTable<Calls>> implements vscode.Disposable {
  private process: HelperProcess<Calls> | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private running = 0;
  private readonly progress = new vscode.EventEmitter<TaskProgress>();
  readonly onDidProgress = this.progress.event;

  /** `name`: for the log. */
  constructor(
    private readonly name: string,
    private readonly startProcess: (events: { progress(event: TaskProgress): void }) => HelperProcess<Calls>,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Every call goes to the process that is there then. */
  async call<Name extends keyof Calls>(
    name: Name,
    request: Parameters<Calls[Name]>[0],
  ): Promise<Awaited<ReturnType<Calls[Name]>>> {
    clearTimeout(this.idleTimer);
    this.running++;
    try {
      const { calls } = (this.process ??= this.start());
      const method = calls[name] as unknown as (request: unknown) => Promise<Awaited<ReturnType<Calls[Name]>>>;
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

  private start(): HelperProcess<Calls> {
    const started = this.startProcess({ progress: (event) => this.progress.fire(event) });
    this.log.debug(`${this.name} ${started.processId ?? '?'} started.`);
    void started.ended.then(() => {
      this.log.debug(`${this.name} ${started.processId ?? '?'} ended.`);
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
