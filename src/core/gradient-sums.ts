import { addDims, signOfDim, subtractDims, type Dim } from './graph/dim';
import type { NodeId } from './graph/graph';
import type { GraphBuilder, Provenance } from './graph/graph-builder';
import type { SliceGradAttributes } from './ops/shape/slice';

/**
 * Gradients of values with several uses. They are summed as they come, so that none is kept for long; but those of slices
 * that lie beside each other (the halves of a chunk, the steps of a sequence) are put together once all are known, where
 * sums would be over whole tensors of mostly zeros.
 */
export class GradientSums {
  private readonly sums = new Map<NodeId, NodeId>();
  private readonly slices = new Map<NodeId, { readonly gradients: NodeId[]; provenance: Provenance }>();

  constructor(private readonly builder: GraphBuilder) {}

  add(value: NodeId, gradient: NodeId, provenance: Provenance): void {
    if (this.asSlice(gradient)) {
      const waiting = this.slices.get(value);
      if (waiting) waiting.gradients.push(gradient);
      else this.slices.set(value, { gradients: [gradient], provenance });
      return;
    }
    const sum = this.sums.get(value);
    this.sums.set(value, sum === undefined ? gradient : this.builder.add('add', {}, [sum, gradient], provenance));
  }

  /** The gradient of a value to which nothing will be added; undefined: the loss does not depend on it. */
  total(value: NodeId): NodeId | undefined {
    const waiting = this.slices.get(value);
    this.slices.delete(value);
    if (waiting) {
      const { gradients, provenance } = waiting;
      const joined = this.join(gradients, provenance);
      for (const gradient of joined === undefined ? gradients : [joined]) {
        const sum = this.sums.get(value);
        this.sums.set(value, sum === undefined ? gradient : this.builder.add('add', {}, [sum, gradient], provenance));
      }
    }
    return this.sums.get(value);
  }

  /** Slices one after the other, zeros between them; undefined where they overlap, or that is not known. */
  private join(gradients: readonly NodeId[], provenance: Provenance): NodeId | undefined {
    const slices = gradients.flatMap((id) => this.asSlice(id) ?? []);
    const [first] = slices;
    if (!first || slices.length < 2 || slices.some(({ dim }) => dim !== first.dim)) return undefined;
    const sorted = [...slices].sort((a, b) => (signOfDim(subtractDims(a.start, b.start)) === -1 ? -1 : 1));
    const parts: NodeId[] = [];
    let end: Dim = 0;
    const fill = (from: Dim, to: Dim): boolean => {
      const gap = subtractDims(to, from);
      if (gap === 0) return true;
      if (signOfDim(gap) !== 1) return false;
      const shape = this.builder.shapeOf(first.gradient).map((size, dim) => (dim === first.dim ? gap : size));
      parts.push(this.builder.constant(0, shape));
      return true;
    };
    for (const { gradient, start, length } of sorted) {
      if (!fill(end, start)) return undefined;
      parts.push(gradient);
      end = addDims(start, length);
    }
    return fill(end, first.size) ? this.builder.add('concat', { dim: first.dim }, parts, provenance) : undefined;
  }

  private asSlice(id: NodeId) {
    const { op, attrs, inputs } = this.builder.node(id);
    const [gradient] = inputs;
    if (op !== 'slice_grad' || gradient === undefined) return undefined;
    const { dim, start, step, size } = attrs as unknown as SliceGradAttributes;
    const length = this.builder.shapeOf(gradient)[dim] ?? 1;
    return step === 1 ? { gradient, dim, start, size, length } : undefined;
  }
}
