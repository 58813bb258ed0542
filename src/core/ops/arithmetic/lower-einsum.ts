import { productOfDims, type Dim } from '../../graph/dim';
import type { NodeId, Shape } from '../../graph/graph';
import type { LoweringContext } from '../op';
import { sameShape } from '../shapes';
import { castTo } from './lower-binary';

/** A tensor whose dimensions have names, each one once; sizes of 1 have none. */
interface Labelled {
  readonly id: NodeId;
  readonly labels: readonly string[];
}

export interface EinsumDims {
  /** Names of the dimensions of each operand, and of the result: letters, and `.0`, `.1`, … for those of an ellipsis. */
  readonly operands: readonly (readonly string[])[];
  readonly output: readonly string[];
  readonly sizes: ReadonlyMap<string, Dim>;
}

/** Products of matrices, from left to right; what nothing else needs is summed as soon as it can be. */
export function lowerEinsum(context: LoweringContext, { operands, output, sizes }: EinsumDims): NodeId {
  const { add, node, typeOf } = context;
  const sizeOf = (label: string): Dim => sizes.get(label) ?? 1;
  const shapeOf = (labels: readonly string[]): Dim[] => labels.map(sizeOf);
  const named = operands.map((labels, index) => nameDims(node.inputs[index] ?? 0, labels));
  let [held = { id: 0, labels: [] }] = named;
  for (let next = 1; next < named.length; next++) {
    const other = named[next] ?? held;
    const needed = new Set([...output, ...named.slice(next + 1).flatMap(({ labels }) => labels)]);
    const left = summed(held, (label) => other.labels.includes(label) || needed.has(label));
    const right = summed(other, (label) => left.labels.includes(label) || needed.has(label));
    held = multiplied(left, right, needed);
  }
  const result = summed(held, (label) => output.includes(label));
  const order = output.filter((label) => result.labels.includes(label));
  return reshaped(permuted(result, order), node.type.shape);

  /** A letter that stands twice means the diagonal; sizes of 1, which are broadcast, are left out. */
  function nameDims(input: NodeId, given: readonly string[]): Labelled {
    let id = castTo(context, input, node.type.dtype);
    let labels = [...given];
    for (const label of new Set(given)) {
      while (labels.indexOf(label) !== labels.lastIndexOf(label)) {
        const [dim1, dim2] = [labels.indexOf(label), labels.lastIndexOf(label)];
        id = add('diagonal', { offset: 0, dim1, dim2 }, [id]);
        labels = [...labels.filter((_, dim) => dim !== dim1 && dim !== dim2), label];
      }
    }
    const { shape } = typeOf(id);
    const kept = labels.filter((_, dim) => shape[dim] !== 1);
    return {
      id: reshaped(
        id,
        shape.filter((size) => size !== 1),
      ),
      labels: kept,
    };
  }

  function summed({ id, labels }: Labelled, keeps: (label: string) => boolean): Labelled {
    const dims = labels.flatMap((label, dim) => (keeps(label) ? [] : [dim]));
    if (dims.length === 0) return { id, labels };
    return { id: add('sum', { dims, keepDims: false }, [id]), labels: labels.filter(keeps) };
  }

  function multiplied(a: Labelled, b: Labelled, needed: ReadonlySet<string>): Labelled {
    const shared = a.labels.filter((label) => b.labels.includes(label));
    const batch = shared.filter((label) => needed.has(label));
    const contracted = shared.filter((label) => !needed.has(label));
    const rows = a.labels.filter((label) => !shared.includes(label));
    const columns = b.labels.filter((label) => !shared.includes(label));
    const labels = [...batch, ...rows, ...columns];
    if (contracted.length === 0) {
      const left = reshaped(permuted(a, [...batch, ...rows]), [
        ...shapeOf([...batch, ...rows]),
        ...columns.map(() => 1),
      ]);
      const right = reshaped(permuted(b, [...batch, ...columns]), [
        ...shapeOf(batch),
        ...rows.map(() => 1),
        ...shapeOf(columns),
      ]);
      return { id: add('multiply', {}, [left, right]), labels };
    }
    const [left, transposeA] = asMatrices(a, batch, rows, contracted);
    const [right, transposeB] = asMatrices(b, batch, contracted, columns);
    const product = add('matrix_product', { transposeA, transposeB }, [left, right]);
    return { id: reshaped(product, shapeOf(labels)), labels };
  }

  /** `[batch, rows, columns]`; or as it stands, the last two the other way round. */
  function asMatrices(
    tensor: Labelled,
    batch: readonly string[],
    rows: readonly string[],
    columns: readonly string[],
  ): readonly [id: NodeId, transposed: boolean] {
    const transposed = sameOrder(tensor.labels, [...batch, ...columns, ...rows]) && rows.length > 0;
    const [first, second] = transposed ? [columns, rows] : [rows, columns];
    const groups = [...(batch.length > 0 ? [batch] : []), first, second];
    const shape = groups.map((labels) => productOfDims(shapeOf(labels)));
    return [reshaped(permuted(tensor, [...batch, ...first, ...second]), shape), transposed];
  }

  function permuted({ id, labels }: Labelled, order: readonly string[]): NodeId {
    if (sameOrder(labels, order)) return id;
    return add('permute', { order: order.map((label) => labels.indexOf(label)) }, [id]);
  }

  function reshaped(id: NodeId, shape: Shape): NodeId {
    return sameShape(typeOf(id).shape, shape) ? id : add('reshape', { shape }, [id]);
  }
}

function sameOrder(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((label, index) => label === b[index]);
}
