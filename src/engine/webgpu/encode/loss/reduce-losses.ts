import type { PlanTensor } from '../../../plan';
import type { KernelCall, KernelTensor } from '../../kernel-call';
import type { ProgramBuilder } from '../../program-builder';
import { reduceLines, type Reduction } from '../reduction/reduce-lines';
import type { LossReduction } from '../../../steps/loss-reduction';

/** What all losses of a reduction are divided by, where that is no number known in advance: a tensor of one element. */
export type Divisor = KernelTensor | undefined;

/** factor·Σ terms (/ divisor) into the loss. */
export function reduceLosses(
  program: ProgramBuilder,
  losses: Pick<Reduction, 'name' | 'tensors' | 'term' | 'functions' | 'sizes' | 'integers' | 'numbers'> & {
    readonly count: number;
    readonly factor: number;
    readonly divisor?: Divisor;
  },
  loss: PlanTensor,
): void {
  const { count, factor, divisor, numbers, ...call } = losses;
  const whole = { outer: 1, length: count, inner: 1 };
  if (!divisor) {
    const scaled = { numbers: { ...numbers, factor }, result: 'total * p.factor' };
    reduceLines(program, { ...call, ...scaled, kind: 'sum', lines: whole, to: loss });
    return;
  }
  const sum = program.scratch(1);
  reduceLines(program, { ...call, ...(numbers ? { numbers } : {}), kind: 'sum', lines: whole, to: sum });
  program.forEach({
    name: `${call.name}: mean`,
    tensors: { sum, divisor, loss },
    numbers: { factor },
    size: 1,
    body: '  store_loss(0u, load_sum(0u) * p.factor / load_divisor(0u));',
  });
}

/** How a gradient's kernel knows what the loss of place `at: u32` is multiplied by: `dloss_at(at)`. */
export interface LossSlope {
  readonly tensors: KernelCall['tensors'];
  readonly numbers: Readonly<Record<string, number>>;
  readonly functions: string;
}

export function lossSlope(
  dloss: PlanTensor,
  reduction: LossReduction,
  { factor, divisor }: { readonly factor: number; readonly divisor?: Divisor },
): LossSlope {
  const place = reduction === 'none' ? 'at' : '0u';
  const share = divisor ? ' / load_divisor(0u)' : '';
  return {
    tensors: { dloss, ...(divisor ? { divisor } : {}) },
    numbers: { factor },
    functions: `fn dloss_at(at: u32) -> f32 { return p.factor${share} * load_dloss(${place}); }`,
  };
}
