import * as vscode from 'vscode';
import type { ModelDeclaration } from '../../core/python/find-models';
import { UserError } from '../../core/errors';
import type { TargetArgument } from '../command-table';
import { askText, pickItem } from '../quick-steps';
import type { Services } from '../services';
import { readChosenTarget, rememberTarget } from '../train/remembered-choices';
import { documentOfArgument } from './document-of-argument';

type TargetItem = vscode.QuickPickItem & { readonly declaration: ModelDeclaration };

/** Asks which of a file's models the sizes in its code are shown for; remembered in this workspace. */
export async function chooseTarget({ analyses, context }: Services, argument: TargetArgument): Promise<void> {
  const document = await documentOfArgument(argument);
  const view = document && (await analyses.freshView(document, new vscode.CancellationTokenSource().token));
  if (!view || view.analysis.declarations.length === 0) {
    throw new UserError('There is no model here.', 'Open the file of a model first.');
  }
  const { file, declarations, models } = view.analysis;
  const shown = readChosenTarget(context.workspaceState, file) ?? models[0]?.target;
  const target = argument.target ?? (await askTarget(declarations, shown));
  await rememberTarget(context.workspaceState, file, target);
  analyses.reanalyze(file);
}

async function askTarget(declarations: readonly ModelDeclaration[], shown: string | undefined): Promise<string> {
  const outcome = await pickItem<TargetItem>({
    title: 'Choose Model to Show',
    placeholder: 'Model whose sizes are shown in the code',
    items: declarations.map((declaration) => ({
      label: declaration.name,
      description: [
        `line ${declaration.line}`,
        ...(declaration.requiredArguments.length > 0 ? [`needs ${declaration.requiredArguments.join(', ')}`] : []),
        ...(declaration.target === shown ? ['shown now'] : []),
      ].join(' · '),
      declaration,
    })),
    isActive: ({ declaration }) => declaration.target === shown,
  });
  if (outcome.kind !== 'done') throw new vscode.CancellationError();
  const { name, target, requiredArguments } = outcome.value.declaration;
  if (requiredArguments.length === 0) return target;
  const call = await askText({
    title: `Arguments of ${name}`,
    prompt: 'The call that builds the model, as it would stand in Python',
    value: shown?.startsWith(`${name}(`)
      ? shown
      : `${name}(${requiredArguments.map((argument) => `${argument}=`).join(', ')})`,
    validate: (text) => (/^[\w.]+\(.*\)$/s.test(text.trim()) ? undefined : `A call is needed, such as ${name}(10).`),
  });
  if (call.kind !== 'done') throw new vscode.CancellationError();
  return call.value.trim();
}
