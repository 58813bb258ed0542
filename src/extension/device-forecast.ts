import type { AutomaticDevice } from '../protocol/gpu';
import type { WorkerLauncher } from './worker-launcher';

/** What the device `auto` stands for on this machine: asked of a worker process when it is wanted for the first time. */
export class DeviceForecast {
  private asked: Promise<void> | undefined;
  private known: AutomaticDevice | undefined;

  constructor(private readonly launcher: Pick<WorkerLauncher, 'runQuietly'>) {}

  /** Undefined: not known yet. */
  get automatic(): AutomaticDevice | undefined {
    return this.known;
  }

  /** Begins to find out; never rejects. */
  ask(): Promise<void> {
    return (this.asked ??= this.launcher
      .runQuietly((calls) => calls.listGpus())
      .then(
        (listing) => {
          this.known = listing.kind === 'listed' ? listing.automatic : { kind: 'cpu', reason: 'GPUs can’t be reached' };
        },
        (error: unknown) => {
          this.known = { kind: 'cpu', reason: error instanceof Error ? error.message : String(error) };
        },
      ));
  }

  /** After a check: what holds now is asked for anew. */
  forget(): void {
    this.asked = undefined;
    this.known = undefined;
  }
}
