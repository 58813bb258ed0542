import type { DatasetFile } from '../../core/data/dataset-file';
import { splitNameOf, splitOrder } from '../../core/data/split-names';
import type { DatasetFacts } from './dataset-facts';
import { type Draft, type ImageSplits, type LabelRule, patternRule } from './dataset-draft';
import { guessPattern, patternProblem, previewGroups, previewLabels, previewSplits } from './rule-previews';
import { sizeQuestion, normalizationQuestion } from './size-questions';
import { nextTableQuestion } from './table-questions';
import type { Choice, Question } from './questions';
import { summaryLine } from './summary-line';

/**
 * What is asked next about a place; undefined: all is known. A data set that is recognized costs one Enter; otherwise it is
 * asked what says the class, then about splits and groups, then how images are brought to the network.
 */
export function nextQuestion(facts: DatasetFacts, draft: Draft): Question | undefined {
  if (draft.scope === undefined) {
    if (facts.recognized) return scopeQuestion(facts, draft);
    return labelsQuestion(facts, { ...draft, scope: 'all' });
  }
  if (draft.scope === 'as-it-is') return undefined;
  if (draft.scope === 'all') {
    const question = labelSteps(facts, draft);
    if (question) return question;
  }
  if (draft.inputSize === undefined) return sizeQuestion(facts, draft);
  if (draft.normalization === undefined) return normalizationQuestion(draft);
  return undefined;
}

/** The kind of description that a recognized data set has. */
export function recognizedKind({ recognized }: DatasetFacts): DatasetFile['kind'] | null {
  switch (recognized?.format) {
    case undefined:
      return null;
    case 'image-folder':
    case 'labelled-files':
      return 'images';
    case 'table':
    case 'idx':
    case 'cifar':
    case 'npy':
    case 'parquet':
      return recognized.format;
  }
}

function scopeQuestion(facts: DatasetFacts, draft: Draft): Question {
  const { recognized, name } = facts;
  // A table needs its columns said; only the formats that say all themselves can have the rest left out.
  const sizes: Choice[] =
    recognizedKind(facts) === 'table'
      ? []
      : [
          {
            label: 'Also set the input size and the normalization…',
            detail: 'Writes a dataset.json',
            draft: { ...draft, scope: 'sizes' },
          },
        ];
  const otherwise: Choice[] =
    facts.images.length > 0 || facts.tables.length > 0
      ? [
          {
            label: 'Describe it otherwise…',
            detail: 'Which class an image is, splits, groups, input size: writes a dataset.json',
            draft: { ...draft, scope: 'all' },
          },
        ]
      : [];
  return {
    kind: 'choice',
    id: 'scope',
    title: `Add Dataset: ${name}`,
    placeholder: 'Is this right?',
    choices: [
      {
        label: 'Add it as it is',
        detail: recognized ? summaryLine(recognized) : '',
        suggested: true,
        draft: { ...draft, scope: 'as-it-is' },
      },
      ...sizes,
      ...otherwise,
    ],
  };
}

function labelSteps(facts: DatasetFacts, draft: Draft): Question | undefined {
  const { labels } = draft;
  if (!labels) return labelsQuestion(facts, draft);
  switch (labels.from) {
    case 'table':
      return nextTableQuestion(facts, draft, labels);
    case 'pattern':
      if (labels.pattern === undefined) return labelPatternQuestion(facts, draft);
      break;
    case 'first-letter-case':
      if (labels.upper === undefined || labels.lower === undefined) return caseQuestion(facts, draft, labels);
      break;
    case 'folder':
      break;
  }
  if (draft.splits === undefined) return splitsQuestion(facts, draft);
  if (draft.splits?.from === 'pattern' && draft.splits.pattern === '') return splitPatternQuestion(facts, draft);
  if (draft.groups === undefined) return groupsQuestion(draft);
  if (draft.groups?.pattern === '') return groupPatternQuestion(facts, draft);
  return undefined;
}

function labelsQuestion(facts: DatasetFacts, draft: Draft): Question {
  const guess = guessPattern(facts.images);
  const summary = (rule: LabelRule) => previewLabels(rule, facts).summary;
  const byCase = { from: 'first-letter-case', upper: 'capital', lower: 'small' } as const;
  const images: Choice[] =
    facts.images.length === 0
      ? []
      : [
          {
            label: 'The folder that it is in',
            detail: summary({ from: 'folder' }),
            draft: { ...draft, labels: { from: 'folder' } },
          },
          {
            label: 'A part of its file name…',
            detail: summary(patternRule(guess)),
            draft: { ...draft, labels: { from: 'pattern' } },
          },
          {
            label: 'Whether its file name begins with a capital…',
            description: 'as in the Oxford-IIIT Pet set',
            detail: summary(byCase),
            draft: { ...draft, labels: { from: 'first-letter-case' } },
          },
        ];
  const tables = facts.tables.map(({ name, rows }): Choice => ({
    label: `The table ${name}`,
    detail: (rows[0] ?? []).join(' · '),
    draft: { ...draft, labels: { from: 'table', table: name } },
  }));
  return {
    kind: 'choice',
    id: 'labels',
    title: `Add Dataset: ${facts.name}`,
    placeholder: `${facts.problem ?? ''} What says which class an image is?`.trim(),
    choices: [...tables, ...images],
  };
}

function labelPatternQuestion(facts: DatasetFacts, draft: Draft): Question {
  return {
    kind: 'text',
    id: 'label-pattern',
    title: 'Add Dataset: Class by File Name',
    placeholder:
      'Regular expression; its first group, or the one named label, is the class. With a / it is for the path',
    value: guessPattern(facts.images),
    problem: patternProblem,
    preview: (pattern) => previewLabels(patternRule(pattern), facts),
    draft: (pattern) => ({ ...draft, labels: { from: 'pattern', pattern } }),
  };
}

function caseQuestion(
  facts: DatasetFacts,
  draft: Draft,
  labels: Extract<Draft['labels'], { from: 'first-letter-case' }>,
): Question {
  const upper = labels.upper;
  const asksUpper = upper === undefined;
  return {
    kind: 'text',
    id: asksUpper ? 'case-upper' : 'case-lower',
    title: 'Add Dataset: Class by Case',
    placeholder: `Class of files that begin with a ${asksUpper ? 'capital' : 'small'} letter`,
    value: asksUpper ? 'cat' : 'dog',
    problem: (text) =>
      text.trim() === ''
        ? 'The name of a class'
        : text.trim() === upper
          ? 'It must be another one than that of files with a capital letter'
          : undefined,
    preview: (text) =>
      previewLabels(
        asksUpper
          ? { from: 'first-letter-case', upper: text.trim(), lower: '(small letter)' }
          : { from: 'first-letter-case', upper, lower: text.trim() },
        facts,
      ),
    draft: (text) => ({ ...draft, labels: { ...labels, [asksUpper ? 'upper' : 'lower']: text.trim() } }),
  };
}

function splitsQuestion(facts: DatasetFacts, draft: Draft): Question {
  const byFolder = splitFolders(facts);
  return {
    kind: 'choice',
    id: 'splits',
    title: 'Add Dataset: Splits',
    placeholder: 'Which images are for training, validation and test?',
    choices: [
      ...(byFolder
        ? [
            {
              label: 'As the folders say',
              detail: splitOrder.flatMap((name) => byFolder[name] ?? []).join(' · '),
              suggested: true,
              draft: { ...draft, splits: byFolder },
            },
          ]
        : []),
      {
        label: 'All for training',
        detail: 'Each run takes its validation images from them, at random by its seed',
        draft: { ...draft, splits: null },
      },
      {
        label: 'By a part of the path…',
        detail: 'A regular expression that finds train, val or test',
        draft: { ...draft, splits: { from: 'pattern', pattern: '' } },
      },
    ],
  };
}

function splitFolders({ folders }: DatasetFacts): Extract<ImageSplits, { from: 'folders' }> | undefined {
  const byName = new Map(
    [...folders].reverse().flatMap((folder) => {
      const name = splitNameOf(folder);
      return name === undefined ? [] : [[name, folder] as const];
    }),
  );
  const train = byName.get('train');
  if (train === undefined) return undefined;
  const [val, test] = [byName.get('val'), byName.get('test')];
  return {
    from: 'folders',
    train,
    ...(val === undefined ? {} : { val }),
    ...(test === undefined ? {} : { test }),
  };
}

function splitPatternQuestion(facts: DatasetFacts, draft: Draft): Question {
  return {
    kind: 'text',
    id: 'split-pattern',
    title: 'Add Dataset: Splits by Path',
    placeholder: 'Regular expression; its first group, or the one named split, is train, val or test',
    value: '(train|val|test)/',
    problem: patternProblem,
    preview: (pattern) => previewSplits(pattern, facts),
    draft: (pattern) => ({ ...draft, splits: patternRule(pattern) }),
  };
}

function groupsQuestion(draft: Draft): Question {
  return {
    kind: 'choice',
    id: 'groups',
    title: 'Add Dataset: Groups',
    placeholder: 'Are there images that belong together, as of one patient or of one object?',
    choices: [
      {
        label: 'No',
        detail: 'Each image may come into any split',
        suggested: true,
        draft: { ...draft, groups: null },
      },
      {
        label: 'Yes, their names tell…',
        detail: 'A regular expression; images of one group stay in one split',
        draft: { ...draft, groups: { from: 'pattern', pattern: '' } },
      },
    ],
  };
}

function groupPatternQuestion(facts: DatasetFacts, draft: Draft): Question {
  return {
    kind: 'text',
    id: 'group-pattern',
    title: 'Add Dataset: Groups by Name',
    placeholder: 'Regular expression; its first group says which images belong together',
    value: '^([^_]+)_',
    problem: patternProblem,
    preview: (pattern) => previewGroups(pattern, facts),
    draft: (pattern) => ({ ...draft, groups: patternRule(pattern) }),
  };
}
