import * as vscode from 'vscode';
import type { ModelAnalysis } from '../../core/analysis/model-analysis';
import { UserError } from '../../core/errors';
import type { DocumentAnalysis } from '../analysis/document-analysis';
import type { InputShapeArgument } from '../command-table';
import { askText, pickItem } from '../quick-steps';
import type { Services } from '../services';
import { settingsSection } from '../settings';
import { documentOfArgument } from './document-of-argument';
import { inputComment } from './input-comment';
import { parseInputShape } from './parse-input-shape';

/** Asks for the shape of a model's input and where it shall stand: in a comment above the model, or in the settings. */
export async function setInputShape({ analyses }: Services, argument: InputShapeArgument): Promise<void> {
  const document = await documentOfArgument(argument);
  const view = document && (await analyses.freshView(document, new vscode.CancellationTokenSource().token));
  const model = view && modelOf(view, argument.target);
  if (!document || !view || !model) {
    throw new UserError('There is no model here.', 'Open the file of a model first.');
  }
  if (model.input.origin.kind === 'code') {
    throw new UserError(`The input shape of ${model.target} stands in its code.`, 'Change it there.');
  }
  const shape = argument.shape ?? (await askShape(model));
  const place = commentPlace(view, model);
  const where = argument.where ?? (await askWhere(model, shape, place !== undefined));
  switch (where) {
    case 'comment': {
      if (!place) throw new UserError(`${model.target} is not declared in this file.`, 'Use the setting instead.');
      return writeComment(place, shape);
    }
    case 'workspace':
    case 'user': {
      const target = where === 'user' ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace;
      await vscode.workspace.getConfiguration(settingsSection).update('inputShape', shape.join(', '), target);
    }
  }
}

function modelOf({ analysis }: DocumentAnalysis, target: string | undefined): ModelAnalysis | undefined {
  return analysis.models.find((model) => model.target === target) ?? analysis.models[0];
}

async function askShape({ target, input }: ModelAnalysis): Promise<readonly number[]> {
  const sizes = input.shape.slice(1);
  const isKnown = sizes.length > 0 && sizes.every((size) => typeof size === 'number');
  const outcome = await askText({
    title: `Input Shape of ${target}`,
    prompt: 'Sizes of one input without the batch: channels, height, width',
    value: isKnown ? sizes.join(', ') : '3, 224, 224',
    validate: (text) => (parseInputShape(text) ? undefined : 'Whole numbers are needed, such as 3, 224, 224.'),
  });
  const shape = outcome.kind === 'done' ? parseInputShape(outcome.value) : undefined;
  if (!shape) throw new vscode.CancellationError();
  return shape;
}

type Where = NonNullable<InputShapeArgument['where']>;

async function askWhere({ target }: ModelAnalysis, shape: readonly number[], canComment: boolean): Promise<Where> {
  const items: (vscode.QuickPickItem & { readonly where: Where })[] = [
    {
      label: `$(comment) Comment above ${target}`,
      description: `# input: (${shape.join(', ')})`,
      detail: 'For this model; training resizes images to it.',
      where: 'comment' as const,
    },
    {
      label: '$(gear) Setting of this workspace',
      detail: 'For all models here that do not say it themselves.',
      where: 'workspace' as const,
    },
    {
      label: '$(account) Setting for all workspaces',
      detail: 'For all models that do not say it themselves.',
      where: 'user' as const,
    },
  ];
  const hasWorkspace = vscode.workspace.workspaceFolders !== undefined;
  const outcome = await pickItem({
    title: `Input Shape of ${target}`,
    placeholder: 'Where it shall stand',
    items: items.filter(({ where }) =>
      where === 'comment' ? canComment : where === 'workspace' ? hasWorkspace : true,
    ),
  });
  if (outcome.kind !== 'done') throw new vscode.CancellationError();
  return outcome.value.where;
}

interface CommentPlace {
  readonly document: vscode.TextDocument;
  /** 0-based lines of the document. */
  readonly definition: number;
  readonly comment: number | undefined;
}

/** Undefined where no declaration of this file is the model's. */
function commentPlace(view: DocumentAnalysis, { target, input }: ModelAnalysis): CommentPlace | undefined {
  const name = /^\w+/.exec(target)?.[0];
  const declaration = view.analysis.declarations.find((each) => each.name === name);
  const place = declaration && view.lineInDocument(declaration.line);
  if (place?.document.languageId !== 'python') return undefined;
  const written = input.origin.kind === 'comment' ? input.origin.range : undefined;
  const comment = written && view.toDocument(written);
  return {
    document: place.document,
    definition: place.line,
    comment: comment?.document === place.document ? comment.range.start.line : undefined,
  };
}

async function writeComment({ document, ...place }: CommentPlace, shape: readonly number[]): Promise<void> {
  const lines = Array.from({ length: document.lineCount }, (_, line) => document.lineAt(line).text);
  const change = inputComment(lines, shape, place);
  const edit = new vscode.WorkspaceEdit();
  if (change.kind === 'replace') edit.replace(document.uri, document.lineAt(change.line).range, change.text);
  else edit.insert(document.uri, new vscode.Position(change.line, 0), `${change.text}\n`);
  await vscode.workspace.applyEdit(edit);
}
