import { describe, expect, test } from 'vitest';
import type { DatasetSummary } from '../../../../src/core/data/dataset';
import type { DatasetFacts } from '../../../../src/extension/datasets/dataset-facts';
import { type Draft, describeDraft } from '../../../../src/extension/datasets/dataset-draft';
import { parseTable } from '../../../../src/extension/datasets/look-at-dataset';
import { nextQuestion, recognizedKind } from '../../../../src/extension/datasets/next-question';
import { imagesFolderOf } from '../../../../src/extension/datasets/table-questions';

const nothing: DatasetFacts = {
  path: '/data/pets',
  place: 'folder',
  name: 'pets',
  recognized: null,
  problem: 'It is not recognized.',
  images: [],
  moreImages: false,
  folders: [],
  tables: [],
};

const pets: DatasetFacts = {
  ...nothing,
  images: ['Abyssinian_1.jpg', 'Abyssinian_2.jpg', 'beagle_1.jpg', 'beagle_2.jpg', 'notes.jpg'],
};

const classFolders: DatasetSummary = {
  name: 'shapes',
  path: '/data/shapes',
  format: 'image-folder',
  splits: [
    {
      name: 'train',
      count: 90,
      classes: [
        { name: 'circle', count: 45 },
        { name: 'square', count: 45 },
      ],
    },
    {
      name: 'test',
      count: 10,
      classes: [
        { name: 'circle', count: 5 },
        { name: 'square', count: 5 },
      ],
    },
  ],
};
const shapes: DatasetFacts = {
  ...nothing,
  name: 'shapes',
  recognized: classFolders,
  problem: null,
  images: ['train/circle/1.png', 'train/square/1.png', 'test/circle/2.png'],
  folders: ['test', 'train'],
};

/** Answers the questions one after another: the label of a choice (its begin), labels of several, or a text; true: Enter. */
function walk(facts: DatasetFacts, answers: readonly (string | readonly string[] | true)[]) {
  let draft: Draft = {};
  const asked: string[] = [];
  for (const answer of answers) {
    const question = nextQuestion(facts, draft);
    if (!question) throw new Error(`Nothing is asked after ${asked.join(', ')}.`);
    asked.push(question.id);
    if (question.kind === 'text') {
      const text = answer === true ? question.value : String(answer);
      expect(question.problem(text)).toBeUndefined();
      draft = question.draft(text);
    } else if (question.kind === 'many') {
      const picked = question.choices.flatMap(({ label, picked: ticked }, index) =>
        (answer === true ? ticked : answer.includes(label)) ? [index] : [],
      );
      draft = question.draft(picked) ?? draft;
    } else {
      const chosen = question.choices.find(({ label, suggested }) =>
        answer === true ? suggested : label.startsWith(String(answer)),
      );
      if (!chosen) throw new Error(`${question.id} has only ${question.choices.map(({ label }) => label).join(', ')}.`);
      ({ draft } = chosen);
    }
  }
  return { draft, asked, next: nextQuestion(facts, draft) };
}

function described(facts: DatasetFacts, draft: Draft): unknown {
  const { labels } = draft;
  const table = labels?.from === 'table' ? facts.tables.find(({ name }) => name === labels.table) : undefined;
  const images = labels?.from === 'table' ? imagesFolderOf(facts, labels) || null : null;
  const place = {
    name: facts.name,
    path: null,
    kind: recognizedKind(facts),
    images,
    delimiter: table?.delimiter ?? null,
  };
  return JSON.parse(describeDraft(draft, place));
}

describe('a data set that is recognized', () => {
  test('costs one Enter, and shows what it is', () => {
    const question = nextQuestion(shapes, {});
    expect(question?.kind === 'choice' && question.choices[0]).toMatchObject({
      label: 'Add it as it is',
      detail: 'image folder · 2 classes · 100 images (90 training, 10 test)',
    });
    const { draft, next } = walk(shapes, [true]);
    expect(draft).toEqual({ scope: 'as-it-is' });
    expect(next).toBeUndefined();
  });

  test('may have its input size and normalization set, and nothing else', () => {
    const { draft, asked, next } = walk(shapes, ['Also set', '64', 'Those of ImageNet']);
    expect(asked).toEqual(['scope', 'size', 'normalization']);
    expect(next).toBeUndefined();
    expect(described(shapes, draft)).toEqual({
      kind: 'images',
      name: 'shapes',
      inputSize: { height: 64, width: 64 },
      normalization: 'imagenet',
    });
  });

  test('may be described otherwise: its folders say the splits', () => {
    const { draft, next } = walk(shapes, ['Describe it', 'The folder', true, true, true, true]);
    expect(next).toBeUndefined();
    expect(described(shapes, draft)).toEqual({
      kind: 'images',
      name: 'shapes',
      labels: { from: 'folder' },
      splits: { from: 'folders', train: 'train', test: 'test' },
    });
  });
});

describe('images whose names say their class', () => {
  test('are labelled by a pattern that is guessed, with what it says of them', () => {
    const { draft } = walk(pets, ['A part of its file name']);
    const question = nextQuestion(pets, draft);
    if (question?.kind !== 'text') throw new Error('A pattern was to be asked for.');
    expect(question.value).toBe('^(.+)_\\d+\\.\\w+$');
    const preview = question.preview?.(question.value);
    expect(preview?.summary).toBe('2 classes in 5 files: Abyssinian 2, beagle 2; 1 without');
    expect(preview?.lines.slice(0, 3)).toEqual([
      { answer: 'Abyssinian', file: 'Abyssinian_1.jpg', reason: '' },
      { answer: 'beagle', file: 'beagle_1.jpg', reason: '' },
      { answer: null, file: 'notes.jpg', reason: expect.stringContaining('does not match') as string },
    ]);
    expect(question.problem('(')).toContain('is no regular expression');
    expect(question.problem('(a+)+')).toContain('for ever');
    expect(question.problem('')).toBeDefined();
  });

  test('are described with the pattern, splits by path, groups and a size of their own', () => {
    const answers: readonly (string | true)[] = [
      'A part',
      true,
      'By a part',
      '^(train|test)/',
      'Yes',
      '^([a-z]+)_',
      'Another',
      '3x96x128',
      'Others',
    ];
    const { draft, asked, next } = walk(pets, [...answers, '0.5 0.4 0.3 / 0.2 0.2 0.2']);
    expect(asked).toEqual([
      'labels',
      'label-pattern',
      'splits',
      'split-pattern',
      'groups',
      'group-pattern',
      'size',
      'other-size',
      'normalization',
      'other-normalization',
    ]);
    expect(next).toBeUndefined();
    expect(described(pets, draft)).toEqual({
      kind: 'images',
      name: 'pets',
      labels: { from: 'pattern', pattern: '^(.+)_\\d+\\.\\w+$' },
      splits: { from: 'pattern', pattern: '^(train|test)/', on: 'path' },
      groups: { from: 'pattern', pattern: '^([a-z]+)_' },
      inputSize: { height: 96, width: 128, channels: 3 },
      normalization: { mean: [0.5, 0.4, 0.3], std: [0.2, 0.2, 0.2] },
    });
  });

  test('are labelled by the case of their first letter', () => {
    const { draft } = walk(pets, ['Whether', 'cat']);
    const question = nextQuestion(pets, draft);
    if (question?.kind !== 'text') throw new Error('A class was to be asked for.');
    expect(question.preview?.('dog').summary).toBe('2 classes in 5 files: dog 3, cat 2');
    expect(question.problem('cat')).toContain('another one');
    const done = walk(pets, ['Whether', 'cat', 'dog', 'All', true, true, true]);
    expect(done.next).toBeUndefined();
    expect(described(pets, done.draft)).toEqual({
      kind: 'images',
      name: 'pets',
      labels: { from: 'first-letter-case', upper: 'cat', lower: 'dog' },
    });
  });

  test('are asked about without a choice where there are none', () => {
    expect(nextQuestion(nothing, {})).toMatchObject({ kind: 'choice', choices: [] });
  });
});

describe('a table of labels', () => {
  const facts = (name: string, text: string, images: readonly string[] = []): DatasetFacts => {
    const table = parseTable(name, text, false);
    return { ...nothing, images, tables: table ? [table] : [] };
  };

  test('is described by Enter alone where its columns have the usual names', () => {
    const seen = facts(
      'labels.csv',
      'id,image,species,split,patient\n1,Abyssinian_1,cat,train,a\n2,beagle_1,dog,test,b\n',
      ['photos/Abyssinian_1.jpg', 'photos/beagle_1.jpg'],
    );
    const { draft, asked, next } = walk(seen, ['The table', true, 'image', true, true, true, 'patient', true, true]);
    expect(asked).toEqual([
      'labels',
      'header',
      'file-column',
      'label-columns',
      'separator',
      'split-column',
      'group-column',
      'size',
      'normalization',
    ]);
    expect(next).toBeUndefined();
    expect(described(seen, draft)).toEqual({
      kind: 'table',
      name: 'pets',
      table: 'labels.csv',
      header: true,
      delimiter: ',',
      images: 'photos',
      columns: { file: 'image', labels: 'species' },
      splits: { from: 'column', column: 'split' },
      groups: { from: 'column', column: 'patient' },
    });
  });

  test('may have no header, and several classes in a cell', () => {
    const seen = facts('list.tsv', 'a/1.png\tred;round\na/2.png\tblue\n', ['a/1.png', 'a/2.png']);
    const { draft, next } = walk(seen, ['The table', true, true, true, true, true, true]);
    expect(next).toBeUndefined();
    expect(described(seen, draft)).toEqual({
      kind: 'table',
      name: 'pets',
      table: 'list.tsv',
      header: false,
      delimiter: '\t',
      columns: { file: 0, labels: 1 },
      separator: ';',
    });
  });

  test('may have a column for each class', () => {
    const seen = facts('t.csv', 'file;red;round\n1.png;1;0\n2.png;1;1\n', ['1.png', '2.png']);
    const { draft, next } = walk(seen, ['The table', true, true, ['red', 'round'], true, true]);
    expect(next).toBeUndefined();
    expect(described(seen, draft)).toMatchObject({
      delimiter: ';',
      columns: { file: 'file', labels: ['red', 'round'] },
    });
  });

  test('is read from its begin, with quotes, and not where it is none', () => {
    const cut = parseTable('a.csv', '"file","class"\n"a, b.png","x"\n"c.png","to', true);
    expect(cut?.rows).toEqual([
      ['file', 'class'],
      ['a, b.png', 'x'],
    ]);
    expect(parseTable('a.csv', '"never closed', false)).toBeUndefined();
    expect(parseTable('a.csv', '', false)).toBeUndefined();
  });
});
