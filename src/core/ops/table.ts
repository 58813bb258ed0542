import { activationOps } from './activation/activation-ops';
import { arithmeticOps } from './arithmetic/arithmetic-ops';
import { attentionOps } from './attention/attention-ops';
import { convolutionOps } from './convolution/convolution-ops';
import { dataOps } from './data/data-ops';
import { dropoutOps } from './dropout/dropout-ops';
import { embeddingOps } from './embedding/embedding-ops';
import { lazyModules } from './lazy-modules';
import { lossOps } from './loss/loss-ops';
import { matrixOps } from './matrix/matrix-ops';
import { normalizationOps } from './normalization/normalization-ops';
import { paddingOps } from './padding/padding-ops';
import { poolingOps } from './pooling/pooling-ops';
import { recurrentOps } from './recurrent/recurrent-ops';
import { reductionOps } from './reduction/reduction-ops';
import { resamplingOps } from './resampling/resampling-ops';
import { shapeOps } from './shape/shape-ops';
import type { FunctionBinding, ModuleBinding, OpDefinition } from './op';

/**
 * The only list of ops, put together from those of its families. It forgets the attributes' types: a node's attributes were made by its op's own binding or
 * gradient rule, so an op is never called with another's.
 */
export const ops: readonly OpDefinition[] = [
  ...activationOps,
  ...arithmeticOps,
  ...attentionOps,
  ...convolutionOps,
  ...dataOps,
  ...dropoutOps,
  ...embeddingOps,
  ...lossOps,
  ...matrixOps,
  ...normalizationOps,
  ...paddingOps,
  ...poolingOps,
  ...recurrentOps,
  ...reductionOps,
  ...resamplingOps,
  ...shapeOps,
];

const byName = new Map(ops.map((op) => [op.name, op]));
const plainModules = ops.flatMap((op) => op.pytorch?.modules ?? []);
const modules = new Map([...plainModules, ...lazyModules(plainModules)].map((binding) => [binding.name, binding]));
const functions = new Map(
  ops
    .flatMap((op) => op.pytorch?.functions ?? [])
    .flatMap((binding) => binding.names.map((name) => [name, binding] as const)),
);

/** Undefined: no Graph has it (a Plan may: optimisers). */
export function findOp(name: string): OpDefinition | undefined {
  return byName.get(name);
}

/** The op of that name; a Graph never names another. */
export function opNamed(name: string): OpDefinition {
  const op = findOp(name);
  if (!op) throw new Error(`No op is named ${name}`);
  return op;
}

/** The layer of that name in `torch.nn`. */
export function pytorchModule(name: string): ModuleBinding | undefined {
  return modules.get(name);
}

/** The function of that full name: `torch.nn.functional.relu`, `torch.Tensor.view`. */
export function pytorchFunction(fullName: string): FunctionBinding | undefined {
  return functions.get(fullName);
}
