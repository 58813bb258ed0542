import type { DuplicateGroup } from '../../protocol/dataset-inspection';

export interface DuplicateSearchHandlers {
  readonly load: (mostDistance: number | null) => Promise<readonly DuplicateGroup[]>;
  readonly changed: () => void;
  readonly failed: (error: unknown) => void;
}

/** Groups of images that are alike, searched for when they are first wanted; duplicates and leakage are two views of them. */
export class DuplicateSearch {
  /** Undefined: they have not been searched for, or not found yet. */
  groups: readonly DuplicateGroup[] | undefined;
  private mostDistance: number | null = null;
  private generation = 0;
  private state: 'idle' | 'running' | 'failed' = 'idle';

  constructor(private readonly handlers: DuplicateSearchHandlers) {}

  get isRunning(): boolean {
    return this.state === 'running';
  }

  reset(): void {
    this.generation++;
    this.groups = undefined;
    this.state = 'idle';
  }

  /** Searches, unless what is wanted is there, under way, or has failed; `again`: even then. */
  want(mostDistance: number | null, again = false): void {
    const isSame = mostDistance === this.mostDistance;
    if (!again && isSame && (this.groups || this.state !== 'idle')) return;
    this.mostDistance = mostDistance;
    this.state = 'running';
    const generation = ++this.generation;
    this.handlers.load(mostDistance).then(
      (groups) => {
        if (generation !== this.generation) return;
        this.state = 'idle';
        this.groups = [...groups].sort(worstFirst);
        this.handlers.changed();
      },
      (error: unknown) => {
        if (generation !== this.generation) return;
        this.state = 'failed';
        this.handlers.failed(error);
        this.handlers.changed();
      },
    );
  }
}

/** What spoils results comes first: images in several splits, then labels that disagree; then the exact ones. */
function worstFirst(left: DuplicateGroup, right: DuplicateGroup): number {
  const rank = ({ leaks, disagree, kind }: DuplicateGroup) =>
    4 * Number(leaks) + 2 * Number(disagree) + Number(kind === 'exact');
  return rank(right) - rank(left) || (left.items[0] ?? 0) - (right.items[0] ?? 0);
}
