import type { SkippedFile } from '../../core/data/dataset';

/** Files that can't be used, and why; of very many only the first are kept, and how many more there are. */
export class SkippedList {
  private readonly files: SkippedFile[] = [];
  private more = 0;

  constructor(private readonly place: string) {}

  add(path: string, reason: string): void {
    if (this.files.length < mostKept) this.files.push({ path, reason });
    else this.more++;
  }

  finish(): readonly SkippedFile[] {
    if (this.more === 0) return this.files;
    return [...this.files, { path: this.place, reason: `has ${this.more} more that can't be used` }];
  }
}

const mostKept = 1000;
