import type { DatasetFile } from '../../core/data/dataset-file';
import { formatDatasetFile, parseDatasetFile } from '../../core/data/dataset-file';

/** What was answered so far; the next question follows from it (see `nextQuestion`). What is undefined was not asked yet. */
export interface Draft {
  /** `as-it-is`: no description is written. `sizes`: only how images are brought to the network. `all`: from the labels on. */
  readonly scope?: 'as-it-is' | 'sizes' | 'all';
  readonly labels?: LabelDraft;
  /** null: none; the training images are cut by the seed of a run. */
  readonly splits?: ImageSplits | null;
  readonly groups?: { readonly from: 'pattern'; readonly pattern: string } | null;
  readonly inputSize?: InputSize | null;
  /** It is one that is not in the list. */
  readonly askSize?: true;
  readonly normalization?: Normalization | null;
  readonly askNormalization?: true;
}

type ImagesFile = Extract<DatasetFile, { kind: 'images' }>;
type TableFile = Extract<DatasetFile, { kind: 'table' }>;
export type ImageSplits = NonNullable<ImagesFile['splits']>;
export type LabelRule = NonNullable<ImagesFile['labels']>;
type InputSize = NonNullable<DatasetFile['inputSize']>;
type Normalization = NonNullable<DatasetFile['normalization']>;

export type LabelDraft =
  | { readonly from: 'folder' }
  | { readonly from: 'pattern'; readonly pattern?: string }
  | { readonly from: 'first-letter-case'; readonly upper?: string; readonly lower?: string }
  | ({ readonly from: 'table'; readonly table: string } & TableDraft);

export interface TableDraft {
  readonly header?: boolean;
  readonly file?: string | number;
  readonly labels?: readonly (string | number)[];
  /** null: a cell is one class. */
  readonly separator?: string | null;
  readonly split?: string | number | null;
  readonly group?: string | number | null;
}

/** What of the place goes into the description besides the answers. */
export interface DraftPlace {
  readonly name: string;
  /** Where the data lies, from dataset.json; null: beside it. */
  readonly path: string | null;
  /** Of a data set that was recognized. */
  readonly kind: DatasetFile['kind'] | null;
  /** Where file names of the table begin, in the data set; null: at its root. */
  readonly images: string | null;
  readonly delimiter: TableFile['delimiter'] | null;
}

/** The text of dataset.json. @throws UserError where answers do not fit together. */
export function describeDraft(draft: Draft, place: DraftPlace): string {
  const { splits, groups, inputSize, normalization } = draft;
  const common = {
    name: place.name,
    ...(place.path === null ? {} : { path: place.path }),
    ...(inputSize ? { inputSize } : {}),
    ...(normalization ? { normalization } : {}),
  };
  const labels = draft.scope === 'all' ? draft.labels : undefined;
  const file: Record<string, unknown> =
    labels?.from === 'table'
      ? { kind: 'table', ...common, ...describeTable(labels, place) }
      : {
          kind: labels ? 'images' : (place.kind ?? 'images'),
          ...common,
          ...(labels ? { labels: labelRule(labels) } : {}),
          ...(splits ? { splits } : {}),
          ...(groups ? { groups } : {}),
        };
  // Read as it will be read: what is wrong is said here, and not when a training begins.
  return formatDatasetFile(parseDatasetFile(JSON.stringify(file), 'dataset.json'));
}

/** The rule that was described, as far as it is complete. */
export function labelRule(draft: LabelDraft): LabelRule | undefined {
  switch (draft.from) {
    case 'folder':
      return { from: 'folder' };
    case 'pattern':
      return draft.pattern === undefined ? undefined : patternRule(draft.pattern);
    case 'first-letter-case': {
      const { upper, lower } = draft;
      return upper === undefined || lower === undefined ? undefined : { from: 'first-letter-case', upper, lower };
    }
    case 'table':
      return undefined;
  }
}

/** A pattern with a slash is for the path, others for the name of the file. */
export function patternRule(pattern: string): {
  readonly from: 'pattern';
  readonly pattern: string;
  readonly on?: 'path';
} {
  return { from: 'pattern', pattern, ...(pattern.includes('/') ? { on: 'path' as const } : {}) };
}

function describeTable(
  { table, header, file, labels = [], separator, split, group }: Extract<LabelDraft, { from: 'table' }>,
  { images, delimiter }: DraftPlace,
): object {
  const [only] = labels;
  return {
    table,
    ...(header === undefined ? {} : { header }),
    ...(delimiter === null ? {} : { delimiter }),
    ...(images === null ? {} : { images }),
    columns: { file, labels: labels.length === 1 ? only : labels },
    ...(typeof separator === 'string' ? { separator } : {}),
    ...(split === undefined || split === null ? {} : { splits: { from: 'column', column: split } }),
    ...(group === undefined || group === null ? {} : { groups: { from: 'column', column: group } }),
  };
}
