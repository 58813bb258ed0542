import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ModelRequest } from '../../protocol/worker';
import type { StepOutcome, StepPosition } from '../quick-steps';
import { askText, pickItem } from '../quick-steps';
import type { FoundModel } from './workspace-models';
import { findWorkspaceModels, findZooModels, modelsIn } from './workspace-models';

type ModelItem = vscode.QuickPickItem & { readonly model?: FoundModel };

/** Asks which model to train: of the workspace (or of one file), or of the zoo. */
export async function pickModel(
  zooFolder: vscode.Uri,
  onlyFile: string | undefined,
  remembered: ModelRequest | undefined,
  position: StepPosition,
): Promise<StepOutcome<ModelRequest>> {
  for (;;) {
    const outcome = await pickItem<ModelItem>({
      ...position,
      title: 'Train Model: Model',
      placeholder: 'Model to train',
      items:
        onlyFile === undefined
          ? allItems(zooFolder.fsPath)
          : modelsIn([onlyFile]).then((found) => found.map(modelItem)),
      isActive: ({ model }) => model !== undefined && isRemembered(model, remembered),
      emptyText: 'No model found: CNN Lab looks for classes that are an nn.Module, and for nn.Sequential',
    });
    if (outcome.kind !== 'done') return outcome;
    const { model } = outcome.value;
    if (!model) continue;
    const target = await targetOf(model, remembered);
    if (target.kind === 'back') continue;
    return target.kind === 'done' ? { kind: 'done', value: { file: model.file, target: target.value } } : target;
  }
}

async function allItems(zooFolder: string): Promise<ModelItem[]> {
  const [workspace, zoo] = await Promise.all([findWorkspaceModels(zooFolder), findZooModels(zooFolder)]);
  const group = (label: string, models: readonly FoundModel[]): ModelItem[] =>
    models.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...models.map(modelItem)];
  return [...group('Workspace', workspace), ...group('Model zoo', zoo)];
}

function modelItem(model: FoundModel): ModelItem {
  const { declaration, file } = model;
  const { inputShape, requiredArguments } = declaration;
  const input = inputShape === undefined ? [] : [`input ${inputShape.join(' × ')}`];
  const needed = requiredArguments.length === 0 ? [] : [`needs ${requiredArguments.join(', ')}`];
  return {
    label: `$(${icons[declaration.kind]}) ${declaration.name}`,
    description: [`${shownPath(file)}:${declaration.line}`, ...input, ...needed].join(' · '),
    model,
  };
}

const icons: Record<FoundModel['declaration']['kind'], string> = {
  class: 'symbol-class',
  function: 'symbol-method',
  variable: 'symbol-variable',
};

function shownPath(file: string): string {
  const uri = vscode.Uri.file(file);
  return vscode.workspace.getWorkspaceFolder(uri) ? vscode.workspace.asRelativePath(uri) : basename(file);
}

/** The class's name, or the call that builds it where it has arguments without defaults: those are asked for. */
async function targetOf(
  { file, declaration: { name, target, requiredArguments } }: FoundModel,
  remembered: ModelRequest | undefined,
): Promise<StepOutcome<string>> {
  if (requiredArguments.length === 0) return { kind: 'done', value: target };
  const last = remembered?.file === file && remembered.target?.startsWith(`${name}(`) ? remembered.target : undefined;
  return askText({
    title: `Train Model: Arguments of ${name}`,
    prompt: 'The call that builds the model, as it would stand in Python',
    value: last ?? `${name}(${requiredArguments.map((argument) => `${argument}=`).join(', ')})`,
    validate: (text) => (/^[\w.]+\(.*\)$/s.test(text.trim()) ? undefined : `A call is needed, such as ${name}(10).`),
    canGoBack: true,
  });
}

/** A target that is a call was built of the name that it starts with. */
function isRemembered({ file, declaration }: FoundModel, remembered: ModelRequest | undefined): boolean {
  return file === remembered?.file && remembered.target?.match(/^[\w.]+/)?.[0] === declaration.target;
}
