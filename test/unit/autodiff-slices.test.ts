import { describe, expect, test } from 'vitest';
import { differentiate } from '../../src/core/autodiff';
import type { Dim } from '../../src/core/graph/dim';
import { GraphBuilder } from '../../src/core/graph/graph-builder';

/** The ops that make the gradient of a tensor [N, 6, 2] of which these slices along dimension 1 are used. */
function gradientOps(slices: readonly (readonly [start: Dim, length: Dim])[]): readonly string[] {
  const builder = new GraphBuilder('net');
  const x = builder.input('x', { shape: ['N', 6, 2], dtype: 'f32' });
  const parts = slices.map(([start, length]) => builder.add('slice', { dim: 1, start, length }, [x]));
  const loss = builder.add('sum', { dims: [0, 1, 2], keepDims: false }, [builder.add('concat', { dim: 1 }, parts)]);
  const gradient = differentiate(builder, loss, [x]).get(x) ?? -1;
  const seen = new Set<number>();
  const visit = (id: number): void => {
    if (seen.has(id) || id <= loss) return;
    seen.add(id);
    builder.node(id).inputs.forEach(visit);
  };
  visit(gradient);
  return [...seen].map((id) => builder.node(id).op).filter((op) => ['add', 'concat', 'slice_grad'].includes(op));
}

describe('the gradient of a tensor whose slices are used', () => {
  test('is the slices put together where they are all of it', () => {
    expect(
      gradientOps([
        [4, 2],
        [0, 2],
        [2, 2],
      ]),
    ).toEqual(['concat']);
  });

  test('has zeros between them where they are not', () => {
    expect(
      gradientOps([
        [1, 2],
        [4, 1],
      ]),
    ).toEqual(['concat']);
  });

  test('is their sum where they overlap', () => {
    expect(
      [
        ...gradientOps([
          [0, 4],
          [2, 4],
        ]),
      ].sort(),
    ).toEqual(['add', 'slice_grad', 'slice_grad']);
  });

  test('is that of the slice where there is one', () => {
    expect(gradientOps([[1, 2]])).toEqual(['slice_grad']);
  });
});
