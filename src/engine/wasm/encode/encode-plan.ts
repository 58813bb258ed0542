import { assertNever } from '../../../core/errors';
import { elementCount } from '../../../core/graph/dim';
import type { KernelStep, Plan, PlanStep, PlanTensor } from '../../plan';
import type { ProgramBuilder } from '../program-builder';
import { stepFlops } from '../../plan-flops';
import { tensorBytes } from '../../tensor-bytes';
import { dependsOn, footprintOf, nothing, together } from './dependences';
import { encoders } from './table';

/** Turns all steps of a plan into commands; parts wait for each other only where a step depends on what is still running. */
export function encodePlan(plan: Plan, program: ProgramBuilder): void {
  /** What may still be running when the next step begins. */
  let running = nothing;
  /** Steps that become one: the last one's kernel runs the others' as it goes. */
  let joined: PlanStep[] = [];
  let first = 0;
  plan.steps.forEach((step, index) => {
    if (joined.length === 0) first = program.commandCount;
    joined.push(step);
    program.beginStep(microsecondsOf(joined));
    encodeSteps(step, program);
    const usesScratch = program.usesScratch;
    const keepChain = takesChain(plan.steps[index + 1], step, program);
    program.endStep({ keepChain });
    if (keepChain) return;
    const footprint = footprintOf(joined, usesScratch);
    const waits = dependsOn(footprint, running);
    if (!waits) program.removeBarrierBefore(first);
    running = waits || program.hasBarrierFrom(first) ? footprint : together(running, footprint);
    joined = [];
  });
}

/** Roughly what a core takes: by its arithmetic or by its memory, whichever it waits for. */
function microsecondsOf(steps: readonly PlanStep[]): number {
  const members = steps.flatMap((step) => (step.kind === 'kernel' ? [step] : step.steps));
  const flops = members.reduce((sum, step) => sum + stepFlops(step), 0);
  const { reads, writes } = footprintOf(steps, false);
  const bytes = [...reads, ...writes].reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
  return Math.max(flops / FLOPS_PER_MICROSECOND, bytes / BYTES_PER_MICROSECOND);
}

const FLOPS_PER_MICROSECOND = 60e3;
const BYTES_PER_MICROSECOND = 10e3;

function encodeSteps(step: PlanStep, program: ProgramBuilder): void {
  switch (step.kind) {
    case 'kernel':
      return encodeStep(step, program);
    case 'elementwise':
      return program.group(() => {
        for (const member of step.steps) encodeStep(member, program);
      });
    default:
      return assertNever(step);
  }
}

function encodeStep(step: KernelStep, program: ProgramBuilder): void {
  const encode = encoders.get(step.op);
  if (!encode) throw new Error(`The CPU engine has no kernel for '${step.op}'`);
  encode(step, program);
}

/** Steps whose encoders call `takeChain`, and how many of their first inputs they read plane by plane: these may be made just before. */
const chainTakers: ReadonlyMap<string, number> = new Map([
  ['batch_norm_grad_stats', 2],
  ['channel_sum', 1],
]);

/** Element-wise ops that reckon from an element's index, and want work to be cut at multiples of 4. */
const cutAtFours = /^(dropout|draw|rrelu)/;

/** Whether `next` may run the element-wise step before it on each plane that it is about to read. */
function takesChain(next: PlanStep | undefined, step: PlanStep, program: ProgramBuilder): boolean {
  if (next?.kind !== 'kernel') return false;
  const readByPlane = chainTakers.get(next.op);
  const [first] = next.inputs;
  if (readByPlane === undefined || !first) return false;
  const places = elementCount(first.shape.slice(2));
  if (places === 1 || program.chainLength !== elementCount(first.shape)) return false;
  const members = step.kind === 'kernel' ? [step] : step.steps;
  if (members.some(({ op }) => cutAtFours.test(op))) return false;
  const makes = ({ region, offset }: PlanTensor) =>
    members.some(({ output }) => output.region === region && output.offset === offset);
  return makes(first) && !next.inputs.slice(readByPlane).some(makes);
}
