import { elementCount } from '../core/graph/dim';
import type { KernelStep, Plan, PlanStep, PlanTensor } from './plan';
import { stepFlops } from './plan-flops';
import { tensorBytes } from './tensor-bytes';

export type Phase = 'forward' | 'backward' | 'update';

/** What a device does in one go: a kernel step, an element-wise group, or one that a kernel step runs as it goes. */
export interface ProfileRow {
  readonly phase: Phase;
  /** In order of execution. */
  readonly ops: readonly string[];
  /** Module paths or parameters, each once. */
  readonly paths: readonly string[];
  readonly milliseconds: number;
  /** See plan-flops.ts. */
  readonly flops: number;
  /** Of the tensors that go in or come out, each once. */
  readonly bytes: number;
}

/** Where the time of a Plan's run went: each of its steps in one row, in order. `milliseconds`: see Program.profile. */
export function profileRows(plan: Plan, milliseconds: ArrayLike<number>): ProfileRow[] {
  const phases = phasesOf(plan);
  const rows: ProfileRow[] = [];
  let waiting: KernelStep[] = [];
  plan.steps.forEach((step, index) => {
    const members = [...waiting, ...kernelSteps(step)];
    const time = milliseconds[index] ?? NaN;
    if (Number.isNaN(time)) {
      waiting = members;
      return;
    }
    waiting = [];
    rows.push({
      phase: phases[index] ?? 'forward',
      ops: members.map(({ op }) => op),
      paths: [...new Set(members.flatMap(({ path }) => (path === undefined ? [] : [path])))],
      milliseconds: time,
      flops: members.reduce((sum, member) => sum + stepFlops(member), 0),
      bytes: trafficOf(members),
    });
  });
  return rows;
}

/** Forward ends where the loss is made; the optimiser's steps are those that read its numbers. */
function phasesOf(plan: Plan): Phase[] {
  const { loss } = plan.outputs;
  const { hyper } = plan.inputs;
  const makesLoss = plan.steps.map((step) => loss !== undefined && kernelSteps(step).some(writesTo(loss)));
  const lossAt = makesLoss.lastIndexOf(true);
  return plan.steps.map((step, index) => {
    if (hyper !== undefined && kernelSteps(step).some(readsFrom(hyper))) return 'update';
    return lossAt >= 0 && index > lossAt ? 'backward' : 'forward';
  });
}

function writesTo(tensor: PlanTensor): (step: KernelStep) => boolean {
  return ({ output }) => placeOf(output) === placeOf(tensor);
}

function readsFrom(tensor: PlanTensor): (step: KernelStep) => boolean {
  const end = tensor.offset + tensorBytes(tensor);
  return ({ inputs }) =>
    inputs.some(({ region, offset }) => region === tensor.region && offset >= tensor.offset && offset < end);
}

function kernelSteps(step: PlanStep): readonly KernelStep[] {
  return step.kind === 'kernel' ? [step] : step.steps;
}

function trafficOf(steps: readonly KernelStep[]): number {
  const made = new Map<string, number>();
  const read = new Map<string, number>();
  for (const { inputs, output } of steps) {
    for (const input of inputs) if (!made.has(placeOf(input))) read.set(placeOf(input), tensorBytes(input));
    made.set(placeOf(output), tensorBytes(output));
  }
  return [...read.values(), ...made.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function placeOf({ region, offset, shape }: PlanTensor): string {
  return `${region} ${offset} ${elementCount(shape)}`;
}
