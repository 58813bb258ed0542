import type { PlanTensor } from '../plan';

/** Where the regions are in memory, in bytes. */
export interface Bases {
  readonly state: number;
  readonly arena: number;
  readonly data: number;
  readonly scratch: number;
  readonly program: number;
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
  private readonly commands: number[] = [];
  private readonly steps: EncodedStep[] = [];
  private scratchNeed = 0;
  private scratchTaken = 0;
  private ranges: { readonly count: number; readonly commands: RangeCommand[] } | undefined;
  private grouping = false;

  constructor(
    private readonly opcodes: ReadonlyMap<string, number>,
    readonly threads: number,
    private readonly bases: Bases,
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

  /** A kernel that shares out its own work. Without `barrier` the next command may start before all parts are done. */
  command(kernel: string, words: readonly number[], { barrier = true } = {}): void {
    this.flushRanges();
    const args = this.table(words);
    this.commands.push(this.opcode(kernel), args, barrier ? 1 : 0);
  }

  /** Commands so far; element-wise ones count from when their pass is complete. */
  get commandCount(): number {
    return this.commands.length / commandWords;
  }

  /** Whether the current step has taken scratch memory. */
  get usesScratch(): boolean {
    return this.scratchTaken > 0;
  }

  /** Lets this command begin while the one before it is still running. */
  removeBarrierBefore(command: number): void {
    if (command > 0) this.commands[command * commandWords - 1] = 0;
  }

  /** Whether parts wait for each other between this command and the last. */
  hasBarrierFrom(command: number): boolean {
    for (let index = command; index < this.commandCount - 1; index++) {
      if (this.commands[index * commandWords + 2] === 1) return true;
    }
    return false;
  }

  /** All parts wait for each other here. */
  barrier(): void {
    this.flushRanges();
    if (this.commands.length > 0) this.commands[this.commands.length - 1] = 1;
  }

  /** An element-wise kernel over `count` elements; in a group, it joins the pass of the one before. */
  elementwise(kernel: string, words: readonly number[], count: number): void {
    if (!this.grouping || this.ranges?.count !== count) this.flushRanges();
    this.ranges ??= { count, commands: [] };
    this.ranges.commands.push({ opcode: this.opcode(kernel), args: this.table(words) });
  }

  /** The element-wise kernels that `build` adds share one pass. */
  group(build: () => void): void {
    this.flushRanges();
    this.grouping = true;
    build();
    this.grouping = false;
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
    const entry = this.commands.length > 0 ? this.bases.program + this.data.length * 4 : undefined;
    return {
      words: Int32Array.from([...this.data, this.commandCount, ...this.commands], (word) => word | 0),
      entry,
      scratchBytes: this.scratchNeed,
      commandCount: this.commandCount,
      steps: this.steps,
    };
  }

  private flushRanges(): void {
    const ranges = this.ranges;
    if (!ranges) return;
    this.ranges = undefined;
    this.command('elementwise', [ranges.count, ranges.commands.length, ...chainWords(ranges.commands)]);
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

/** Opcode, address of the arguments, whether a barrier follows. */
const commandWords = 3;

/** A float as the argument word that kernels read. */
export function floatWord(value: number): number {
  floatView[0] = value;
  return wordView[0] ?? 0;
}

const floatView = new Float32Array(1);
const wordView = new Int32Array(floatView.buffer);

/** Rounds bytes up to a multiple of 64. */
export function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
