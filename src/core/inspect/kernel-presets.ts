import type { Kernel } from './filter-sizes';

/** A kernel with a name, and how its output is best seen: as an image, or as values around zero. */
export interface KernelPreset {
  readonly name: string;
  readonly kernel: Kernel;
  readonly view: 'image' | 'signed';
  /** What it does, in a sentence. */
  readonly about: string;
}

export const kernelPresets: readonly KernelPreset[] = [
  preset('Identity', 'image', 'Leaves every pixel as it is.', [
    [0, 0, 0],
    [0, 1, 0],
    [0, 0, 0],
  ]),
  preset('Shift', 'image', 'Each pixel becomes its left neighbour: the image moves to the right.', [
    [0, 0, 0],
    [1, 0, 0],
    [0, 0, 0],
  ]),
  preset('Box blur 3×3', 'image', 'The mean of a pixel and its neighbours.', fill(3), 1 / 9),
  preset('Box blur 7×7', 'image', 'The mean of 49 pixels.', fill(7), 1 / 49),
  preset('Gaussian 3×3', 'image', 'A mean in which near pixels count more.', outer([1, 2, 1]), 1 / 16),
  preset('Gaussian 5×5', 'image', 'A wider mean in which near pixels count more.', outer([1, 4, 6, 4, 1]), 1 / 256),
  preset(
    'Gaussian 7×7',
    'image',
    'A wide mean in which near pixels count more.',
    outer([1, 6, 15, 20, 15, 6, 1]),
    1 / 4096,
  ),
  preset('Motion blur', 'image', 'The mean along a diagonal, as if the camera had moved.', diagonal(7), 1 / 7),
  preset('Sharpen', 'image', 'Adds to each pixel how much it differs from its four neighbours.', [
    [0, -1, 0],
    [-1, 5, -1],
    [0, -1, 0],
  ]),
  preset('Unsharp mask', 'image', 'Twice the image, less a blurred one.', unsharp(), 1 / 256),
  preset('Emboss', 'image', 'Light falls from one corner.', [
    [-2, -1, 0],
    [-1, 1, 1],
    [0, 1, 2],
  ]),
  preset('Sobel x', 'signed', 'Right less left: vertical edges.', [
    [-1, 0, 1],
    [-2, 0, 2],
    [-1, 0, 1],
  ]),
  preset('Sobel y', 'signed', 'Below less above: horizontal edges.', [
    [-1, -2, -1],
    [0, 0, 0],
    [1, 2, 1],
  ]),
  preset('Prewitt x', 'signed', 'Right less left, all rows alike.', [
    [-1, 0, 1],
    [-1, 0, 1],
    [-1, 0, 1],
  ]),
  preset('Scharr x', 'signed', 'Right less left, for edges of any direction.', [
    [-3, 0, 3],
    [-10, 0, 10],
    [-3, 0, 3],
  ]),
  preset('Laplacian', 'signed', 'Four neighbours less the pixel: edges and points, of any direction.', [
    [0, 1, 0],
    [1, -4, 1],
    [0, 1, 0],
  ]),
  preset('Laplacian, 8 neighbours', 'signed', 'Eight neighbours less the pixel.', [
    [1, 1, 1],
    [1, -8, 1],
    [1, 1, 1],
  ]),
  preset('Laplacian of Gaussian', 'signed', 'A blur and a Laplacian in one: blobs.', [
    [0, 0, -1, 0, 0],
    [0, -1, -2, -1, 0],
    [-1, -2, 16, -2, -1],
    [0, -1, -2, -1, 0],
    [0, 0, -1, 0, 0],
  ]),
];

function preset(
  name: string,
  view: KernelPreset['view'],
  about: string,
  rows: readonly (readonly number[])[],
  factor = 1,
): KernelPreset {
  const kernel = { height: rows.length, width: rows[0]?.length ?? 0, weights: rows.flat(), factor, bias: 0 };
  return { name, view, about, kernel };
}

function fill(side: number): number[][] {
  return Array.from({ length: side }, () => Array<number>(side).fill(1));
}

/** Rows of Pascal's triangle, multiplied with themselves, are Gaussians' whole numbers. */
function outer(row: readonly number[]): number[][] {
  return row.map((down) => row.map((across) => down * across));
}

function diagonal(side: number): number[][] {
  return fill(side).map((row, y) => row.map((_, x) => (x === y ? 1 : 0)));
}

function unsharp(): number[][] {
  return outer([1, 4, 6, 4, 1]).map((row, y) => row.map((weight, x) => (x === 2 && y === 2 ? 512 : 0) - weight));
}
