import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { evaluateLine, type LineResult } from './evaluate-line';
import { needsSizes } from './needs-sizes';

/** What torch 1.13 makes of lines about tensors; made by test/fixtures/torch/tensor_calls.py. */
interface Fixture {
  readonly preamble: readonly string[];
  readonly groups: Readonly<Record<string, readonly (readonly [string, LineResult])[]>>;
}

const fixture = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, '../../fixtures/tensor-calls.json'), 'utf8'),
) as Fixture;
const lines = Object.entries(fixture.groups).flatMap(([group, rows]) =>
  rows.map(([line, result]) => ({ group, line, result })),
);

const values = "A tensor's values are not known before the model runs.";
const count = /How many .* not known before the model runs/;

/** Lines whose result depends on values, or on how the model is run: unknown, for this reason. */
const unknownHere: Readonly<Record<string, string | RegExp>> = {
  'x[x > 0]': count,
  'x[:, :, b]': count,
  'x[:, torch.tensor([True, False, True])]': count,
  'x[[True, False]]': count,
  'x.masked_select(x > 0)': count,
  'x.nonzero()': count,
  'torch.unique(x)': count,
  'torch.where(x > 0)': count,
  'x.tolist()': values,
  'torch.equal(x, x)': values,
  'torch.allclose(x, x)': values,
  'm.T.stride()': 'The strides of this tensor are not known.',
  'x.requires_grad': /depends on how the model is run/,
  // Names that PyTorch does not have: a newer one may have them.
  'x.nonexistent': 'Tensor.nonexistent is not supported yet.',
  'x.nonexistent()': 'Tensor.nonexistent is not supported yet.',
  'torch.nonexistent(x)': 'torch.nonexistent is not supported yet.',
  // torch 1.13 takes a mask of floats, newer ones do not.
  'x.masked_fill(x, 0)': /expects a mask of bool/,
};

/** Lines that torch 1.13 on a CPU refuses, and newer ones or GPUs do not. */
const newerTorch: Readonly<Record<string, LineResult>> = {
  'torch.sqrt(h)': { tensor: [[6], 'float16'] },
  'x[i.int()]': { tensor: [[5, 3, 4, 6], 'float32'] },
  'x.to(5)': { tensor: [[2, 3, 4, 6], 'float32'] },
  'x.itemsize': { value: 4 },
};

describe('what torch says of a line, we say too', () => {
  test.each(lines)('$group: $line', ({ line, result }) => {
    const got = evaluateLine(line, fixture.preamble, [2, 3, 4, 6]);
    const reason = unknownHere[line];
    if (reason !== undefined) expect(got).toEqual({ unknown: expect.stringMatching(reason) as string });
    else if (newerTorch[line]) expect(got).toEqual(newerTorch[line]);
    else if ('raises' in result) expect(got).toEqual({ raises: expect.any(String) as string });
    else expect(got).toEqual(result);
  });

  test('every exception to it is one of the lines', () => {
    const all = new Set(lines.map(({ line }) => line));
    expect([...Object.keys(unknownHere), ...Object.keys(newerTorch)].filter((line) => !all.has(line))).toEqual([]);
  });
});

describe('sizes that are not known', () => {
  const accepted = lines.filter(({ line, result }) => !('raises' in result) && unknownHere[line] === undefined);

  test.each(accepted)('$group: $line', ({ line, result }) => {
    const got = evaluateLine(line, fixture.preamble, ['N', 3, 'H', 'W'], { N: 2, H: 4, W: 6 });
    if (needsSizes.has(line)) expect(got).toEqual({ unknown: expect.any(String) as string });
    else expect(got).toEqual(result);
  });

  test('every line that needs them is one of the lines', () => {
    const all = new Set(accepted.map(({ line }) => line));
    expect([...needsSizes].filter((line) => !all.has(line))).toEqual([]);
  });

  test.each([
    ['x[:, :, 1:-1, ::2]', ['N', 3, 'H-2', '(W+1)//2']],
    ['x[:, :, : x.size(2) // 2]', ['N', 3, '(H)//2', 'W']],
    ['x[:, :, x.size(2) // 2 :]', ['N', 3, '-(H)//2+H', 'W']],
    ['x.flatten(2).transpose(1, 2)', ['N', 'H*W', 3]],
    ['x.view(x.size(0), 3, -1).mean(2)', ['N', 3]],
    ['x.unfold(2, 3, 2)', ['N', 3, '(H+1)//2-1', 'W', 3]],
    ['torch.cat([x, x[:, :, 1:]], 2)', ['N', 3, '2*H-1', 'W']],
    ['x.repeat(1, 1, 2, 2)', ['N', 3, '2*H', '2*W']],
    ["torch.einsum('bchw,bcxy->bhwxy', x, x)", ['N', 'H', 'W', 'H', 'W']],
    ['x.flatten(2) @ x.flatten(2).transpose(1, 2)', ['N', 3, 3]],
    ['torch.arange(x.size(2)).view(1, 1, -1, 1) + x', ['N', 3, 'H', 'W']],
    ['x.view(x.size(0), x.size(1), x.size(2) // 2, 2, -1)', undefined],
  ])('%s of (N, 3, H, W) is %o', (line, shape) => {
    const got = evaluateLine(line, [], ['N', 3, 'H', 'W']);
    if (shape) expect(got).toEqual({ tensor: [shape, 'float32'] });
    else expect(got).toHaveProperty('unknown');
  });

  test('what cannot fit at any size is refused', () => {
    expect(evaluateLine('torch.cat([x, x[:, :, 1:]], 1)', [], ['N', 3, 'H', 'W'])).toEqual({
      raises: 'cat along dimension 1: shapes (N, 3, H, W) and (N, 3, H-1, W) do not fit together.',
    });
    expect(evaluateLine('x.view(-1, 400)', [], ['N', 16, 4, 4])).toEqual({
      raises: 'A tensor of shape (N, 16, 4, 4) with 256*N elements cannot take the shape (-1, 400).',
    });
    expect(evaluateLine('x + torch.ones(5)', [], ['N', 3, 'H', 4])).toEqual({
      raises: 'add: shapes (N, 3, H, 4) and (5,) do not fit together: 4 and 5 in dimension 3 differ, and neither is 1.',
    });
  });
});
