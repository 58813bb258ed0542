import type { Draft } from './dataset-draft';
import type { RulePreview } from './rule-previews';

/** One step of the wizard: what is asked, and the draft that each answer makes. */
export type Question = ChoiceQuestion | ManyQuestion | TextQuestion;

interface QuestionBase {
  /** What it is about; the same question has the same one. */
  readonly id: string;
  readonly title: string;
  readonly placeholder: string;
}

export interface ChoiceQuestion extends QuestionBase {
  readonly kind: 'choice';
  readonly choices: readonly Choice[];
}

export interface Choice {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  /** Begun with: one Enter takes it. */
  readonly suggested?: boolean;
  readonly draft: Draft;
}

export interface ManyQuestion extends QuestionBase {
  readonly kind: 'many';
  readonly choices: readonly { readonly label: string; readonly description: string; readonly picked: boolean }[];
  /** By places in `choices`; null: that can't be. */
  readonly draft: (picked: readonly number[]) => Draft | null;
}

export interface TextQuestion extends QuestionBase {
  readonly kind: 'text';
  readonly value: string;
  /** Why a text won't do; undefined: it will. */
  readonly problem: (text: string) => string | undefined;
  /** What it would mean; only for texts that will do. */
  readonly preview?: (text: string) => RulePreview;
  readonly draft: (text: string) => Draft;
}
