import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { computeNode } from './compute-graph';
import { evaluateLine, graphOfLine } from './evaluate-line';

/** Lines with their values by torch 1.13, `x` being 0 … 23 as [2, 3, 4]; made by test/fixtures/torch/tensor_calls.py. */
const { inPlace } = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../../fixtures/tensor-calls.json'), 'utf8'),
) as { readonly inPlace: readonly (readonly [string, readonly number[], readonly number[]])[] };

describe('changes in place are seen by all views, as torch has it', () => {
  test.each(inPlace)('%s', (line, shape, values) => {
    const { nodes, output } = graphOfLine(line, [2, 3, 4]);
    expect(nodes[output]?.type.shape).toEqual(shape);
    expect(computeNode(nodes, output)).toEqual(values);
  });
});

test('what may be a view or a copy is not guessed', () => {
  const read = (line: string): unknown => evaluateLine(line, [], [2, 3, 4]);
  expect(read('y = x * 1; z = y.permute(0, 2, 1).reshape(2, 12); y += 1; z')).toHaveProperty('unknown');
  expect(read('y = x * 1; z = y.permute(0, 2, 1).reshape(2, 12); z += 1; y')).toHaveProperty('unknown');
  expect(read('y = x * 1; z = y.permute(0, 2, 1).reshape(2, 12); z + 1')).toEqual({ tensor: [[2, 12], 'float32'] });
});
