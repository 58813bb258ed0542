import { fill, pixel, sizeAt, type Forward, type Pair, type Tensor64 } from '../tensor64';

export const poolingForwards: Readonly<Record<string, Forward>> = {
  max_pool2d: maxPool2d,
  avg_pool2d: avgPool2d,
  adaptive_avg_pool2d: adaptiveAvgPool2d,
};

function maxPool2d(
  [x]: readonly Tensor64[],
  { kernel, stride, padding, dilation }: { kernel: Pair; stride: Pair; padding: Pair; dilation: Pair },
  shape: readonly number[],
): Float64Array {
  return fill(shape, (n, c, oy, ox) => {
    let most = -Infinity;
    for (let ky = 0; ky < kernel[0]; ky++) {
      for (let kx = 0; kx < kernel[1]; kx++) {
        const y = oy * stride[0] - padding[0] + ky * dilation[0];
        most = Math.max(most, pixel(x, n, c, y, ox * stride[1] - padding[1] + kx * dilation[1], -Infinity));
      }
    }
    return most;
  });
}

/** PyTorch's rule for the divisor: the part of the window within the padded image, or within the image. */
function avgPool2d(
  [x]: readonly Tensor64[],
  attrs: { kernel: Pair; stride: Pair; padding: Pair; countIncludePad: boolean; divisorOverride: number | null },
  shape: readonly number[],
): Float64Array {
  const { kernel, stride, padding } = attrs;
  const [height, width] = [sizeAt(x, 2), sizeAt(x, 3)];
  return fill(shape, (n, c, oy, ox) => {
    let [sum, inside, insidePadded] = [0, 0, 0];
    for (let y = oy * stride[0] - padding[0], ky = 0; ky < kernel[0]; ky++, y++) {
      for (let column = ox * stride[1] - padding[1], kx = 0; kx < kernel[1]; kx++, column++) {
        if (y >= 0 && y < height && column >= 0 && column < width) inside++;
        if (y < height + padding[0] && column < width + padding[1]) insidePadded++;
        sum += pixel(x, n, c, y, column, 0);
      }
    }
    return sum / (attrs.divisorOverride ?? (attrs.countIncludePad ? insidePadded : inside));
  });
}

function adaptiveAvgPool2d([x]: readonly Tensor64[], _attrs: object, shape: readonly number[]): Float64Array {
  const [, , outHeight = 0, outWidth = 0] = shape;
  const bin = (i: number, size: number, bins: number): Pair => [
    Math.floor((i * size) / bins),
    Math.ceil(((i + 1) * size) / bins),
  ];
  return fill(shape, (n, c, oy, ox) => {
    const [top, bottom] = bin(oy, sizeAt(x, 2), outHeight);
    const [left, right] = bin(ox, sizeAt(x, 3), outWidth);
    let sum = 0;
    for (let y = top; y < bottom; y++)
      for (let column = left; column < right; column++) sum += pixel(x, n, c, y, column, 0);
    return sum / ((bottom - top) * (right - left));
  });
}
