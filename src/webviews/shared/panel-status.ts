import { UserError, describeError } from '../../core/errors';
import { button } from './controls';
import { element, setText } from './dom';

export interface PanelStatusHandlers {
  /** Ends a computation early. */
  readonly cancel: (task: number) => Promise<void>;
  /** Asks once more for what has failed. */
  readonly again: () => void;
}

const noticeMs = 8000;

/** How a panel says what goes on: how far a long computation is, good news for a while, and what went wrong until it is mended. */
export class PanelStatus {
  /** Stands above what is shown. */
  readonly problem = element('div', { class: 'problem', role: 'alert', hidden: true });
  readonly footer: HTMLElement;
  private readonly status = element('p', { class: 'status', role: 'status' });
  private readonly progress = element('progress', { class: 'progress', hidden: true });
  private readonly cancel = button('Cancel', 'Stop this computation', () => this.cancelTasks());
  private readonly tasks = new Set<number>();
  private nextTask = 1 + Math.floor(Math.random() * 2 ** 40);
  private noticeTimer = 0;

  constructor(private readonly handlers: PanelStatusHandlers) {
    this.cancel.hidden = true;
    this.footer = element('footer', { class: 'footer' }, this.progress, this.cancel, this.status);
  }

  /** A computation that may take a while: said, measured, and cancelled by the user or by `cancelTasks`. */
  async task<Value>(text: string, call: (task: number) => Promise<Value>): Promise<Value> {
    const task = this.nextTask++;
    this.tasks.add(task);
    this.update(text);
    try {
      return await call(task);
    } finally {
      this.tasks.delete(task);
      this.update('');
    }
  }

  cancelTasks(): void {
    // It ends by itself where nobody hears of the wish.
    for (const task of this.tasks) void this.handlers.cancel(task).catch(() => undefined);
  }

  showProgress(task: number, done: number, total: number): void {
    if (!this.tasks.has(task)) return; // Another panel's.
    this.progress.max = total;
    this.progress.value = done;
  }

  /** Good news, for a while. */
  say(text: string): void {
    setText(this.status, text);
    clearTimeout(this.noticeTimer);
    this.noticeTimer = window.setTimeout(() => setText(this.status, ''), noticeMs);
  }

  /** What went wrong, and what can be done; it stays until something goes well. */
  fail(error: unknown): void {
    // The user's own wish is no error.
    if (isCancelled(error)) return this.say('Cancelled.');
    this.problem.replaceChildren(
      element('p', {}, describeError(error)),
      button('Try Again', 'Ask for it once more', () => this.handlers.again()),
    );
    this.problem.hidden = false;
  }

  /** Everything is as it should be. */
  clearProblem(): void {
    this.problem.hidden = true;
  }

  private update(text: string): void {
    this.progress.hidden = this.cancel.hidden = this.tasks.size === 0;
    this.progress.removeAttribute('value');
    clearTimeout(this.noticeTimer);
    setText(this.status, text);
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof UserError && error.message === 'Cancelled.';
}
