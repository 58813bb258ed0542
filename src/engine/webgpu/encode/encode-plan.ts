import { assertNever } from '../../../core/errors';
import type { KernelStep, Plan } from '../../plan';
import type { ProgramBuilder } from '../program-builder';
import { encodeElementwise, type ElementMember } from './encode-elementwise';
import { elementEncoders, kernelEncoders } from './table';

/** Turns all steps of a plan into dispatches. */
export function encodePlan(plan: Plan, program: ProgramBuilder): void {
  for (const step of plan.steps) {
    switch (step.kind) {
      case 'kernel':
        encodeStep(step, program);
        break;
      case 'elementwise':
        encodeGroup(step.steps, program);
        break;
      default:
        assertNever(step);
    }
    program.endStep();
  }
}

function encodeStep(step: KernelStep, program: ProgramBuilder): void {
  const encode = kernelEncoders.get(step.op);
  if (encode) encode(step, program);
  else encodeElementwise([memberOf(step)], program);
}

/** Element-wise ops that have kernels of their own (in a shape that needs one) stand between the others. */
function encodeGroup(steps: readonly KernelStep[], program: ProgramBuilder): void {
  let members: ElementMember[] = [];
  for (const step of steps) {
    const encode = kernelEncoders.get(step.op);
    if (!encode) {
      members.push(memberOf(step));
      continue;
    }
    encodeElementwise(members, program);
    members = [];
    encode(step, program);
  }
  encodeElementwise(members, program);
}

function memberOf(step: KernelStep): ElementMember {
  const encode = elementEncoders.get(step.op);
  if (!encode) throw new Error(`The GPU engine has no kernel for '${step.op}'`);
  return { step, encode };
}
