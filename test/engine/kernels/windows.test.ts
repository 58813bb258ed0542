import { describe, it } from 'vitest';
import { Numbers } from '../wasm/numbers';
import { describeKernels } from './describe-kernels';

const one = [1, 1] as const;
const unfoldings = [
  { x: [2, 3, 9, 14], kernel: [3, 3], stride: one, padding: [1, 1], dilation: one },
  { x: [3, 2, 8, 12], kernel: [2, 4], stride: [2, 4], padding: [0, 0], dilation: one },
  { x: [1, 5, 11, 19], kernel: [3, 2], stride: [2, 3], padding: [2, 4], dilation: [2, 5] },
  { x: [1, 1, 2, 3], kernel: [2, 2], stride: one, padding: [4, 5], dilation: one },
] as const;

const volumes = [
  { x: [2, 3, 5, 10], kernel: 3, stride: 1, padding: 1, dilation: 1, count: 5 },
  { x: [1, 4, 9, 7], kernel: 2, stride: 2, padding: 3, dilation: 4, count: 5 },
  { x: [2, 2, 6, 5], kernel: 1, stride: 3, padding: 0, dilation: 1, count: 2 },
] as const;

describeKernels((engines) => {
  describe.each(unfoldings)('$x, kernel $kernel, stride $stride', ({ x: shape, ...attrs }) => {
    it('makes columns of an image, and an image of columns', async () => {
      const numbers = new Numbers(3);
      const windows = ([0, 1] as const).map((axis) => {
        const span = attrs.dilation[axis] * (attrs.kernel[axis] - 1) + 1;
        return Math.floor((shape[axis === 0 ? 2 : 3] + 2 * attrs.padding[axis] - span) / attrs.stride[axis]) + 1;
      });
      const [rows = 0, columns = 0] = windows;
      const unfolded = [shape[0], shape[1] * attrs.kernel[0] * attrs.kernel[1], rows * columns];
      await engines.check('unfold', attrs, [numbers.floats(shape)], unfolded);
      await engines.check('fold', { ...attrs, outputSize: shape.slice(2) }, [numbers.floats(unfolded)], shape);
    });
  });

  describe.each(volumes)('$x, $count windows of $kernel slices', ({ x: shape, count, ...window }) => {
    it('makes channels of slices, and slices of channels', async () => {
      const numbers = new Numbers(4);
      const stacked = [shape[0], count, shape[1] * window.kernel, shape[3]];
      await engines.check('depth_windows', { ...window, count }, [numbers.floats(shape)], stacked);
      await engines.check('depth_windows_sum', { ...window, depth: shape[2] }, [numbers.floats(stacked)], shape);
    });
  });

  it.each([
    [2, 3, 5, 7],
    [3, 8],
    [1, 5, 1],
  ])('adds a bias to every channel of [%i, %i, …]', async (...shape) => {
    const numbers = new Numbers(6);
    const sizes = shape.filter((size) => typeof size === 'number');
    await engines.check('add_channel_bias', {}, [numbers.floats(sizes), numbers.floats(sizes.slice(1, 2))], sizes);
  });
});
