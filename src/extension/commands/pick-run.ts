import * as vscode from 'vscode';
import { UserError } from '../../core/errors';
import type { RunArgument } from '../command-table';
import { pickItem } from '../quick-steps';
import type { LibraryRun } from '../runs/library-run';
import { describeRun, statusIcon, summarizeRun } from '../runs/run-presentation';
import type { Services } from '../services';

export interface RunQuestion {
  readonly title: string;
  readonly placeholder: string;
  readonly filter?: (run: LibraryRun) => boolean;
  /** What to say where there is none. */
  readonly none: string;
}

/** The run that a command is given, or the one that the user picks. Throws a CancellationError where they leave. */
export async function resolveRun(
  { library, selectedRun }: Services,
  argument: Partial<RunArgument> | undefined,
  question: RunQuestion,
): Promise<LibraryRun> {
  if (argument?.runFolder !== undefined) {
    await library.refresh(argument.runFolder);
    const run = library.get(argument.runFolder);
    if (!run) throw new UserError(`There is no experiment in ${argument.runFolder}.`, 'It may have been deleted.');
    return run;
  }
  const runs = (await library.runs()).filter(question.filter ?? (() => true));
  if (runs.length === 0) throw new UserError(question.none);
  const selected = selectedRun()?.folder;
  const outcome = await pickItem({
    title: question.title,
    placeholder: question.placeholder,
    items: runs.map(runItem),
    isActive: (item) => item.run.folder === selected,
  });
  if (outcome.kind !== 'done') throw new vscode.CancellationError();
  return outcome.value.run;
}

function runItem(run: LibraryRun): vscode.QuickPickItem & { readonly run: LibraryRun } {
  const { icon } = statusIcon(run.status);
  const detail = run.record ? { detail: summarizeRun(run.record) } : {};
  return { label: `$(${icon}) ${run.name}`, description: describeRun(run), ...detail, run };
}
