import type { KernelStep, PlanTensor } from '../../plan';
import type { ProgramBuilder } from '../program-builder';

/** Adds the dispatches of one step. */
export type Encoder = (step: KernelStep, program: ProgramBuilder) => void;

/**
 * An op that computes each element by itself: gives the WGSL expression of element `i: u32` of the output. Neighbouring
 * ones become one kernel. The value is f32 where the output is f32, else i32 (truth values are 0 and 1).
 */
export type ElementEncoder = (element: ElementContext) => string;

export interface ElementContext {
  readonly step: KernelStep;
  /** The value of the `index`-th input for this element: at the same place, or broadcast as PyTorch does. */
  input(this: void, index: number): string;
  /** Any element of the `index`-th input; `place`: an expression of type u32. */
  at(this: void, index: number, place: string): string;
  /** Writes an element of an input that is state to be changed (moments); for optimisers. */
  store(this: void, index: number, place: string, value: string): void;
  inputTensor(this: void, index: number): PlanTensor;
  /** Parameters: the expression of a number that may differ from call to call of one pipeline. */
  size(this: void, value: number): string;
  integer(this: void, value: number): string;
  number(this: void, value: number): string;
  /** Keeps a value that is used more than once; gives its name. */
  keep(this: void, expression: string): string;
  /** Adds functions to the kernel; the same text only once. */
  functions(this: void, code: string): void;
  /** Any statements; variables must have names that `name` gave. */
  statement(this: void, code: string): void;
  /** A name that nobody else in the kernel has. */
  name(this: void, stem: string): string;
}

/** The ops of a folder, by their names in the table of ops. */
export interface OpFamily {
  readonly elements: Readonly<Record<string, ElementEncoder>>;
  readonly kernels: Readonly<Record<string, Encoder>>;
}
