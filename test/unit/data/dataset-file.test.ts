import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { formatDatasetFile, isDatasetFile, parseDatasetFile } from '../../../src/core/data/dataset-file';
import { UserError } from '../../../src/core/errors';

const schemaFile = path.join(import.meta.dirname, '../../../schemas/dataset.schema.json');
const validate = new Ajv({ strict: true, allErrors: true, formats: { regex: true } }).compile(
  JSON.parse(readFileSync(schemaFile, 'utf8')) as object,
);

const columns = { file: 'image', labels: 'label' };
const sound: readonly object[] = [
  { kind: 'images' },
  { $schema: 'x', kind: 'images', name: 'Pets', path: '../pets.zip', classes: ['cat', 'dog'] },
  { kind: 'images', path: '/data/pets', labels: { from: 'first-letter-case', upper: 'cat', lower: 'dog' } },
  { kind: 'images', labels: { from: 'pattern', pattern: '^(?<label>.+)_\\d+\\.jpg$', on: 'path' } },
  { kind: 'images', labels: { from: 'folder' }, splits: { from: 'folders', train: 'a', test: 'b/c' } },
  { kind: 'images', splits: { from: 'lists', train: 'trainval.txt', test: 'test.txt' } },
  {
    kind: 'images',
    splits: { from: 'pattern', pattern: '^(train|test)' },
    groups: { from: 'pattern', pattern: '^(p\\d+)' },
  },
  { kind: 'table', columns },
  {
    kind: 'table',
    table: 'meta/labels.csv',
    header: false,
    delimiter: ';',
    images: 'img',
    extension: '.jpg',
    columns: { file: 0, labels: [1, 2, 'c'] },
    task: 'multi-label',
    splits: { from: 'column', column: 3, values: { train: ['0', '1'], val: ['2'] } },
    groups: { from: 'column', column: 'patient' },
  },
  { kind: 'table', columns, separator: '|', splits: { from: 'tables', train: 'train.csv', val: 'val.csv' } },
  { kind: 'idx', inputSize: { height: 32, width: 32 }, normalization: 'computed' },
  { kind: 'idx', inputSize: { height: 32, width: 32, channels: 3 }, normalization: 'imagenet' },
  { kind: 'cifar', labels: 'coarse', normalization: { mean: [0.5, 0.4, 0.3], std: [1, 2, 3] } },
  {
    kind: 'npy',
    layout: 'NCHW',
    arrays: { train: { images: 'x', labels: 'y' }, test: { images: 'x2', labels: 'y2' } },
  },
  { kind: 'parquet', columns: { image: 'img' } },
];

const wrong: readonly (readonly [object, string])[] = [
  [{}, 'kind'],
  [{ kind: 'video' }, 'kind'],
  [{ kind: 'images', pathh: 'x' }, 'pathh'],
  [{ kind: 'images', path: '' }, 'path'],
  [{ kind: 'images', classes: ['one'] }, 'classes'],
  [{ kind: 'images', classes: ['one', 'one'] }, 'classes'],
  [{ kind: 'images', labels: { from: 'guess' } }, 'labels.from'],
  [{ kind: 'images', labels: { from: 'pattern' } }, 'labels.pattern'],
  [{ kind: 'images', labels: { from: 'first-letter-case', upper: 'cat' } }, 'labels.lower'],
  [{ kind: 'images', splits: { from: 'folders', train: '../out' } }, 'splits.train'],
  [{ kind: 'images', splits: { from: 'folders', train: 'a/../../b' } }, 'splits.train'],
  [{ kind: 'images', splits: { from: 'folders', train: '/etc' } }, 'splits.train'],
  [{ kind: 'images', splits: { from: 'folders', train: 'C:\\x' } }, 'splits.train'],
  [{ kind: 'images', splits: { from: 'lists', test: 'x' } }, 'splits.train'],
  [{ kind: 'images', splits: { from: 'column', column: 'x' } }, 'splits.from'],
  [{ kind: 'images', inputSize: { height: 0, width: 3 } }, 'inputSize.height'],
  [{ kind: 'images', inputSize: { height: 2.5, width: 3 } }, 'inputSize.height'],
  [{ kind: 'images', inputSize: { height: 3 } }, 'inputSize.width'],
  [{ kind: 'images', normalization: 'best' }, 'normalization'],
  [{ kind: 'images', normalization: { mean: [0.5], std: [0] } }, 'normalization'],
  [{ kind: 'images', normalization: { mean: [0.5, 1], std: [1, 1] } }, 'normalization'],
  [{ kind: 'table' }, 'columns'],
  [{ kind: 'table', columns: { file: 'x', labels: ['y'] } }, 'columns.labels'],
  [{ kind: 'table', columns: { file: -1, labels: 'y' } }, 'columns.file'],
  [{ kind: 'table', columns, table: '../labels.csv' }, 'table'],
  [{ kind: 'idx', labels: 'fine' }, 'labels'],
  [{ kind: 'npy', arrays: { test: { images: 'x', labels: 'y' } } }, 'arrays.train'],
];

/** JSON Schema can't say them. */
const beyondSchema: readonly (readonly [object, string])[] = [
  [{ kind: 'images', labels: { from: 'pattern', pattern: '(' } }, 'no regular expression'],
  [{ kind: 'images', labels: { from: 'pattern', pattern: '^(a+)+$' } }, 'may take for ever'],
  [{ kind: 'images', labels: { from: 'pattern', pattern: '^(a|ab)*$' } }, 'may take for ever'],
];

describe('dataset.json', () => {
  test.each(sound.map((each) => [JSON.stringify(each), each]))('%s is right for us and for editors', (text, file) => {
    expect(parseDatasetFile(text, 'dataset.json')).toEqual(file);
    validate(file);
    expect(validate.errors).toBeNull();
    expect(isDatasetFile(text)).toBe(true);
    expect(parseDatasetFile(formatDatasetFile(parseDatasetFile(text, 'a')), 'b')).toEqual(file);
  });

  test.each(wrong.map(([file, place]) => [JSON.stringify(file), place, file]))(
    '%s is wrong for us and for editors, at %s',
    (text, place, file) => {
      const error = refusal(text);
      expect(error.message).toContain(place);
      expect(error.remedy).toBeTruthy();
      expect(validate(file)).toBe(false);
    },
  );

  test.each(beyondSchema)('%j is refused: %s', (file, message) => {
    expect(refusal(JSON.stringify(file)).message).toContain(message);
  });

  test('that is no JSON is told where', () => {
    expect(refusal('{ "kind": "images", }').message).toContain('is not JSON');
  });

  test('of others is none of ours', () => {
    for (const text of ['[]', '{"annotations": []}', '{"kind": "Dataset"}', 'null', 'no']) {
      expect(isDatasetFile(text)).toBe(false);
    }
    expect(isDatasetFile('{ "kind": "images", ')).toBe(true);
  });
});

function refusal(text: string): UserError {
  try {
    parseDatasetFile(text, 'dataset.json');
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`Nothing is wrong with ${text}`);
}
