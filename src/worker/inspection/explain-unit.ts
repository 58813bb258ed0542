import { describeReceptiveFields } from '../../core/graph/compute-receptive-fields';
import { elementBox } from '../../core/inspect/element-box';
import { UserError } from '../../core/errors';
import type { GraphNode, NodeId } from '../../core/graph/graph';
import type { PixelBox, UnitComputation, UnitExplanation, UnitRequest } from '../../protocol/inspection';
import { featureMaps } from './feature-maps';
import { loadNetworkImage, networkInput } from './network-image';
import type { OpenedSubject } from './opened-subject';
import type { Subjects } from './subjects';

export async function explainUnit(subjects: Subjects, request: UnitRequest): Promise<UnitExplanation> {
  const { opened } = await subjects.use(request.subject);
  const { layer, channel, y, x } = request;
  const { shape, inputs } = opened.layer(layer);
  const [channels = 1, height = 1, width = 1] = shape;
  if (!(channel >= 0 && channel < channels && y >= 0 && y < height && x >= 0 && x < width)) {
    throw new UserError(`The map ${shape.join(' × ')} has no element (${channel}, ${y}, ${x}).`);
  }
  const read = inputs.filter((id) => opened.node(id).op !== 'input');
  const maps = new Map<NodeId, Float32Array>();
  for (const map of await featureMaps(subjects, { ...request, layers: [layer, ...read] }))
    maps.set(map.layer, map.values);
  return {
    value: maps.get(layer)?.[(channel * height + y) * width + x] ?? NaN,
    field: fieldOf(opened, layer, y, x),
    computation: await computationOf(opened, request, (id) => valuesOf(subjects, opened, request, maps, id)),
  };
}

/** What an element sees, in pixels of the input; null where it sees all of it or where that is not known. */
export function fieldOf(opened: OpenedSubject, layer: NodeId, y: number, x: number): PixelBox | null {
  const field = describeReceptiveFields(opened.graph).fields.get(layer);
  return field?.kind === 'window' ? elementBox(field, y, x) : null;
}

type ReadMap = (id: NodeId) => Promise<InputMap>;

interface InputMap {
  readonly values: Float32Array;
  /** [C, H, W] */
  readonly shape: readonly number[];
}

async function valuesOf(
  subjects: Subjects,
  opened: OpenedSubject,
  request: UnitRequest,
  maps: ReadonlyMap<NodeId, Float32Array>,
  id: NodeId,
): Promise<InputMap> {
  const values = maps.get(id);
  if (values) return { values, shape: opened.layer(id).shape };
  const image = await loadNetworkImage(subjects, request.subject, opened, request.image);
  return { values: networkInput(image, opened), shape: opened.inputShape };
}

async function computationOf(opened: OpenedSubject, request: UnitRequest, read: ReadMap): Promise<UnitComputation> {
  const node = opened.node(request.layer);
  const [first] = node.inputs;
  if (first === undefined) return { kind: 'other', inputs: [] };
  if (node.op === 'conv2d') return explainConvolution(opened, node, request, await read(first));
  if (/^(max|avg)_pool2d$/.test(node.op)) return explainPool(opened, node, request, await read(first));
  const inputs = opened.layer(request.layer).inputs;
  const sameShape = inputs.every((id) => {
    const own = opened.node(id).op === 'input' ? opened.inputShape : opened.layer(id).shape;
    return own.join() === opened.layer(request.layer).shape.join();
  });
  if (!sameShape || inputs.length === 0) return { kind: 'other', inputs };
  const [, height = 1, width = 1] = opened.layer(request.layer).shape;
  const place = (request.channel * height + request.y) * width + request.x;
  const values = await Promise.all(
    inputs.map(async (layer) => ({ layer, value: (await read(layer)).values[place] ?? NaN })),
  );
  return { kind: 'pointwise', inputs: values };
}

async function explainConvolution(
  opened: OpenedSubject,
  node: GraphNode,
  { channel, y, x }: UnitRequest,
  input: InputMap,
): Promise<UnitComputation> {
  const weightNode = opened.weightsOf(node.id);
  const weights = await opened.readState(weightNode.path ?? '');
  const biasNode = opened.graph.nodes[node.inputs[2] ?? -1];
  const bias = biasNode?.path === undefined ? 0 : ((await opened.readState(biasNode.path))[channel] ?? 0);
  const [out = 1, perGroup = 1, kernelHeight = 1, kernelWidth = 1] = weightNode.type.shape.map(Number);
  const groups = numberOr(node, 'groups', 1);
  const firstChannel = Math.floor(channel / (out / groups)) * perGroup;
  const [, height = 1, width = 1] = input.shape;
  const mode = node.attrs['paddingMode'];
  const rows = taps(y, kernelHeight, height, windowOf(node, 0), mode);
  const columns = taps(x, kernelWidth, width, windowOf(node, 1), mode);
  const size = perGroup * kernelHeight * kernelWidth;
  return {
    kind: 'convolution',
    input: opened.node(node.inputs[0] ?? 0).op === 'input' ? null : (node.inputs[0] ?? null),
    firstChannel,
    patch: gatherPatch(input, firstChannel, perGroup, rows, columns, 0),
    kernel: Float32Array.from(weights.subarray(channel * size, (channel + 1) * size)),
    shape: [perGroup, kernelHeight, kernelWidth],
    rows,
    columns,
    bias,
  };
}

function explainPool(
  opened: OpenedSubject,
  node: GraphNode,
  { channel, y, x }: UnitRequest,
  input: InputMap,
): UnitComputation {
  const kernel = listOf(node, 'kernel');
  const [kernelHeight = 1, kernelWidth = 1] = kernel;
  const [, height = 1, width = 1] = input.shape;
  const [vertical, horizontal] = [windowOf(node, 0), windowOf(node, 1)];
  const rows = taps(y, kernelHeight, height, vertical, undefined);
  const columns = taps(x, kernelWidth, width, horizontal, undefined);
  const average = node.op.startsWith('avg');
  const isInside = (place: number) => place >= 0;
  const inside = rows.filter(isInside).length * columns.filter(isInside).length;
  return {
    kind: 'pool',
    mode: average ? 'average' : 'max',
    input: opened.node(node.inputs[0] ?? 0).op === 'input' ? null : (node.inputs[0] ?? null),
    patch: gatherPatch(input, channel, 1, rows, columns, NaN),
    shape: [kernelHeight, kernelWidth],
    rows,
    columns,
    divisor: average ? averageDivisor(node, [y, x], kernel, [height, width], inside) : 1,
  };
}

/** PyTorch's: divisor_override; else the window with its padding (what lies behind that does not count), or what is inside. */
function averageDivisor(
  node: GraphNode,
  place: readonly number[],
  kernel: readonly number[],
  sizes: readonly number[],
  inside: number,
): number {
  const override = node.attrs['divisorOverride'];
  if (typeof override === 'number') return override;
  if (node.attrs['countIncludePad'] === false) return inside;
  return kernel.reduce((product, size, axis) => {
    const { stride, before, after } = windowOf(node, axis);
    const start = (place[axis] ?? 0) * stride - before;
    return product * (Math.min(start + size, (sizes[axis] ?? 0) + after) - start);
  }, 1);
}

interface WindowAlong {
  readonly stride: number;
  readonly before: number;
  readonly after: number;
  readonly dilation: number;
}

function windowOf(node: GraphNode, axis: number): WindowAlong {
  const padding = listOf(node, 'padding');
  // Convolutions say what is before each axis, then what is after; pools one number for both sides.
  const after = padding.length > 2 ? padding[2 + axis] : padding[axis];
  return {
    stride: listOf(node, 'stride')[axis] ?? 1,
    before: padding[axis] ?? 0,
    after: after ?? 0,
    dilation: listOf(node, 'dilation')[axis] ?? 1,
  };
}

/** Places that a window reads along one axis; −1: padding of zeros, or nothing. */
function taps(
  place: number,
  kernel: number,
  size: number,
  { stride, before, dilation }: WindowAlong,
  mode: unknown,
): Int32Array {
  return Int32Array.from({ length: kernel }, (_, tap) => {
    const at = place * stride - before + tap * dilation;
    if (at >= 0 && at < size) return at;
    if (mode === 'reflect') return at < 0 ? -at : 2 * (size - 1) - at;
    if (mode === 'replicate') return at < 0 ? 0 : size - 1;
    if (mode === 'circular') return (at + size) % size;
    return -1;
  });
}

function gatherPatch(
  { values, shape }: InputMap,
  firstChannel: number,
  channels: number,
  rows: Int32Array,
  columns: Int32Array,
  outside: number,
): Float32Array {
  const [, height = 1, width = 1] = shape;
  const patch = new Float32Array(channels * rows.length * columns.length);
  let to = 0;
  for (let channel = firstChannel; channel < firstChannel + channels; channel++) {
    for (const row of rows) {
      for (const column of columns) {
        const inside = row >= 0 && column >= 0;
        patch[to++] = inside ? (values[(channel * height + row) * width + column] ?? outside) : outside;
      }
    }
  }
  return patch;
}

function listOf({ attrs }: GraphNode, name: string): readonly number[] {
  const value = attrs[name];
  return Array.isArray(value) ? value.map(Number) : [];
}

function numberOr({ attrs }: GraphNode, name: string, otherwise: number): number {
  const value = attrs[name];
  return typeof value === 'number' ? value : otherwise;
}
