import type { KernelStep, Plan, PlanTensor } from '../../plan';
import { tensorBytes } from '../../tensor-bytes';
import type { IsReadAfter } from './encode-elementwise';

/** Says for a plan whose outputs are read later: by a step before another has overwritten them, or by the host after the run. */
export function readersOf(plan: Plan): IsReadAfter {
  const steps = plan.steps.flatMap((step) => (step.kind === 'kernel' ? [step] : step.steps));
  const indices = new Map(steps.map((step, index) => [step, index]));
  return ({ output }: KernelStep, last: KernelStep): boolean => {
    if (output.region === 'state') return true;
    for (let index = (indices.get(last) ?? 0) + 1; index < steps.length; index++) {
      const step = steps[index];
      if (step?.inputs.some((input) => overlap(input, output))) return true;
      if (step && covers(step.output, output)) return false;
    }
    return Object.values(plan.outputs).some((tensor) => overlap(tensor, output));
  };
}

function overlap(a: PlanTensor, b: PlanTensor): boolean {
  return a.region === b.region && a.offset < b.offset + tensorBytes(b) && b.offset < a.offset + tensorBytes(a);
}

function covers(a: PlanTensor, b: PlanTensor): boolean {
  return a.region === b.region && a.offset <= b.offset && a.offset + tensorBytes(a) >= b.offset + tensorBytes(b);
}
