import { assertNever } from '../../../core/errors';
import type { KernelStep, Plan } from '../../plan';
import type { ProgramBuilder } from '../program-builder';
import { encoders } from './table';

/** Turns all steps of a plan into commands. */
export function encodePlan(plan: Plan, program: ProgramBuilder): void {
  for (const step of plan.steps) {
    switch (step.kind) {
      case 'kernel':
        encodeStep(step, program);
        break;
      case 'elementwise':
        program.group(() => {
          for (const member of step.steps) encodeStep(member, program);
        });
        break;
      default:
        assertNever(step);
    }
    program.endStep();
  }
}

function encodeStep(step: KernelStep, program: ProgramBuilder): void {
  const encode = encoders.get(step.op);
  if (!encode) throw new Error(`The CPU engine has no kernel for '${step.op}'`);
  encode(step, program);
}
