import { isImageFileName } from '../../core/data/image-file-name';
import type { Draft, LabelDraft } from './dataset-draft';
import type { DatasetFacts, TableFacts } from './dataset-facts';
import type { Choice, Question } from './questions';

type TableLabels = Extract<LabelDraft, { from: 'table' }>;

/** What is asked next about a table of labels; undefined: all is known. */
export function nextTableQuestion(facts: DatasetFacts, draft: Draft, labels: TableLabels): Question | undefined {
  const table = facts.tables.find(({ name }) => name === labels.table);
  if (!table) return undefined;
  const set = (more: Partial<TableLabels>): Draft => ({ ...draft, labels: { ...labels, ...more } });
  if (labels.header === undefined) return headerQuestion(table, set);
  const columns = columnsOf(table, labels.header);
  if (labels.file === undefined) return fileQuestion(columns, set);
  const others = columns.filter(({ ref }) => ref !== labels.file);
  if (labels.labels === undefined) return labelsQuestion(others, set);
  const rest = others.filter(({ ref }) => !labels.labels?.includes(ref));
  if (labels.separator === undefined) {
    const label = columns.find(({ ref }) => ref === labels.labels?.[0]);
    if (labels.labels.length === 1 && label) return separatorQuestion(label, set);
  }
  if (labels.split === undefined && rest.length > 0) {
    return columnQuestion(rest, 'split', 'Splits', 'Which column says train, val or test?', looksLikeSplit, (split) =>
      set({ split }),
    );
  }
  if (labels.group === undefined) {
    const left = rest.filter(({ ref }) => ref !== labels.split);
    if (left.length > 0) {
      return columnQuestion(
        left,
        'group',
        'Groups',
        'Which column says which images belong together?',
        () => false,
        (group) => set({ group }),
      );
    }
  }
  return undefined;
}

/** Where the file names of a table begin: the folder that, put before them, gives images that are there; '' the root. */
export function imagesFolderOf(facts: DatasetFacts, labels: TableLabels): string {
  const table = facts.tables.find(({ name }) => name === labels.table);
  const column = table && columnsOf(table, labels.header ?? true).find(({ ref }) => ref === labels.file);
  const [name] = column?.samples ?? [];
  if (name === undefined) return '';
  const wanted = name.replaceAll('\\', '/').replace(/^\.\//, '');
  const found = facts.images.find(
    (image) =>
      withoutEnding(image) === withoutEnding(wanted) || withoutEnding(image).endsWith(`/${withoutEnding(wanted)}`),
  );
  if (found === undefined) return '';
  return found.slice(0, Math.max(0, withoutEnding(found).length - withoutEnding(wanted).length - 1));
}

function withoutEnding(path: string): string {
  return isImageFileName(path) ? path.replace(/\.\w+$/, '') : path;
}

interface Column {
  /** Its name, or its number from 0 on where the table has no header. */
  readonly ref: string | number;
  readonly title: string;
  readonly samples: readonly string[];
}

function columnsOf({ rows }: TableFacts, header: boolean): readonly Column[] {
  const [first = []] = rows;
  const body = header ? rows.slice(1) : rows;
  return first.map((name, index) => ({
    ref: header && name !== '' ? name : index,
    title: header && name !== '' ? name : `Column ${index + 1}`,
    samples: body.map((row) => row[index] ?? '').filter((cell) => cell !== ''),
  }));
}

function headerQuestion({ name, rows }: TableFacts, set: (more: Partial<TableLabels>) => Draft): Question {
  const [first = [], second] = rows;
  // A header names columns: it holds no image's name.
  const isHeader = second !== undefined && !first.some(isImageFileName);
  const choice = (header: boolean): Choice => ({
    label: header ? 'The names of columns' : 'The first image',
    suggested: header === isHeader,
    draft: set({ header }),
  });
  return {
    kind: 'choice',
    id: 'header',
    title: `Add Dataset: ${name}`,
    placeholder: `What is in its first line? ${first.join(' · ')}`,
    choices: [choice(true), choice(false)],
  };
}

function fileQuestion(columns: readonly Column[], set: (more: Partial<TableLabels>) => Draft): Question {
  const likely = columns.find(({ samples }) => samples.some(isImageFileName)) ?? columns[0];
  return {
    kind: 'choice',
    id: 'file-column',
    title: 'Add Dataset: Files',
    placeholder: 'Which column names the image files?',
    choices: columns.map((column) => ({
      label: column.title,
      detail: sampleText(column),
      suggested: column === likely,
      draft: set({ file: column.ref }),
    })),
  };
}

function labelsQuestion(columns: readonly Column[], set: (more: Partial<TableLabels>) => Draft): Question {
  const likely =
    columns.find(({ title }) => /^(label|labels|class|classes|category|target|tags|breed|species)$/i.test(title)) ??
    columns.find((column) => !looksLikeSplit(column));
  return {
    kind: 'many',
    id: 'label-columns',
    title: 'Add Dataset: Classes',
    placeholder: 'Which column says the class? Several, where each is a class and says 1 or 0',
    choices: columns.map((column) => ({
      label: column.title,
      description: sampleText(column),
      picked: column === likely,
    })),
    draft(picked) {
      const chosen = picked.flatMap((index) => columns[index]?.ref ?? []);
      return chosen.length === 0 ? null : set({ labels: chosen, ...(chosen.length > 1 ? { separator: null } : {}) });
    },
  };
}

function separatorQuestion(label: Column, set: (more: Partial<TableLabels>) => Draft): Question {
  const marks = [';', '|', ',', ' '] as const;
  const likely = marks.find((mark) => mark !== ' ' && label.samples.some((cell) => cell.includes(mark)));
  return {
    kind: 'choice',
    id: 'separator',
    title: 'Add Dataset: Classes',
    placeholder: 'How many classes has an image?',
    choices: [
      {
        label: 'One',
        detail: sampleText(label),
        suggested: likely === undefined,
        draft: set({ separator: null }),
      },
      ...marks
        .filter((mark) => label.samples.some((cell) => cell.includes(mark)))
        .map((mark) => ({
          label: `Any number, with ${mark === ' ' ? 'spaces' : mark} between them`,
          detail:
            label.samples
              .find((cell) => cell.includes(mark))
              ?.split(mark)
              .join(' + ') ?? '',
          suggested: mark === likely,
          draft: set({ separator: mark }),
        })),
    ],
  };
}

function columnQuestion(
  columns: readonly Column[],
  id: string,
  title: string,
  placeholder: string,
  isLikely: (column: Column) => boolean,
  draft: (column: string | number | null) => Draft,
): Question {
  const likely = columns.find(isLikely);
  return {
    kind: 'choice',
    id: `${id}-column`,
    title: `Add Dataset: ${title}`,
    placeholder,
    choices: [
      { label: 'None', suggested: likely === undefined, draft: draft(null) },
      ...columns.map((column) => ({
        label: column.title,
        detail: sampleText(column),
        suggested: column === likely,
        draft: draft(column.ref),
      })),
    ],
  };
}

function looksLikeSplit({ title, samples }: Column): boolean {
  const words =
    samples.length > 0 && samples.every((cell) => /^(train|training|val|valid|validation|test|testing)$/i.test(cell));
  return words || /^(split|subset|fold|partition)$/i.test(title);
}

function sampleText({ samples }: Column): string {
  return [...new Set(samples)].slice(0, 4).join(', ');
}
