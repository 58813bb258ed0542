import type { PlanStep, PlanTensor } from '../../plan';
import { tensorBytes } from '../../tensor-bytes';

/** What some steps touch: two that touch nothing in common that either writes may run without a barrier between them. */
export interface Footprint {
  readonly reads: readonly PlanTensor[];
  readonly writes: readonly PlanTensor[];
  /** Scratch memory is one and the same for all steps. */
  readonly usesScratch: boolean;
}

export const nothing: Footprint = { reads: [], writes: [], usesScratch: false };

export function footprintOf(steps: readonly PlanStep[], usesScratch: boolean): Footprint {
  const members = steps.flatMap((step) => (step.kind === 'kernel' ? [step] : step.steps));
  return {
    reads: members.flatMap(({ inputs }) => inputs),
    writes: members.map(({ output }) => output),
    usesScratch,
  };
}

export function together(a: Footprint, b: Footprint): Footprint {
  return {
    reads: [...a.reads, ...b.reads],
    writes: [...a.writes, ...b.writes],
    usesScratch: a.usesScratch || b.usesScratch,
  };
}

/** Whether steps of `later` must wait until those of `earlier` are done. */
export function dependsOn(later: Footprint, earlier: Footprint): boolean {
  return (
    (later.usesScratch && earlier.usesScratch) ||
    anyOverlap(later.reads, earlier.writes) ||
    anyOverlap(later.writes, earlier.reads) ||
    anyOverlap(later.writes, earlier.writes)
  );
}

function anyOverlap(a: readonly PlanTensor[], b: readonly PlanTensor[]): boolean {
  return a.some((left) => b.some((right) => overlap(left, right)));
}

function overlap(a: PlanTensor, b: PlanTensor): boolean {
  return a.region === b.region && a.offset < endOf(b) && b.offset < endOf(a);
}

function endOf(tensor: PlanTensor): number {
  return tensor.offset + tensorBytes(tensor);
}
