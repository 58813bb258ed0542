import type { GraphNode } from '../../../src/core/graph/graph';
import { elementCount } from '../../../src/core/graph/dim';

/** Values of a node of a Graph of slices, views and arithmetic, the input being 0, 1, 2, … For tests of what stands where. */
export function computeNode(nodes: readonly GraphNode[], output: number): number[] {
  const made: number[][] = [];
  for (const node of nodes) made.push(compute(nodes, made, node));
  return made[output] ?? [];
}

function compute(nodes: readonly GraphNode[], made: readonly number[][], node: GraphNode): number[] {
  const shape = shapeOf(node);
  const inputs = node.inputs.map((id) => ({ values: made[id] ?? [], shape: shapeOf(nodes[id]) }));
  const [a, b] = inputs;
  const places = Array.from({ length: elementCount(shape) }, (_, flat) => placeOf(shape, flat));
  const [dim, start, step] = ['dim', 'start', 'step'].map((name) => Number(node.attrs[name] ?? 1));
  /** The place in the whole of a place in its slice. */
  const inWhole = (place: readonly number[]): number[] =>
    place.map((at, index) => (index === dim ? (start ?? 0) + at * (step ?? 1) : at));
  switch (node.op) {
    case 'input':
      return places.map((_, flat) => flat);
    case 'constant':
      return places.map(() => Number(node.attrs['value']));
    case 'add':
      return places.map((place) => read(a, place) + read(b, place));
    case 'multiply':
      return places.map((place) => read(a, place) * read(b, place));
    case 'scale':
      return places.map((place) => read(a, place) * Number(node.attrs['factor']));
    case 'detach':
    case 'reshape':
    case 'flatten':
      return a?.values ?? [];
    case 'expand':
      return places.map((place) => read(a, place));
    case 'permute': {
      const order = node.attrs['order'] as readonly number[];
      return places.map((place) =>
        read(
          a,
          place.map((_, index) => place[order.indexOf(index)] ?? 0),
        ),
      );
    }
    case 'slice':
    case 'strided_slice':
      return places.map((place) => read(a, inWhole(place)));
    case 'assign_slice': {
      const result = [...(a?.values ?? [])];
      b?.values.forEach((value, flat) => {
        result[flatOf(shape, inWhole(placeOf(b.shape, flat)))] = value;
      });
      return result;
    }
    default:
      throw new Error(`${node.op} is not computed here`);
  }
}

interface Dense {
  readonly values: readonly number[];
  readonly shape: readonly number[];
}

function shapeOf(node: GraphNode | undefined): number[] {
  return (node?.type.shape ?? []).map(Number);
}

/** The value at a place, a size of 1 counting everywhere. */
function read(tensor: Dense | undefined, place: readonly number[]): number {
  const { values = [], shape = [] } = tensor ?? {};
  const own = place.slice(place.length - shape.length).map((at, dim) => (shape[dim] === 1 ? 0 : at));
  return values[flatOf(shape, own)] ?? NaN;
}

function flatOf(shape: readonly number[], place: readonly number[]): number {
  return place.reduce((flat, at, dim) => flat * (shape[dim] ?? 1) + at, 0);
}

function placeOf(shape: readonly number[], flat: number): number[] {
  const place: number[] = [];
  let rest = flat;
  for (const size of [...shape].reverse()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return place;
}
