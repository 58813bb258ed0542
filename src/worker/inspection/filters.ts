import { filterStatistics, similarityOrder } from '../../core/inspect/filter-statistics';
import type { NodeId } from '../../core/graph/graph';
import type { FilterActivity, FilterActivityRequest, FilterSet, LayerRequest } from '../../protocol/inspection';
import type { OpenedSubject } from './opened-subject';
import { splitValues } from './split-values';
import type { Subjects } from './subjects';
import type { RunningTask } from './tasks';

export async function filters(subjects: Subjects, { subject, layer }: LayerRequest): Promise<FilterSet> {
  const { opened, weights: version } = await subjects.use(subject);
  const node = opened.node(layer);
  const weightNode = opened.weightsOf(layer);
  const shape = weightNode.type.shape.map(Number);
  const weights = await readFloatState(opened, weightNode.path ?? '');
  const biasNode = opened.graph.nodes[node.inputs[2] ?? -1];
  const bias = biasNode?.path === undefined ? null : await readFloatState(opened, biasNode.path);
  const out = shape[0] ?? 1;
  const groups = typeof node.attrs['groups'] === 'number' ? node.attrs['groups'] : 1;
  return {
    shape,
    weights,
    groups,
    bias,
    ...filterStatistics(weights, out),
    similarityOrder: similarityOrder(weights, out),
    version: version.version,
  };
}

export async function filterActivity(
  subjects: Subjects,
  { subject, layer, split: name, images }: FilterActivityRequest,
  task: RunningTask,
): Promise<FilterActivity> {
  const { opened } = await subjects.use(subject);
  const split = await subjects.split(subject, name);
  const activation = activationAfter(opened, layer);
  const node = activation?.id ?? layer;
  const channels = opened.layer(node).shape[0] ?? 1;
  const count = Math.min(images, split.count);
  const positive = new Float64Array(channels);
  const sums = new Float64Array(channels);
  let places = 1;
  for await (const { size, values } of splitValues(opened, node, split, count, task)) {
    places = values.length / (size * channels);
    values.forEach((value, index) => {
      const channel = Math.floor(index / places) % channels;
      sums[channel] = (sums[channel] ?? 0) + value;
      if (value > 0) positive[channel] = (positive[channel] ?? 0) + 1;
    });
  }
  return {
    images: count,
    positiveShare: Float32Array.from(positive, (sum) => sum / (count * places)),
    mean: Float32Array.from(sums, (sum) => sum / (count * places)),
    activation: activation?.title ?? null,
  };
}

/** Normalisations that may stand between a layer and its activation. */
const passed = /^(batch_norm|group_norm|instance_norm|layer_norm|dropout|reshape)/;
/** Activations that give zero for what is below zero. */
const activations = /^(relu|relu6|leaky_relu|prelu|elu|gelu|silu|hardswish|mish|threshold)$/;

/** The activation that a layer's output goes through, at once or behind a normalisation; undefined where it goes elsewhere. */
export function activationAfter(
  opened: OpenedSubject,
  layer: NodeId,
): { readonly id: NodeId; readonly title: string } | undefined {
  for (let at = layer; ;) {
    const readers = opened.layers.filter(({ inputs }) => inputs.includes(at));
    const [reader] = readers;
    if (!reader || readers.length > 1) return undefined;
    if (activations.test(reader.op)) return reader;
    if (!passed.test(reader.op)) return undefined;
    at = reader.id;
  }
}

async function readFloatState(opened: OpenedSubject, name: string): Promise<Float32Array> {
  const values = await opened.readState(name);
  return values instanceof Float32Array ? values : Float32Array.from(values);
}
