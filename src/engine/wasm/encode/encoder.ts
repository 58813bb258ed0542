import type { KernelStep } from '../../plan';
import type { ProgramBuilder } from '../program-builder';

/** Adds the commands of one step to a program. */
export type Encoder = (step: KernelStep, program: ProgramBuilder) => void;
