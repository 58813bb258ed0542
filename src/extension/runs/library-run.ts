import type { StoredRun } from '../../node/run-store';

/** A run in one of the open folders. */
export interface LibraryRun extends StoredRun {
  /** Name of the open folder that it is in. */
  readonly workspaceFolder: string;
}
