import { addDims, multiplyDims, productOfDims, type Dim } from '../graph/dim';
import type { GraphNode } from '../graph/graph';
import type { ReceptiveField } from '../graph/receptive-field';
import { bytesOf } from '../ops/arithmetic/promote';
import { opNamed } from '../ops/table';
import type { InstanceValue } from '../python/runtime/values';

import type { ModelFacts } from './model-facts';
import type { ModuleCall, StateEntry, Totals } from './model-analysis';

/** Parameters, memory, FLOPs and receptive field of a whole model. */
export function describeTotals(
  model: InstanceValue | undefined,
  facts: ModelFacts,
  {
    calls,
    nodes,
    receptiveField,
  }: {
    readonly calls: readonly ModuleCall[];
    readonly nodes: readonly GraphNode[];
    /** Of the convolutional part. */
    readonly receptiveField: ReceptiveField | undefined;
  },
): Totals {
  let stateBytes: Dim = 0;
  for (const { op, type } of nodes) {
    if (op !== 'parameter' && op !== 'buffer') continue;
    stateBytes = addDims(stateBytes, multiplyDims(bytesOf(type.dtype), productOfDims(type.shape)));
  }
  const flops = calls.find(({ parent }) => parent === undefined)?.flops;
  const activationBytes = sumActivations(calls, nodes);
  return {
    parameters: model ? facts.count(model, 'trained') : 0,
    frozenParameters: model ? facts.count(model, 'frozen') : 0,
    stateBytes,
    ...(flops === undefined ? {} : { flops }),
    ...(activationBytes === undefined ? {} : { activationBytes }),
    ...(receptiveField ? { receptiveField } : {}),
  };
}

/** What is computed and may have to be kept: views and the model's state are no memory of their own. */
function sumActivations(calls: readonly ModuleCall[], nodes: readonly GraphNode[]): Dim | undefined {
  if (calls.some(({ output }) => output.kind === 'unknown')) return undefined;
  let total: Dim = 0;
  for (const node of nodes) {
    if (['input', 'parameter', 'buffer', 'constant'].includes(node.op) || isView(node, nodes)) continue;
    const size = productOfDims(node.type.shape.map((dim) => (dim === 'N' ? 1 : dim)));
    total = addDims(total, multiplyDims(bytesOf(node.type.dtype), size));
  }
  return total;
}

function isView({ op, attrs, inputs }: GraphNode, nodes: readonly GraphNode[]): boolean {
  const types = inputs.flatMap((id) => nodes[id]?.type ?? []);
  return opNamed(op).viewOffset?.(types, attrs) !== undefined;
}

/** Parameters and buffers in state_dict order. A frozen parameter stands in the Graph as a buffer; it is one no less. */
export function describeState(nodes: readonly GraphNode[], frozen: ReadonlySet<string>): StateEntry[] {
  return nodes.flatMap(({ op, path = '', type }) =>
    op === 'parameter' || op === 'buffer'
      ? [
          {
            name: path,
            kind: op === 'parameter' || frozen.has(path) ? 'parameter' : 'buffer',
            shape: type.shape,
            dtype: type.dtype,
            trained: op === 'parameter',
          },
        ]
      : [],
  );
}
