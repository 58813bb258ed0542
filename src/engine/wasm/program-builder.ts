import type { PlanTensor } from '../plan';
import { CommandList } from './command-list';

/** Where the regions are in memory, in bytes. */
export interface Bases {
  readonly state: number;
  readonly arena: number;
  readonly data: number;
  readonly scratch: number;
  readonly program: number;
  /** See ProgramBuilder.kept. */
  readonly kept: number;
}

export interface ProgramBuilderOptions {
  /** Whether what is made of parameters may be kept from one run to the next: no run of the program changes them. */
  readonly keeps?: boolean;
}

export interface CommandOptions {
  /** False: the next command may start before all parts are done. */
  readonly barrier?: boolean;
  /** How many pieces its work can be cut into at no cost: parts that are done early then take pieces of the others'. */
  readonly units?: number;
}

interface RangeCommand {
  readonly opcode: number;
  readonly args: number;
}

export interface EncodedStep {
  /** Number of commands up to its end. */
  readonly end: number;
  /** Whether the next step runs its kernels as it goes (see takeChain). */
  readonly keptChain: boolean;
}

export interface EncodedProgram {
  readonly words: Int32Array;
  /** Address of the command list; undefined if that is empty. */
  readonly entry: number | undefined;
  /** Address of the commands that make what is kept; undefined: nothing is. */
  readonly preparation: number | undefined;
  readonly keptBytes: number;
  readonly scratchBytes: number;
  readonly commandCount: number;
  /** Of each of the plan's steps. */
  readonly steps: readonly EncodedStep[];
}

/**
 * Collects the commands of a program: argument blocks and tables first, then the command list that
 * `kernels/program.ts` runs. Its size depends on the plan alone, so that a first pass with any bases tells what to allocate.
 */
export class ProgramBuilder {
  private readonly data: number[] = [];
  private readonly commands = new CommandList();
  private readonly preparation = new CommandList();
  /** Where commands go. */
  private list = this.commands;
  private readonly steps: EncodedStep[] = [];
  private scratchNeed = 0;
  private scratchTaken = 0;
  private keptTaken = 0;
  private ranges: { readonly count: number; readonly units: number; readonly commands: RangeCommand[] } | undefined;
  private grouping = false;
  private stepPieces = 0;

  constructor(
    private readonly opcodes: ReadonlyMap<string, number>,
    readonly threads: number,
    private readonly bases: Bases,
    private readonly options: ProgramBuilderOptions = {},
  ) {}

  address(tensor: PlanTensor): number {
    return this.bases[tensor.region] + tensor.offset;
  }

  /** Address of a tensor that may be absent: then 0. */
  addressOrZero(tensor: PlanTensor | undefined): number {
    return tensor ? this.address(tensor) : 0;
  }

  /** Stores constant words with the program; returns their address. */
  table(words: readonly number[]): number {
    const address = this.bases.program + this.data.length * 4;
    for (const word of words) this.data.push(word);
    return address;
  }

  /** Scratch memory that is the current step's until the next step; a multiple of 64 bytes. Contents are arbitrary. */
  scratch(bytes: number): number {
    const address = this.bases.scratch + this.scratchTaken;
    this.scratchTaken += align(bytes);
    this.scratchNeed = Math.max(this.scratchNeed, this.scratchTaken);
    return address;
  }

  /** Scratch memory of `bytes` for each part: its address, and the bytes from one part's to the next's. */
  partScratch(bytes: number): readonly [address: number, pitch: number] {
    const pitch = align(bytes) + PREFETCHED_BYTES;
    return [this.scratch(pitch * this.threads), pitch];
  }

  /** A kernel that shares out its own work: evenly, or piece by piece to who is free (see `kernels/share.ts`). */
  command(kernel: string, words: readonly number[], { barrier = true, units = 0 }: CommandOptions = {}): void {
    this.flushRanges();
    const args = this.table(words);
    const each = Math.floor(Math.min(units, this.stepPieces) / this.threads);
    this.list.push(this.opcode(kernel), args, barrier, this.threads > 1 && each > 1 ? each : 0);
  }

  /**
   * Memory for what the commands of `make` make of `source`, at the address that it is given. If that is a parameter that no run
   * changes, they do it only when someone else may have changed it; else it is scratch memory, and they are part of each run.
   */
  kept(bytes: number, source: PlanTensor, make: (address: number) => void): number {
    if (!this.keepsWhatIsMadeOf(source)) {
      const address = this.scratch(bytes);
      make(address);
      return address;
    }
    this.flushRanges();
    const address = this.bases.kept + this.keptTaken;
    this.keptTaken += align(bytes);
    this.list = this.preparation;
    make(address);
    this.barrier();
    this.list = this.commands;
    return address;
  }

  /** Whether `kept` keeps what is made of this tensor. */
  keepsWhatIsMadeOf({ region }: PlanTensor): boolean {
    return this.options.keeps === true && region === 'state';
  }

  /** Commands so far; element-wise ones count from when their pass is complete. */
  get commandCount(): number {
    return this.commands.count;
  }

  /** Whether the current step has taken scratch memory. */
  get usesScratch(): boolean {
    return this.scratchTaken > 0;
  }

  /** Lets this command begin while the one before it is still running. */
  removeBarrierBefore(command: number): void {
    if (command > 0) this.commands.setBarrierAfter(command - 1, false);
  }

  /** Whether parts wait for each other between this command and the last. */
  hasBarrierFrom(command: number): boolean {
    for (let index = command; index < this.commandCount - 1; index++) {
      if (this.commands.hasBarrierAfter(index)) return true;
    }
    return false;
  }

  /** All parts wait for each other here. */
  barrier(): void {
    this.flushRanges();
    if (this.list.count > 0) this.list.setBarrierAfter(this.list.count - 1, true);
  }

  /** An element-wise kernel over `count` elements; in a group, it joins the pass of the one before. */
  elementwise(kernel: string, words: readonly number[], count: number): void {
    if (!this.grouping || this.ranges?.count !== count) this.flushRanges();
    this.ranges ??= { count, units: Math.min(this.stepPieces, Math.floor(count / RANGE_UNIT)), commands: [] };
    this.ranges.commands.push({ opcode: this.opcode(kernel), args: this.table(words) });
  }

  /** The element-wise kernels that `build` adds share one pass. */
  group(build: () => void): void {
    this.flushRanges();
    this.grouping = true;
    build();
    this.grouping = false;
  }

  /** What a step is reckoned to take one thread: short ones are shared out evenly, as to look who is free takes time itself. */
  beginStep(microseconds: number): void {
    this.stepPieces = Math.min(MOST_PIECES * this.threads, microseconds / LEAST_PIECE_MICROSECONDS);
  }

  /** `keepChain`: the next step takes the element-wise kernels that were added last, if it finds them (see takeChain). */
  endStep({ keepChain = false } = {}): void {
    if (!keepChain) this.flushRanges();
    this.scratchTaken = 0;
    this.steps.push({ end: this.commandCount, keptChain: keepChain });
  }

  /** Elements that the element-wise kernels added last work on; undefined: none are waiting. */
  get chainLength(): number | undefined {
    return this.ranges?.count;
  }

  /**
   * The element-wise kernels that the step before left to this one, to be run on each part of the tensor right before this
   * step's kernel reads it: their number, then opcode and argument address of each, as `runChain` takes them.
   */
  takeChain(): readonly number[] {
    const commands = this.ranges?.commands ?? [];
    this.ranges = undefined;
    return [commands.length, ...chainWords(commands)];
  }

  /** The program: its words and the address of its command list, undefined if that is empty. */
  finish(): EncodedProgram {
    this.barrier();
    while (this.data.length % COUNTERS_ALIGNMENT !== 0) this.data.push(0);
    const lists = [this.commands, this.preparation] as const;
    for (const list of lists) {
      const bytes = list.placeCounters(this.bases.program + this.data.length * 4, this.threads);
      for (let word = 0; word < bytes / 4; word++) this.data.push(0);
    }
    const [entry, preparation] = lists.map((list) => (list.count > 0 ? this.table(list.words()) : undefined));
    return {
      words: Int32Array.from(this.data, (word) => word | 0),
      entry,
      preparation,
      keptBytes: this.keptTaken,
      scratchBytes: this.scratchNeed,
      commandCount: this.commandCount,
      steps: this.steps,
    };
  }

  private flushRanges(): void {
    const ranges = this.ranges;
    if (!ranges) return;
    this.ranges = undefined;
    const { count, units, commands } = ranges;
    const { stepPieces } = this;
    this.stepPieces = units;
    this.command('elementwise', [count, commands.length, ...chainWords(commands)], { units });
    this.stepPieces = stepPieces;
  }

  private opcode(kernel: string): number {
    const opcode = this.opcodes.get(kernel);
    if (opcode === undefined) throw new Error(`There is no kernel '${kernel}': the wasm build is not of this version`);
    return opcode;
  }
}

function chainWords(commands: readonly RangeCommand[]): readonly number[] {
  return commands.flatMap(({ opcode, args }) => [opcode, args]);
}

/** Cores fetch lines beyond those that they read: what lies there, and another core writes, would go to and fro. */
const PREFETCHED_BYTES = 2048;
/** Words of a pair of cache lines. */
const COUNTERS_ALIGNMENT = 32;

/** Pieces of each part: a part waits for one piece of another's at most. */
const MOST_PIECES = 16;
/** To take a piece, and to begin with it, costs tenths of microseconds. */
const LEAST_PIECE_MICROSECONDS = 12;
/** Elements of an element-wise piece: of one tile, at least. */
const RANGE_UNIT = 4096;

/** Rounds bytes up to a multiple of 64. */
export function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
