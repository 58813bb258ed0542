import { describeReceptiveFields } from '../graph/compute-receptive-fields';
import type { Graph, NodeId } from '../graph/graph';
import type { LocalField } from '../graph/receptive-field';
import { describeLayers } from './describe-layers';

export interface FieldRow {
  readonly layer: NodeId;
  /** [H, W] of the map; [] where it has no places. */
  readonly map: readonly number[];
  /** Null: every element sees the whole input. */
  readonly field: LocalField | null;
  /** Share of what all elements see that is padding, in [0, 1). */
  readonly paddingShare: number;
  /**
   * A convolution with a window whose elements all saw at least the whole image before it: it can't put together more of the
   * image than is there. Source: Richter, Byttner, Krumnack, Schallner and Shenk, 'Size Matters', 2021 (unproductive layers).
   */
  readonly unproductive: boolean;
}

/** Theoretical receptive fields over the depth of a network; `input` [H, W]. Layers whose field is not known are left out. */
export function fieldRows(graph: Graph, input: readonly [number, number]): readonly FieldRow[] {
  const { fields } = describeReceptiveFields(graph);
  const layers = describeLayers(graph);
  return layers.flatMap((layer): FieldRow[] => {
    const field = fields.get(layer.id);
    if (!field) return [];
    const map = layer.shape.length === 3 ? layer.shape.slice(1) : [];
    const local = field.kind === 'window' ? field : null;
    const before = layer.inputs.map((id) => fields.get(id));
    const window = layer.weightShape?.slice(2) ?? [];
    const unproductive =
      window.some((size) => size > 1) &&
      before.length > 0 &&
      before.every((each) => each?.kind === 'global' || each?.size.every((size, axis) => size >= (input[axis] ?? 0)));
    const paddingShare = local && map.length === 2 ? sharedPadding(local, map, input) : 0;
    return [{ layer: layer.id, map, field: local, paddingShare, unproductive }];
  });
}

/** Fields are boxes, so the share inside is a product of both axes'. */
function sharedPadding(field: LocalField, map: readonly number[], input: readonly [number, number]): number {
  const inside = ([0, 1] as const).map((axis) => {
    const [size = 0, jump = 0, start = 0] = [field.size[axis], field.jump[axis], field.start[axis]];
    const count = map[axis] ?? 0;
    let seen = 0;
    for (let place = 0; place < count; place++) {
      const begin = start + jump * place;
      seen += Math.max(0, Math.min(begin + size, input[axis]) - Math.max(begin, 0));
    }
    return seen / (count * size);
  });
  return 1 - (inside[0] ?? 1) * (inside[1] ?? 1);
}
