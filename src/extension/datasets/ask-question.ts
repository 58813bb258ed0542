import * as vscode from 'vscode';
import type { StepOutcome, StepPosition } from '../quick-steps';
import { pickItem, pickMany, typeWithPreview } from '../quick-steps';
import type { Draft } from './dataset-draft';
import type { Question } from './questions';

/** Asks one question of the wizard in the quick input; gives the draft that the answer makes. */
export async function askQuestion(
  question: Question,
  position: Partial<StepPosition> & { readonly canGoBack: boolean },
): Promise<StepOutcome<Draft>> {
  const { title, placeholder } = question;
  switch (question.kind) {
    case 'choice': {
      const outcome = await pickItem({
        ...position,
        title,
        placeholder,
        items: question.choices.map(({ label, description, detail, draft, suggested }) => ({
          label,
          ...(description === undefined ? {} : { description }),
          ...(detail === undefined || detail === '' ? {} : { detail }),
          draft,
          suggested: suggested === true,
        })),
        isActive: (item) => item.suggested,
      });
      return outcome.kind === 'done' ? { kind: 'done', value: outcome.value.draft } : outcome;
    }
    case 'many': {
      for (;;) {
        const outcome = await pickMany({
          ...position,
          title,
          placeholder,
          items: question.choices.map(({ label, description, picked }, index) => ({
            label,
            description,
            picked,
            index,
          })),
        });
        if (outcome.kind !== 'done') return outcome;
        const draft = question.draft(outcome.value.map(({ index }) => index));
        if (draft) return { kind: 'done', value: draft };
      }
    }
    case 'text': {
      const outcome = await typeWithPreview({
        ...position,
        title,
        placeholder,
        value: question.value,
        lines(text) {
          const problem = question.problem(text);
          if (problem !== undefined) return { ok: false, items: [{ label: `$(error) ${problem}` }] };
          const preview = question.preview?.(text);
          const items = preview?.lines.map(({ answer, file, reason }) => ({
            label: answer === null ? '$(circle-slash) none' : `$(tag) ${answer}`,
            description: file,
            ...(answer === null ? { detail: reason } : {}),
          }));
          return {
            ok: true,
            items: [
              { label: `$(check) Use ${text}`, ...(preview ? { detail: preview.summary } : {}) },
              // The text hides the placeholder.
              { label: `$(info) ${placeholder}` },
              ...(items && items.length > 0
                ? [{ label: 'First files', kind: vscode.QuickPickItemKind.Separator }, ...items]
                : []),
            ],
          };
        },
      });
      return outcome.kind === 'done' ? { kind: 'done', value: question.draft(outcome.value) } : outcome;
    }
  }
}
