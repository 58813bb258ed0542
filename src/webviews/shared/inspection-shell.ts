import { isObject } from '../../core/is-object';
import type { CheckpointEntry, ImageReference, Subject, SubjectDescription } from '../../protocol/inspection';
import type { InspectionPanelKind, PanelFocus, RunChoice } from '../../protocol/inspection-panel';
import { element } from './dom';
import { Latest } from './latest';
import { connectHost, type PanelHost } from './panel-host';
import { PanelStatus } from './panel-status';
import { parseSubject } from './parse-kept';
import { SubjectPicker } from './subject-picker';

/** What a panel looks into, as it is now. */
export interface Shown {
  readonly subject: Subject;
  readonly description: SubjectDescription;
}

export interface ShellHandlers {
  /** Another subject, or other weights: all that is shown of it is to be asked for again. */
  readonly changed: (shown: Shown) => void;
  /** The panel was opened with something to show; `changed` follows where the subject is another. */
  readonly focused?: (focus: PanelFocus) => void;
  /** Experiments were made or have ended. */
  readonly runsChanged?: (runs: readonly RunChoice[]) => void;
}

/** Shows a short wait as none. */
const busyDelayMs = 150;

/**
 * What every panel that looks into networks has: the choice of run and weights, a line that says how a long computation goes,
 * errors in words, and what is kept over a reload. The panel fills `toolbar` and `body`.
 */
export class InspectionShell {
  readonly host: PanelHost;
  readonly toolbar = element('div', { class: 'toolbar' });
  readonly body = element('main', { class: 'body', hidden: true });
  private readonly picker: SubjectPicker;
  private readonly empty = element(
    'div',
    { class: 'empty', hidden: true },
    element('h2', {}, 'No experiments yet'),
    element(
      'p',
      {},
      'Run “CNN Lab: Train Model” from the command palette, or choose the panel over a model in its code.',
    ),
  );
  private readonly status = new PanelStatus({
    cancel: (task) => this.host.calls.cancel(task),
    again: () => this.refresh(true),
  });
  private readonly latest = new Latest();
  private runs: readonly RunChoice[] = [];
  private checkpoints: readonly CheckpointEntry[] = [];
  private subject: Subject | undefined;
  private shown: Shown | undefined;
  private kept: Readonly<Record<string, unknown>>;

  constructor(
    root: HTMLElement,
    readonly kind: InspectionPanelKind,
    private readonly handlers: ShellHandlers,
  ) {
    this.host = connectHost({
      focus: (focus) => this.focus(focus),
      runChanged: ({ runFolder }) => this.runChanged(runFolder),
      progress: ({ task, done, total }) => this.status.showProgress(task, done, total),
    });
    const state = this.host.getState();
    this.kept = isObject(state) ? state : {};
    this.picker = new SubjectPicker('Network', null, (subject) => subject && this.choose(subject));
    root.append(
      element('header', { class: 'header' }, this.picker.root),
      this.toolbar,
      this.status.problem,
      this.empty,
      this.body,
      this.status.footer,
    );
    this.toolbar.hidden = true;
  }

  /** Asks the host what is to be shown. Call it once, when the panel can show it. */
  start(): void {
    this.host.calls.start().then(
      ({ focus, runs }) => {
        this.runs = runs;
        this.handlers.runsChanged?.(runs);
        this.subject = focus.subject ?? parseSubject(this.kept.subject) ?? newest(runs);
        this.handlers.focused?.(focus);
        this.refresh();
      },
      (error: unknown) => this.fail(error),
    );
  }

  /** What the panel has kept under a name, to be parsed. */
  keptValue(name: string): unknown {
    return this.kept[name];
  }

  keep(values: Readonly<Record<string, unknown>>): void {
    this.kept = { ...this.kept, ...values };
    this.host.setState(this.kept);
  }

  get current(): Shown | undefined {
    return this.shown;
  }

  get runChoices(): readonly RunChoice[] {
    return this.runs;
  }

  choose(subject: Subject): void {
    this.subject = subject;
    this.refresh();
  }

  /** Opens another panel on what is shown here. */
  openPanel(kind: InspectionPanelKind, focus: Omit<PanelFocus, 'subject'>): void {
    const subject = this.shown?.subject;
    this.host.calls
      .openPanel(kind, { ...focus, ...(subject ? { subject } : {}) })
      .catch((error: unknown) => this.fail(error));
  }

  pickImage(): Promise<ImageReference | null> {
    return this.host.calls.pickImage();
  }

  /** A computation that may take a while: said, measured, and cancelled by the user or by `cancelTasks`. */
  task<Value>(text: string, call: (task: number) => Promise<Value>): Promise<Value> {
    return this.status.task(text, call);
  }

  cancelTasks(): void {
    this.status.cancelTasks();
  }

  /** Good news, for a while. */
  say(text: string): void {
    this.status.say(text);
  }

  /** What went wrong, and what can be done; it stays until something goes well. */
  fail(error: unknown): void {
    this.status.fail(error);
  }

  /** Everything is as it should be. */
  clearProblem(): void {
    this.status.clearProblem();
  }

  private focus(focus: PanelFocus): void {
    this.handlers.focused?.(focus);
    if (focus.subject) {
      this.subject = focus.subject;
      // Even where it is the one that is shown: another image or layer of it is to be.
      this.refresh(true);
    } else if (this.shown) this.handlers.changed(this.shown);
  }

  private runChanged(runFolder: string): void {
    this.host.calls.runs().then(
      (runs) => {
        this.runs = runs;
        this.handlers.runsChanged?.(runs);
        if (!this.subject) this.subject = newest(runs);
        if (this.subject?.kind === 'run' && this.subject.runFolder === runFolder) this.refresh();
        else this.updatePicker();
      },
      (error: unknown) => this.fail(error),
    );
  }

  /** `again`: as if nothing of it had been shown. */
  private refresh(again = false): void {
    const { subject } = this;
    this.empty.hidden = subject !== undefined;
    this.updatePicker();
    if (!subject) return;
    this.keep({ subject });
    const busy = window.setTimeout(() => this.body.setAttribute('aria-busy', 'true'), busyDelayMs);
    this.latest.run(
      async () => {
        try {
          const { calls } = this.host;
          const [description, checkpoints] = await Promise.all([
            calls.describe(subject),
            subject.kind === 'run' ? calls.checkpoints(subject.runFolder) : [],
          ]);
          return { description, checkpoints };
        } finally {
          clearTimeout(busy);
          this.body.removeAttribute('aria-busy');
        }
      },
      ({ description, checkpoints }) => {
        this.checkpoints = checkpoints;
        this.updatePicker();
        const same =
          !again && this.shown?.description.version === description.version && sameSubject(this.shown.subject, subject);
        this.shown = { subject, description };
        this.clearProblem();
        this.toolbar.hidden = this.body.hidden = false;
        document.title = description.title;
        if (!same) this.handlers.changed(this.shown);
      },
      (error) => this.fail(error),
    );
  }

  private updatePicker(): void {
    const { subject, runs, checkpoints } = this;
    this.picker.update({ subject, runs, checkpoints });
    this.picker.root.hidden = runs.length === 0 && !subject;
  }
}

function newest(runs: readonly RunChoice[]): Subject | undefined {
  const run = runs.find(({ status, epochsDone }) => epochsDone > 0 || status === 'running');
  return run && { kind: 'run', runFolder: run.runFolder, checkpoint: run.status === 'running' ? 'last' : 'best' };
}

function sameSubject(left: Subject, right: Subject): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
