import { UserError, describeError } from '../../core/errors';
import { isGrouped, type SplitConfig } from '../../core/data/split-config';
import type { ClassWeights, TrainConfig } from '../../core/train/config';
import { parseTrainConfig } from '../../core/train/parse-config';
import type { ConfigField, FieldOption } from './config-form';
import { numberOf, optionLabel } from './field-values';

/* The rows of the training form that say how images are split, drawn, mixed and weighed. */

export type DataFieldId =
  'classWeights' | 'classWeightValues' | 'sampler' | 'mixup' | 'cutmix' | 'split' | 'groupPattern' | 'fold';

export function weighingFields({ loss: { classWeights }, sampler }: TrainConfig): readonly ConfigField[] {
  const kind = typeof classWeights === 'object' ? 'named' : classWeights;
  return [
    choice('classWeights', 'Class weights', classWeightOptions, kind),
    ...(typeof classWeights === 'object'
      ? [
          text(
            'classWeightValues',
            'Weights of classes',
            shownWeights(classWeights),
            'What images of the classes count, others 1: cat=2, dog=0.5',
          ),
        ]
      : []),
    choice('sampler', 'Sampler', samplerOptions, sampler),
  ];
}

export function mixingFields({ mixing: { mixup, cutmix } }: TrainConfig): readonly ConfigField[] {
  const alpha = (id: DataFieldId, label: string, value: number, prompt: string): ConfigField => ({
    ...{ id, label, shown: value === 0 ? 'off' : `α = ${value}` },
    edit: { kind: 'number', text: `${value}`, prompt },
  });
  return [
    alpha('mixup', 'MixUp', mixup, 'α: two images are averaged by shares from Beta(α, α); 0 is off, 0.2 is usual'),
    alpha(
      'cutmix',
      'CutMix',
      cutmix,
      'α: a box of an image is put into another, share from Beta(α, α); 0 is off, 1 is usual',
    ),
  ];
}

export function splitFields({ split }: TrainConfig, folds: number | null): readonly ConfigField[] {
  const { kind, groupPattern, fold } = split;
  return [
    choice('split', 'Split', splitOptions, kind),
    ...(isGrouped(split)
      ? [
          text(
            'groupPattern',
            'Group pattern',
            groupPattern ?? '',
            'Images whose names have the same text in the parentheses stay together: ^(patient\\d+)_; empty: as the data set says',
            groupPattern ?? 'as the data set says',
          ),
        ]
      : []),
    text(
      'fold',
      'Folds',
      folds !== null ? `${folds}` : fold ? `${fold.number}/${fold.count}` : '',
      'Instead of a share: 5 cuts the images into 5 parts and trains 5 times, each part once for validation; 2/5 trains once, with part 2; empty is off',
      folds !== null ? `all ${folds}, one after the other` : fold ? `${fold.number} of ${fold.count}` : 'off',
    ),
  ];
}

/** The configuration, not parsed yet, with one of these fields set. */
export function withDataField(config: TrainConfig, id: DataFieldId, typed: string): unknown {
  const { loss, mixing, split } = config;
  switch (id) {
    case 'classWeights': {
      const kept = typeof loss.classWeights === 'object' ? loss.classWeights : {};
      return { ...config, loss: { ...loss, classWeights: typed === 'named' ? kept : typed } };
    }
    case 'classWeightValues':
      return { ...config, loss: { ...loss, classWeights: weightsOf(typed) } };
    case 'sampler':
      return { ...config, sampler: typed };
    case 'mixup':
    case 'cutmix':
      return { ...config, mixing: { ...mixing, [id]: numberOf(typed) } };
    case 'split': {
      const kind = typed as SplitConfig['kind'];
      return { ...config, split: { ...split, kind, ...(isGrouped({ ...split, kind }) ? {} : { groupPattern: null }) } };
    }
    case 'groupPattern':
      return { ...config, split: { ...split, groupPattern: typed === '' ? null : typed } };
    case 'fold':
      return { ...config, split: { ...split, fold: foldOf(typed) } };
  }
}

/** What the row of the folds says: all of so many (`5`), or one (`2/5`). Throws a UserError that says what does not fit. */
export function withFolds(config: TrainConfig, typed: string): FoldsChoice {
  const all = /^\d+$/.test(typed.trim()) ? Number(typed) : null;
  const checked = withDataField(config, 'fold', all === null ? typed.trim() : `1/${all}`);
  const parsed = parseTrainConfig(checked);
  return all === null
    ? { config: parsed, folds: null }
    : { config: { ...parsed, split: { ...parsed.split, fold: null } }, folds: all };
}

/** Why a text does not fit; undefined where it does. */
export function checkFolds(config: TrainConfig, typed: string): string | undefined {
  try {
    withFolds(config, typed);
    return undefined;
  } catch (error) {
    return describeError(error);
  }
}

export interface FoldsChoice {
  readonly config: TrainConfig;
  /** All of so many are trained, one after the other; null: it is a single training. */
  readonly folds: number | null;
}

function foldOf(typed: string): unknown {
  if (typed === '') return null;
  const [number = '', count = '', ...more] = typed.split('/');
  if (count === '' || more.length > 0)
    throw new UserError(`'${typed}' is neither a number of folds, such as 5, nor one of them, such as 1/5.`);
  return { number: numberOf(number), count: numberOf(count) };
}

/** `cat=2, dog=0.5` */
function shownWeights(weights: Exclude<ClassWeights, string>): string {
  return Object.entries(weights)
    .map(([name, weight]) => `${name}=${weight}`)
    .join(', ');
}

function weightsOf(typed: string): Readonly<Record<string, number>> {
  const parts = typed.split(',').filter((part) => part.trim() !== '');
  return Object.fromEntries(
    parts.map((part) => {
      const at = part.lastIndexOf('=');
      if (at < 1) throw new UserError(`'${part.trim()}' is not of the form cat=2.`);
      return [part.slice(0, at).trim(), numberOf(part.slice(at + 1).trim())] as const;
    }),
  );
}

function choice(id: DataFieldId, label: string, options: readonly FieldOption[], chosen: string): ConfigField {
  return { id, label, shown: optionLabel(options, chosen), edit: { kind: 'choice', options, chosen } };
}

function text(id: DataFieldId, label: string, value: string, prompt: string, shown = value || 'none'): ConfigField {
  return { id, label, shown, edit: { kind: 'text', text: value, prompt } };
}

const classWeightOptions: readonly FieldOption[] = [
  { text: 'none', label: 'none', detail: 'Every image counts the same' },
  { text: 'balanced', label: 'balanced', detail: 'Every class counts the same, however many images it has' },
  { text: 'named', label: 'by class', detail: 'A weight for each class that is named' },
];

const samplerOptions: readonly FieldOption[] = [
  { text: 'shuffle', label: 'shuffle', detail: 'An epoch takes every image once' },
  { text: 'balanced', label: 'balanced', detail: 'Images are drawn so that every class is as likely' },
];

const splitOptions: readonly FieldOption[] = [
  { text: 'stratified', label: 'by class', detail: 'The same share of every class is for validation' },
  { text: 'random', label: 'at random', detail: 'Whatever their classes' },
  { text: 'grouped', label: 'by group', detail: 'Images that belong together (one patient, one scene) stay together' },
  {
    text: 'stratified-grouped',
    label: 'by group and class',
    detail: 'Groups stay together, classes are shared out as evenly as they allow',
  },
];
