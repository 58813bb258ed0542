import { fill, pixel, sizeAt, at, type Forward, type Pair, type Tensor64 } from '../tensor64';

export const convolutionForwards: Readonly<Record<string, Forward>> = {
  conv2d,
};

function conv2d(
  [x, weight, bias]: readonly Tensor64[],
  attrs: { stride: Pair; padding: readonly [number, number, number, number]; dilation: Pair; groups: number },
  shape: readonly number[],
): Float64Array {
  const [, groupChannels = 0, kernelHeight = 0, kernelWidth = 0] = weight?.shape ?? [];
  const outputsPerGroup = sizeAt(weight, 0) / attrs.groups;
  return fill(shape, (n, o, oy, ox) => {
    let sum = bias ? at(bias.data, o) : 0;
    const firstChannel = Math.floor(o / outputsPerGroup) * groupChannels;
    for (let c = 0; c < groupChannels; c++) {
      for (let ky = 0; ky < kernelHeight; ky++) {
        for (let kx = 0; kx < kernelWidth; kx++) {
          const y = oy * attrs.stride[0] - attrs.padding[0] + ky * attrs.dilation[0];
          const column = ox * attrs.stride[1] - attrs.padding[1] + kx * attrs.dilation[1];
          sum += pixel(x, n, firstChannel + c, y, column, 0) * pixel(weight, o, c, ky, kx, 0);
        }
      }
    }
    return sum;
  });
}
