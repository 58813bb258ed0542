import { expect, test } from 'vitest';
import type { Graph, GraphNode } from '../../../src/core/graph/graph';
import { traceKeras, withImports } from './keras-support';

interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** The value at a place of a tensor. */
function at({ shape, values }: Numbers, index: readonly number[]): number {
  return values[index.reduce((offset, i, axis) => offset * (shape[axis] ?? 1) + i, 0)] ?? Number.NaN;
}

/** A tensor of that shape, by what stands at each place. */
function fill(shape: readonly number[], valueAt: (index: readonly number[]) => number): Numbers {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Array.from({ length: count }, (_, position) => {
    const index: number[] = [];
    for (let axis = shape.length - 1, rest = position; axis >= 0; axis--) {
      const size = shape[axis] ?? 1;
      index.unshift(rest % size);
      rest = Math.floor(rest / size);
    }
    return valueAt(index);
  });
  return { shape, values };
}

/** Runs a graph of ops that only move values; the batch is 1. */
function run(graph: Graph, input: Numbers): Numbers {
  const results: Numbers[] = [];
  const sizes = (node: GraphNode): number[] => node.type.shape.map((size) => (size === 'N' ? 1 : Number(size)));
  for (const node of graph.nodes) {
    const [x = input] = node.inputs.map((id) => results[id] ?? input);
    const shape = sizes(node);
    switch (node.op) {
      case 'input':
        results.push({ shape, values: input.values });
        break;
      case 'reshape':
      case 'flatten':
        results.push({ shape, values: x.values });
        break;
      case 'permute': {
        const order = node.attrs['order'] as readonly number[];
        results.push(
          fill(shape, (index) =>
            at(
              x,
              x.shape.map((_, axis) => index[order.indexOf(axis)] ?? 0),
            ),
          ),
        );
        break;
      }
      case 'slice': {
        const { dim, start } = node.attrs as unknown as { dim: number; start: number };
        results.push(
          fill(shape, (index) =>
            at(
              x,
              index.map((i, axis) => (axis === dim ? i + start : i)),
            ),
          ),
        );
        break;
      }
      case 'concat': {
        const dim = node.attrs['dim'] as number;
        const parts = node.inputs.map((id) => results[id] ?? input);
        results.push(
          fill(shape, (index) => {
            let rest = index[dim] ?? 0;
            const part = parts.find((each) => {
              const size = each.shape[dim] ?? 1;
              if (rest < size) return true;
              rest -= size;
              return false;
            });
            return at(
              part ?? x,
              index.map((i, axis) => (axis === dim ? rest : i)),
            );
          }),
        );
        break;
      }
      default:
        throw new Error(`${node.op} does more than move values`);
    }
  }
  return results[graph.outputs[0] ?? -1] ?? input;
}

/** Of an image (2, 3, 4) whose value at (h, w, c) is 100·h + 10·w + c: what the layers make of it, in their order. */
function moved(call: string): readonly number[] {
  const graph = traceKeras(withImports(`i = keras.Input((2, 3, 4))\nmodel = keras.Model(i, (lambda x: ${call})(i))`));
  const image = fill([1, 4, 2, 3], ([, c = 0, h = 0, w = 0]) => 100 * h + 10 * w + c);
  return run(graph, image).values;
}

const heights = [0, 1];
const widths = [0, 1, 2];
const channels = [0, 1, 2, 3];

test('Flatten goes through rows, columns and channels, as Keras stores them', () => {
  const expected = heights.flatMap((h) => widths.flatMap((w) => channels.map((c) => 100 * h + 10 * w + c)));
  expect(moved('layers.Flatten()(x)')).toEqual(expected);
  expect(moved('layers.Reshape((24,))(x)')).toEqual(expected);
  expect(moved('ops.reshape(x, (-1, 24))')).toEqual(expected);
  expect(moved('layers.Flatten()(layers.Reshape((4, 6))(x))')).toEqual(expected);
});

test('Permute reorders what is shown', () => {
  const expected = channels.flatMap((c) => heights.flatMap((h) => widths.map((w) => 100 * h + 10 * w + c)));
  expect(moved('layers.Flatten()(layers.Permute((3, 1, 2))(x))')).toEqual(expected);
  expect(moved('layers.Flatten()(tf.transpose(x, (0, 3, 1, 2)))')).toEqual(expected);
});

test('indexing takes rows, columns and channels', () => {
  expect(moved('x[:, 1, :, 0]')).toEqual(widths.map((w) => 100 + 10 * w));
  expect(moved('layers.Flatten()(x[:, :, 2])')).toEqual(heights.flatMap((h) => channels.map((c) => 100 * h + 20 + c)));
  expect(moved('layers.Flatten()(x[..., 1:2])')).toEqual(
    heights.flatMap((h) => widths.map((w) => 100 * h + 10 * w + 1)),
  );
});

test('Concatenate joins along the shown axis', () => {
  const row = (h: number, w: number): number[] => channels.map((c) => 100 * h + 10 * w + c);
  const twice = heights.flatMap((h) => widths.flatMap((w) => [...row(h, w), ...row(h, w)]));
  expect(moved('layers.Flatten()(layers.Concatenate()([x, x]))')).toEqual(twice);
  const wide = heights.flatMap((h) => [...widths, ...widths].flatMap((w) => row(h, w)));
  expect(moved('layers.Flatten()(layers.Concatenate(axis=2)([x, x]))')).toEqual(wide);
});

test('depth_to_space numbers the pixels of a block as TensorFlow does', () => {
  // Channel (i·2 + j) of a pixel is the pixel (i, j) of its block.
  const expected = heights.flatMap((h) =>
    [0, 1].flatMap((i) => widths.flatMap((w) => [0, 1].map((j) => 100 * h + 10 * w + i * 2 + j))),
  );
  expect(moved('layers.Flatten()(tf.nn.depth_to_space(x, 2))')).toEqual(expected);
  expect(moved('layers.Flatten()(tf.nn.space_to_depth(tf.nn.depth_to_space(x, 2), 2))')).toEqual(
    moved('layers.Flatten()(x)'),
  );
});

test('where only axes of size 1 move, nothing is moved', () => {
  const graph = traceKeras(withImports('model = keras.Sequential([keras.Input((5, 6, 1)), layers.Flatten()])'));
  expect(graph.nodes.map(({ op }) => op)).toEqual(['input', 'reshape', 'flatten']);
});

test('with channels_first the nodes stay as they are, and Flatten puts the channels last', () => {
  const code = `i = keras.Input((5, 2, 3))
x = layers.ZeroPadding2D(0, data_format="channels_first")(i)
model = keras.Model(i, layers.Flatten(data_format="channels_first")(x))`;
  const image = fill([1, 5, 2, 3], ([, c = 0, h = 0, w = 0]) => 100 * h + 10 * w + c);
  const graph = traceKeras(withImports(code));
  const input = graph.nodes.find(({ op }) => op === 'input');
  // The shown axes (5, 2, 3) are height, width and channels to Keras, whatever the layers make of them.
  const shown =
    input?.type.shape.join() === 'N,3,5,2'
      ? fill([1, 3, 5, 2], ([, w = 0, c = 0, h = 0]) => at(image, [0, c, h, w]))
      : image;
  const expected = heights.flatMap((h) => widths.flatMap((w) => [0, 1, 2, 3, 4].map((c) => 100 * h + 10 * w + c)));
  expect(run(graph, shown).values).toEqual(expected);
});
