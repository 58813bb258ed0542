import type { KernelStep, Plan } from '../plan';
import { stringAttribute } from '../steps/attributes';
import { isBinaryFunction, truthFunctions } from './ops/binary';
import { tensorOps } from './ops/table';

/** The names of what TensorFlow.js has no fitting op for, each once, as the plan names them; empty: it can be run. */
export function unsupportedOps({ steps }: Pick<Plan, 'steps'>): readonly string[] {
  const all = steps.flatMap((step): readonly KernelStep[] => (step.kind === 'kernel' ? [step] : step.steps));
  return [...new Set(all.flatMap((step) => unsupportedBy(step) ?? []))];
}

function unsupportedBy({ op, attrs, inputs }: KernelStep): string | undefined {
  if (!tensorOps.has(op)) return op;
  const dtype = inputs[0]?.dtype ?? 'f32';
  const name = op === 'with_number' ? stringAttribute(attrs, 'function') : op;
  if (op === 'with_number' && !isBinaryFunction(name)) return name;
  return truthFunctions.has(name) && dtype !== 'bool' ? `${name} of ${dtype}` : undefined;
}
