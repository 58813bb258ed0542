/** Where a command's words are, as `kernels/program.ts` reads them. */
const Word = { opcode: 0, args: 1, barrier: 2, each: 3, counters: 4 } as const;
const commandWords = 5;
/** A pair of cache lines, as some cores fetch them. */
const COUNTER_BYTES = 128;

/** Commands that all parts run one after the other. */
export class CommandList {
  private readonly commands: number[] = [];

  get count(): number {
    return this.commands.length / commandWords;
  }

  /** `each`: into how many pieces each part's work is cut; 0: the parts share it evenly. */
  push(opcode: number, args: number, barrier: boolean, each: number): void {
    // The counters' place is known in the end.
    this.commands.push(opcode, args, barrier ? 1 : 0, each, 0);
  }

  hasBarrierAfter(command: number): boolean {
    return this.commands[command * commandWords + Word.barrier] === 1;
  }

  setBarrierAfter(command: number, barrier: boolean): void {
    this.commands[command * commandWords + Word.barrier] = barrier ? 1 : 0;
  }

  /**
   * Lays the counters of pieces from this address on; returns their bytes. Commands that no barrier separates have counters of
   * their own, all others the same ones.
   */
  placeCounters(first: number, threads: number): number {
    let [most, used] = [0, 0];
    for (let index = 0; index < this.count; index++) {
      const at = index * commandWords;
      if (this.commands[at + Word.each] !== 0) {
        this.commands[at + Word.counters] = first + COUNTER_BYTES * threads * used++;
      }
      most = Math.max(most, used);
      if (this.hasBarrierAfter(index)) used = 0;
    }
    return COUNTER_BYTES * threads * most;
  }

  words(): readonly number[] {
    return [this.count, ...this.commands];
  }
}
