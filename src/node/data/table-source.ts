import type { LabelTask, SplitName } from '../../core/data/dataset';

/** Images and a table that names them and their classes. Paths are in the tree. */
export interface TableSource {
  readonly format: 'table';
  /** Folder of the data set. */
  readonly path: string;
  readonly tables: readonly LabelTable[];
  /** Folder in which the names of files begin. */
  readonly images: string;
  /** What is put behind names of files, such as `.jpg`. */
  readonly extension?: string | undefined;
}

export interface LabelTable {
  readonly file: string;
  /** Of all its rows; undefined where a column or a rule says it. */
  readonly split?: SplitName | undefined;
  readonly hasHeader: boolean;
  readonly delimiter?: string | undefined;
  readonly columns: TableColumns;
  readonly separator?: string | undefined;
  readonly task?: LabelTask | undefined;
}

/** Numbers of columns, from 0 on. */
export interface TableColumns {
  readonly file: number;
  readonly labels: LabelColumns;
  readonly split?: number | undefined;
  readonly group?: number | undefined;
}

export type LabelColumns =
  /** A name in it, or several with a separator. */
  | { readonly kind: 'names'; readonly column: number }
  /** A column for each class, with 0 and 1. */
  | { readonly kind: 'flags'; readonly columns: readonly { readonly column: number; readonly name: string }[] };
