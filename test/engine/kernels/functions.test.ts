import { describe, expect, test } from 'vitest';
import type { Attributes } from '../../../src/core/graph/graph';
import { runOp, runOpToWords } from '../run-op';
import { describeKernels } from './describe-kernels';
import { firstOf, reference } from './kernel-engines';

describeKernels((engines) => {
  /** Largest relative error of single elements; what is below the smallest normal number counts as that. */
  async function worstError(op: string, attrs: Attributes, values: Float32Array): Promise<number> {
    const shape = [values.length];
    const input = { shape, data: values };
    const expected = reference(op, attrs, [input], shape);
    let worst = 0;
    // Of the CPU's both builds, with any number of threads.
    for (const engine of engines.all.slice(0, 2)) {
      const actual = await runOp(engine, op, attrs, [input], shape);
      for (let i = 0; i < values.length; i++) {
        const error =
          Math.abs((actual[i] ?? NaN) - (expected[i] ?? NaN)) / Math.max(Math.abs(expected[i] ?? NaN), 2 ** -126);
        worst = Number.isNaN(error) ? Infinity : Math.max(worst, error);
      }
    }
    return worst;
  }

  /** Evenly spaced, and close to 0. */
  function numbers(low: number, high: number): Float32Array {
    const count = 10_001;
    const even = Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
    const small = Array.from({ length: 60 }, (_, i) => 2 ** (-i / 2)).flatMap((value) => [value, -value]);
    return Float32Array.from([...even, ...small].filter((value) => value >= low && value <= high));
  }

  describe('single elements are as exact as float32 can be', () => {
    // A rounding step is 6e-8.
    test.each([
      ...[
        ['exp', -87, 88],
        ['exp2', -125, 127],
        ['expm1', -20, 88],
        ['sigmoid', -80, 40],
        ['tanh', -20, 20],
      ],
      ...[
        ['log', 1e-6, 50],
        ['log2', 1e-6, 50],
        ['log10', 1e-6, 50],
        ['log1p', -0.99, 50],
        ['logsigmoid', -50, 80],
      ],
      ...[
        ['sqrt', 0, 100],
        ['rsqrt', 1e-3, 100],
        ['reciprocal', 1e-3, 100],
        ['silu', -80, 40],
        ['softsign', -9, 9],
      ],
      ...[
        ['sinh', -89, 89],
        ['cosh', -89, 89],
        ['asinh', -1e4, 1e4],
        ['acosh', 1.001, 1e4],
        ['atanh', -0.999, 0.999],
      ],
      ...[
        ['asin', -1, 1],
        ['acos', -1, 0.999],
        ['atan', -40, 40],
        ['erf', -6, 6],
        ['mish', -80, 40],
      ],
      ...[
        ['selu', -20, 20],
        ['gelu', -3, 20],
        ['i0', -50, 50],
        ['lgamma', 3, 1000],
        ['digamma', 2, 1000],
      ],
    ] as const)('%s from %d to %d', async (op, low, high) => {
      const attrs = op === 'gelu' ? { approximate: 'none' } : {};
      expect(await worstError(op, attrs, numbers(low, high))).toBeLessThan(6e-7);
    });

    test.each([
      ['erfinv', -0.9999, 0.9999, 1e-6],
      ['erfc', -6, 9, 2e-6],
      ['sin', -3.1, 3.1, 6e-7],
      ['cos', -1.5, 1.5, 6e-7],
      ['tan', -1.5, 1.5, 1e-6],
    ] as const)('%s from %d to %d', async (op, low, high, tolerance) => {
      expect(await worstError(op, {}, numbers(low, high))).toBeLessThan(tolerance);
    });

    test('sine and cosine of large numbers', async () => {
      const values = Float32Array.of(1e3, -12345.67, 999_999, 1e6, 3e7, -1e10, 1e20, 3e38);
      expect(await worstError('sin', {}, values)).toBeLessThan(1e-6);
      expect(await worstError('cos', {}, values)).toBeLessThan(1e-6);
    });
  });

  describe('where there is no number, or no finite one, it is as in PyTorch', () => {
    const infinite = Infinity;

    test.each<[string, Attributes, readonly number[], readonly number[]]>([
      ['exp', {}, [-infinite, infinite, NaN, 89, -110], [0, infinite, NaN, infinite, 0]],
      ['expm1', {}, [-infinite, infinite, NaN, 89], [-1, infinite, NaN, infinite]],
      ['exp2', {}, [-infinite, infinite, NaN, 3, -2, 128], [0, infinite, NaN, 8, 0.25, infinite]],
      ['log', {}, [0, -1, infinite, -infinite, NaN, 1], [-infinite, NaN, infinite, NaN, NaN, 0]],
      ['log2', {}, [0, -1, infinite, 8, 0.125, 2 ** -149], [-infinite, NaN, infinite, 3, -3, -149]],
      ['log10', {}, [0, -1, infinite, NaN, 1], [-infinite, NaN, infinite, NaN, 0]],
      ['log1p', {}, [-1, -2, infinite, NaN, 0], [-infinite, NaN, infinite, NaN, 0]],
      ['sqrt', {}, [0, -1, infinite, NaN, 4], [0, NaN, infinite, NaN, 2]],
      ['rsqrt', {}, [0, -1, infinite, NaN, 4], [infinite, NaN, 0, NaN, 0.5]],
      ['reciprocal', {}, [0, infinite, NaN, 4], [infinite, 0, NaN, 0.25]],
      ['sin', {}, [infinite, -infinite, NaN, 0], [NaN, NaN, NaN, 0]],
      ['asin', {}, [2, -2, NaN, 0], [NaN, NaN, NaN, 0]],
      ['acos', {}, [2, -2, NaN, 1], [NaN, NaN, NaN, 0]],
      ['acosh', {}, [0.5, 1, infinite, NaN], [NaN, 0, infinite, NaN]],
      ['atanh', {}, [1, -1, 2, NaN, 0], [infinite, -infinite, NaN, NaN, 0]],
      ['asinh', {}, [infinite, -infinite, NaN, 0], [infinite, -infinite, NaN, 0]],
      ['sinh', {}, [infinite, -infinite, NaN, 0], [infinite, -infinite, NaN, 0]],
      ['cosh', {}, [infinite, -infinite, NaN, 0], [infinite, infinite, NaN, 1]],
      ['erf', {}, [infinite, -infinite, NaN, 0], [1, -1, NaN, 0]],
      ['erfc', {}, [infinite, -infinite, NaN, 0], [0, 2, NaN, 1]],
      ['erfinv', {}, [1, -1, 2, NaN, 0], [infinite, -infinite, NaN, NaN, 0]],
      ['lgamma', {}, [0, -1, infinite, NaN, 1, 2], [infinite, infinite, infinite, NaN, 0, 0]],
      ['digamma', {}, [0, -1, infinite, NaN], [-infinite, NaN, infinite, NaN]],
      ['sinc', {}, [0, NaN], [1, NaN]],
      ['sigmoid', {}, [infinite, -infinite, NaN, 0], [1, 0, NaN, 0.5]],
      ['tanh', {}, [infinite, -infinite, NaN, 0], [1, -1, NaN, 0]],
      ['relu6', {}, [infinite, -infinite, NaN, 7], [6, 0, NaN, 6]],
      ['hardswish', {}, [infinite, NaN, 4, -4], [infinite, NaN, 4, 0]],
      ['hardsigmoid', {}, [infinite, -infinite, NaN, 0], [1, 0, NaN, 0.5]],
      ['leaky_relu', { negativeSlope: 0.5 }, [infinite, -infinite, NaN, -2], [infinite, -infinite, NaN, -1]],
      ['elu', { alpha: 2 }, [infinite, -infinite, NaN, 3], [infinite, -2, NaN, 3]],
      ['silu', {}, [infinite, NaN, 0], [infinite, NaN, 0]],
      ['gelu', { approximate: 'none' }, [infinite, NaN, 0], [infinite, NaN, 0]],
      ['mish', {}, [infinite, NaN, 0, 200], [infinite, NaN, 0, 200]],
      ['softplus', { beta: 1, threshold: 20 }, [infinite, -infinite, NaN, 30], [infinite, 0, NaN, 30]],
      ['logsigmoid', {}, [infinite, -infinite, NaN, 200], [0, -infinite, NaN, 0]],
      ['hardtanh', { minimum: -1, maximum: 2 }, [infinite, -infinite, NaN, 0], [2, -1, NaN, 0]],
      ['clamp', { min: null, max: 2 }, [infinite, -infinite, NaN, 0], [2, -infinite, NaN, 0]],
      ['threshold', { threshold: 1, value: 9 }, [infinite, -infinite, NaN, 1], [infinite, 9, NaN, 9]],
      ['hardshrink', { lambd: 0.5 }, [infinite, -infinite, NaN, 0.5], [infinite, -infinite, NaN, 0]],
      ['abs', {}, [infinite, -infinite, NaN, -3], [infinite, infinite, NaN, 3]],
      ['sign', {}, [infinite, -infinite, NaN, 0], [1, -1, 0, 0]],
      ['floor', {}, [infinite, NaN, -0.5, 2.5], [infinite, NaN, -1, 2]],
      ['round', {}, [infinite, NaN, 0.5, 1.5, 2.5, -1.5], [infinite, NaN, 0, 2, 2, -2]],
      ['nan_to_num', {}, [infinite, NaN, -1], [3.4028234663852886e38, 0, -1]],
      ['nan_to_num', { nan: 5, posinf: 0, neginf: -7 }, [infinite, NaN, -infinite], [0, 5, -7]],
    ])('%s %j of %j', async (op, attrs, given, expected) => {
      const shape = [given.length];
      for (const engine of engines.all) {
        const y = await runOp(engine, op, attrs, [{ shape, data: Float32Array.from(given) }], shape);
        expect([...y].map((value) => (value === 0 ? 0 : value))).toEqual(
          [...expected].map((value) => Math.fround(value)),
        );
      }
    });

    test.each<[string, readonly number[]]>([
      ['is_nan', [0, 0, 1, 0, 0, 0]],
      ['is_inf', [1, 1, 0, 0, 0, 0]],
      ['is_finite', [0, 0, 0, 1, 1, 1]],
      ['is_positive_inf', [1, 0, 0, 0, 0, 0]],
      ['is_negative_inf', [0, 1, 0, 0, 0, 0]],
      ['logical_not', [0, 0, 0, 1, 0, 1]],
    ])('%s makes words', async (op, expected) => {
      const data = Float32Array.of(infinite, -infinite, NaN, 0, -2, -0);
      for (const engine of engines.all) {
        const y = await runOpToWords(engine, op, {}, [{ shape: [6], data }], [6]);
        expect([...y]).toEqual(expected);
      }
    });

    test.each<[string, Attributes, readonly number[]]>([
      ['abs', {}, [7, 0, 3, 2147483647, 1]],
      ['sign', {}, [-1, 0, 1, 1, -1]],
      ['sign_bit', {}, [1, 0, 0, 0, 1]],
      ['bitwise_not', {}, [6, -1, -4, -2147483648, 0]],
      ['logical_not', {}, [0, 1, 0, 0, 0]],
      ['clamp', { min: -2, max: 5 }, [-2, 0, 3, 5, -1]],
      ['clamp', { min: 0, max: null }, [0, 0, 3, 2147483647, 0]],
      ['threshold', { threshold: 0, value: 9 }, [9, 9, 3, 2147483647, 9]],
    ])('%s %j of whole numbers', async (op, attrs, expected) => {
      const data = Int32Array.of(-7, 0, 3, 2147483647, -1);
      for (const engine of engines.all) {
        const y = await runOpToWords(engine, op, attrs, [{ shape: [5], data }], [5]);
        expect([...y]).toEqual(expected);
      }
    });
  });

  test('slopes on the edges are as in PyTorch', async () => {
    const shape = [5];
    const dy = { shape, data: Float32Array.of(1, 2, 3, 4, 5) };
    const gradient = async (op: string, attrs: Attributes, values: readonly number[]) => {
      const x = { shape, data: Float32Array.from(values) };
      return [...(await runOp(firstOf(engines), op, attrs, [dy, x], shape))];
    };
    expect(await gradient('clamp_grad', { min: -1, max: 2 }, [-2, -1, 0, 2, 3])).toEqual([0, 2, 3, 4, 0]);
    expect(await gradient('hardtanh_grad', { minimum: -1, maximum: 2 }, [-1, -0.5, 0, 2, 2])).toEqual([0, 2, 3, 0, 0]);
    expect(await gradient('relu6_grad', {}, [0, 1, 5, 6, 6])).toEqual([0, 2, 3, 0, 0]);
    expect(await gradient('hardswish_grad', {}, [-4, -3, 0, 3, 4])).toEqual([0, -1, 1.5, 6, 5]);
    expect(await gradient('leaky_relu_grad', { negativeSlope: 0.5 }, [-1, 0, 1, 2, -2])).toEqual([0.5, 1, 3, 4, 2.5]);
    expect(await gradient('abs_grad', {}, [-1, 0, 1, 2, -2])).toEqual([-1, 0, 3, 4, -5]);
    expect(await gradient('threshold_grad', { threshold: 1, value: 0 }, [0, 1, 2, 3, 0])).toEqual([0, 0, 3, 4, 0]);
  });

  test.each([[[7, 5]], [[3, 4, 5, 7]], [[2, 130, 9]], [[37, 11, 3]]])(
    'lines of any dimension of %j give the same bits for any number of threads',
    async (shape) => {
      const size = shape.reduce((product, dim) => product * dim, 1);
      const x = { shape, data: Float32Array.from({ length: size }, (_, i) => Math.fround(4 * Math.sin(i * 1.7))) };
      const dy = { shape, data: Float32Array.from({ length: size }, (_, i) => Math.fround(Math.cos(i * 0.9))) };
      for (let dim = 0; dim < shape.length; dim++) {
        for (const op of ['softmax', 'log_softmax']) {
          await engines.check(op, { dim }, [x], shape);
          const y = { shape, data: Float32Array.from(reference(op, { dim }, [x], shape)) };
          await engines.check(`${op}_grad`, { dim }, [dy, y], shape);
        }
        await engines.check('normalize', { p: 2, dims: [dim], eps: 1e-12 }, [x], shape);
      }
    },
  );

  test.each([[[3, 7, 29, 31]], [[5, 7]], [[2, 64, 17, 3]]])('slopes of each channel of %j', async (shape) => {
    const size = shape.reduce((product, dim) => product * dim, 1);
    const channels = shape[1] ?? 1;
    const x = { shape, data: Float32Array.from({ length: size }, (_, i) => Math.fround(Math.sin(i * 1.7))) };
    const weight = { shape: [channels], data: Float32Array.from({ length: channels }, (_, c) => 0.1 * (c + 1)) };
    await engines.check('prelu', {}, [x, weight], shape);
    await engines.check('prelu', {}, [x, { shape: [1], data: Float32Array.of(0.3) }], shape);
  });
});
