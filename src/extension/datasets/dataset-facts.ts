import type { DatasetSummary } from '../../core/data/dataset';

/** What was seen of a place before its user is asked about it. */
export interface DatasetFacts {
  /** Absolute: of a folder, an archive, or a file of a data set. */
  readonly path: string;
  readonly place: 'folder' | 'archive' | 'file';
  readonly name: string;
  /** What it is without a description; null where it is nothing that is known. */
  readonly recognized: DatasetSummary | null;
  /** Why it is not recognized, with what to do about it. */
  readonly problem: string | null;
  /** The first images in it: paths with '/'. Not more than some hundred. */
  readonly images: readonly string[];
  /** Whether there are more. */
  readonly moreImages: boolean;
  /** Folders right in it. */
  readonly folders: readonly string[];
  readonly tables: readonly TableFacts[];
}

/** A CSV or TSV file right in it. */
export interface TableFacts {
  readonly name: string;
  readonly delimiter: ',' | ';' | '\t' | '|';
  /** The first rows, as they stand there. */
  readonly rows: readonly (readonly string[])[];
}
