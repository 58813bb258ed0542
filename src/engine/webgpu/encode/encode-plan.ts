import { assertNever } from '../../../core/errors';
import type { KernelStep, Plan } from '../../plan';
import type { ProgramBuilder } from '../program-builder';
import { encodeElementwise, type ElementMember, type IsReadAfter } from './encode-elementwise';
import { readersOf } from './readers-of';
import { elementEncoders, kernelEncoders } from './table';

/** Turns all steps of a plan into dispatches. */
export function encodePlan(plan: Plan, program: ProgramBuilder): void {
  const isReadAfter = readersOf(plan);
  for (const step of plan.steps) {
    switch (step.kind) {
      case 'kernel':
        encodeGroup([step], program, isReadAfter);
        break;
      case 'elementwise':
        encodeGroup(step.steps, program, isReadAfter);
        break;
      default:
        assertNever(step);
    }
    program.endStep();
  }
}

/** Element-wise ops that have kernels of their own stand between the others. */
function encodeGroup(steps: readonly KernelStep[], program: ProgramBuilder, isReadAfter: IsReadAfter): void {
  let members: ElementMember[] = [];
  for (const step of steps) {
    const encode = kernelEncoders.get(step.op);
    if (!encode) {
      members.push(memberOf(step));
      continue;
    }
    encodeElementwise(members, program, isReadAfter);
    members = [];
    encode(step, program);
  }
  encodeElementwise(members, program, isReadAfter);
}

function memberOf(step: KernelStep): ElementMember {
  const encode = elementEncoders.get(step.op);
  if (!encode) throw new Error(`The GPU engine has no kernel for '${step.op}'`);
  return { step, encode };
}
