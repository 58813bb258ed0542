import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeDraft } from '../../../../src/extension/datasets/dataset-draft';
import { lookAtDataset } from '../../../../src/extension/datasets/look-at-dataset';
import { recognizedKind } from '../../../../src/extension/datasets/next-question';
import { imagesFolderOf } from '../../../../src/extension/datasets/table-questions';
import { summarizeDataset } from '../../../../src/node/find-datasets';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cnn-lab look-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const { signal } = new AbortController();

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** Classes and counts of each split, as the written description opens. */
async function opened(location: string): Promise<unknown> {
  const summary = await summarizeDataset(location);
  return summary?.splits.map(({ name, classes }) => [name, ...classes.map((each) => `${each.name} ${each.count}`)]);
}

describe('what is seen of a place', () => {
  test('is what it is recognized as, with images from each of its folders', async () => {
    await write({ 'set/train/a/1.png': '', 'set/train/a/2.png': '', 'set/train/b/1.png': '', 'set/test/a/9.png': '' });
    const facts = await lookAtDataset(join(folder, 'set'), signal);
    expect(facts).toMatchObject({
      place: 'folder',
      name: 'set',
      problem: null,
      folders: ['test', 'train'],
      tables: [],
    });
    expect(facts.recognized?.format).toBe('image-folder');
    expect(facts.images).toEqual(['test/a/9.png', 'train/a/1.png', 'train/a/2.png', 'train/b/1.png']);
    expect(recognizedKind(facts)).toBe('images');
  });

  test('in an archive is the same, and a description elsewhere opens it', async () => {
    const image = new Uint8Array(4);
    const names = ['A_1.png', 'A_2.png', 'b_1.png'];
    await writeFile(join(folder, 'pets.zip'), zipSync(Object.fromEntries(names.map((name) => [name, image]))));
    const facts = await lookAtDataset(join(folder, 'pets.zip'), signal);
    expect(facts).toMatchObject({ place: 'archive', name: 'pets', recognized: null, images: names });
    expect(facts.problem).toContain('no folders that say which class they are');
    await mkdir(join(folder, 'data'));
    const draft = {
      scope: 'all',
      labels: { from: 'first-letter-case', upper: 'cat', lower: 'dog' },
      splits: null,
      groups: null,
    } as const;
    const place = { name: 'pets', path: '../pets.zip', kind: null, images: null, delimiter: null };
    await writeFile(join(folder, 'data', 'dataset.json'), describeDraft(draft, place));
    expect(await opened(join(folder, 'data'))).toEqual([['train', 'cat 2', 'dog 1']]);
  });

  test('beside a table is what the table needs: its description opens', async () => {
    await write({
      'pets/labels.csv': 'name;breed;subset\nx_1;Abyssinian;train\nx_2;beagle;train\nx_3;beagle;test\n',
      'pets/img/x_1.png': '',
      'pets/img/x_2.png': '',
      'pets/img/x_3.png': '',
    });
    // The table was chosen: it stands for its folder.
    const facts = await lookAtDataset(join(folder, 'pets', 'labels.csv'), signal);
    expect(facts.path).toBe(join(folder, 'pets'));
    expect(facts.tables.map(({ name, delimiter }) => [name, delimiter])).toEqual([['labels.csv', ';']]);
    const labels = {
      from: 'table',
      table: 'labels.csv',
      header: true,
      file: 'name',
      labels: ['breed'],
      separator: null,
      split: 'subset',
      group: null,
    } as const;
    const images = imagesFolderOf(facts, labels);
    expect(images).toBe('img');
    const text = describeDraft(
      { scope: 'all', labels },
      { name: 'pets', path: null, kind: null, images, delimiter: ';' },
    );
    await writeFile(join(folder, 'pets', 'dataset.json'), text);
    expect(await opened(join(folder, 'pets'))).toEqual([
      ['train', 'Abyssinian 1', 'beagle 1'],
      ['test', 'Abyssinian 0', 'beagle 1'],
    ]);
  });

  test('that is not there is told', async () => {
    await expect(lookAtDataset(join(folder, 'nowhere'), signal)).rejects.toThrow(/does not exist/);
  });
});
