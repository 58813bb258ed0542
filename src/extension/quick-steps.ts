import * as vscode from 'vscode';

/* Questions asked one after another in the quick input, with a way back to the one before. */

export type StepOutcome<Value> =
  { readonly kind: 'done'; readonly value: Value } | { readonly kind: 'back' } | { readonly kind: 'cancelled' };

/** Asks one question, and keeps the answer itself. */
export type Step = (position: StepPosition) => Promise<StepOutcome<unknown>>;

export interface StepPosition {
  /** 1-based. */
  readonly step: number;
  readonly totalSteps: number;
}

/** Runs the steps in order; false where the user left. */
export async function runSteps(steps: readonly Step[]): Promise<boolean> {
  let index = 0;
  for (let step = steps[0]; step !== undefined; step = steps[index]) {
    const { kind } = await step({ step: index + 1, totalSteps: steps.length });
    if (kind === 'cancelled') return false;
    index = Math.max(0, index + (kind === 'back' ? -1 : 1));
  }
  return true;
}

export interface PickOptions<Item extends vscode.QuickPickItem> extends Partial<StepPosition> {
  readonly title: string;
  readonly placeholder: string;
  /** Shown as they come; the list is busy until then. */
  readonly items: readonly Item[] | Promise<readonly Item[]>;
  readonly isActive?: (item: Item) => boolean;
  /** Where there is nothing to pick. */
  readonly emptyText?: string;
  readonly canGoBack?: boolean;
}

export function pickItem<Item extends vscode.QuickPickItem>(options: PickOptions<Item>): Promise<StepOutcome<Item>> {
  const input = vscode.window.createQuickPick<Item>();
  input.title = options.title;
  input.placeholder = options.placeholder;
  input.matchOnDescription = true;
  input.matchOnDetail = true;
  input.busy = true;
  void Promise.resolve(options.items).then(
    (items) => {
      input.items = items;
      const active = options.isActive && items.find(options.isActive);
      if (active) input.activeItems = [active];
      if (items.length === 0 && options.emptyText) input.placeholder = options.emptyText;
      input.busy = false;
    },
    (error: unknown) => {
      input.placeholder = error instanceof Error ? error.message : String(error);
      input.busy = false;
    },
  );
  return ask(input, options, (settle) => {
    input.onDidAccept(() => {
      const [item] = input.selectedItems;
      if (item) settle({ kind: 'done', value: item });
    });
  });
}

export interface ManyOptions<Item extends vscode.QuickPickItem> extends Partial<StepPosition> {
  readonly title: string;
  readonly placeholder: string;
  /** Those with `picked` are ticked. */
  readonly items: readonly Item[];
  readonly canGoBack?: boolean;
}

/** Several of a list. */
export function pickMany<Item extends vscode.QuickPickItem>(
  options: ManyOptions<Item>,
): Promise<StepOutcome<readonly Item[]>> {
  const input = vscode.window.createQuickPick<Item>();
  input.title = options.title;
  input.placeholder = options.placeholder;
  input.canSelectMany = true;
  input.matchOnDescription = true;
  input.items = options.items;
  input.selectedItems = options.items.filter(({ picked }) => picked);
  return ask(input, options, (settle) => {
    input.onDidAccept(() => settle({ kind: 'done', value: input.selectedItems }));
  });
}

export interface PreviewOptions extends Partial<StepPosition> {
  readonly title: string;
  readonly placeholder: string;
  readonly value: string;
  /** What is shown below a text, and whether it can be taken. */
  readonly lines: (text: string) => { readonly ok: boolean; readonly items: readonly vscode.QuickPickItem[] };
  readonly canGoBack?: boolean;
}

/** A text, and below it what it means, anew with each key. */
export function typeWithPreview(options: PreviewOptions): Promise<StepOutcome<string>> {
  const input = vscode.window.createQuickPick();
  input.title = options.title;
  input.placeholder = options.placeholder;
  input.value = options.value;
  let ok = false;
  const show = (): void => {
    const { ok: good, items } = options.lines(input.value);
    ok = good;
    // The list is an answer, not a choice: nothing in it is left out for not being like what was typed.
    input.items = items.map((item) => ({ ...item, alwaysShow: true }));
  };
  show();
  return ask(input, options, (settle) => {
    input.onDidChangeValue(show);
    input.onDidAccept(() => {
      if (ok) settle({ kind: 'done', value: input.value });
    });
  });
}

export interface TextOptions extends Partial<StepPosition> {
  readonly title: string;
  readonly prompt: string;
  readonly value: string;
  /** Undefined: it will do. Otherwise why not. */
  readonly validate: (text: string) => string | undefined;
  readonly canGoBack?: boolean;
}

export function askText(options: TextOptions): Promise<StepOutcome<string>> {
  const input = vscode.window.createInputBox();
  input.title = options.title;
  input.prompt = options.prompt;
  input.value = options.value;
  return ask(input, options, (settle) => {
    input.onDidChangeValue((text) => (input.validationMessage = options.validate(text)));
    input.onDidAccept(() => {
      input.validationMessage = options.validate(input.value);
      if (input.validationMessage === undefined) settle({ kind: 'done', value: input.value });
    });
  });
}

function ask<Value>(
  input: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
  { step, totalSteps, canGoBack }: Partial<StepPosition> & { readonly canGoBack?: boolean },
  listen: (settle: (outcome: StepOutcome<Value>) => void) => void,
): Promise<StepOutcome<Value>> {
  input.step = step;
  input.totalSteps = totalSteps;
  // With one question of several, a click elsewhere would lose the answers before it.
  input.ignoreFocusOut = step !== undefined;
  if (canGoBack ?? (step ?? 1) > 1) input.buttons = [vscode.QuickInputButtons.Back];
  return new Promise<StepOutcome<Value>>((resolve) => {
    listen(resolve);
    input.onDidTriggerButton(() => resolve({ kind: 'back' }));
    input.onDidHide(() => resolve({ kind: 'cancelled' }));
    input.show();
  }).finally(() => input.dispose());
}
