/** What one output place is made of: input places and their weights. */
export type Taps = readonly (readonly [index: number, weight: number])[];

/** How sizes along one dimension become others (PyTorch, interpolate). */
export interface AxisResampling {
  readonly mode: 'nearest' | 'nearest-exact' | 'linear' | 'cubic' | 'area';
  readonly alignCorners: boolean;
  /** The scale factor that places are computed with; undefined: that of the sizes. */
  readonly scale: number | undefined;
  readonly antialias: boolean;
}

/** The taps of each output place. Places are computed in float32 as PyTorch does, so that they fall on the same sides. */
export function tapsOfAxis(size: number, outputSize: number, axis: AxisResampling): readonly Taps[] {
  const each = (tapsAt: (i: number) => Taps) => Array.from({ length: outputSize }, (_, i) => tapsAt(i));
  switch (axis.mode) {
    case 'area':
      return each((i) => {
        const first = Math.floor((i * size) / outputSize);
        const count = Math.ceil(((i + 1) * size) / outputSize) - first;
        return Array.from({ length: count }, (_, k) => [first + k, 1 / count]);
      });
    case 'nearest':
    case 'nearest-exact':
      return each((i) => [[nearest(i, size, outputSize, axis), 1]]);
    case 'linear':
    case 'cubic': {
      if (axis.antialias) return each((i) => antialiased(i, size, outputSize, axis));
      if (axis.mode === 'cubic') return each((i) => cubic(i, size, outputSize, axis));
      return each((i) => linear(i, size, outputSize, axis));
    }
  }
}

/** The taps of the gradient: what each input place gave to. */
export function transposeTaps(taps: readonly Taps[], size: number): readonly Taps[] {
  const transposed: [number, number][][] = Array.from({ length: size }, () => []);
  taps.forEach((ofOutput, output) => {
    for (const [index, weight] of ofOutput) transposed[index]?.push([output, weight]);
  });
  return transposed;
}

export function equalTaps(a: Taps, b: Taps): boolean {
  return a.length === b.length && a.every(([index, weight], k) => index === b[k]?.[0] && weight === b[k]?.[1]);
}

function nearest(i: number, size: number, outputSize: number, axis: AxisResampling): number {
  const factor = stepOf(size, outputSize, axis);
  if (axis.mode === 'nearest-exact') return Math.min(Math.floor(Math.fround((i + 0.5) * factor)), size - 1);
  if (outputSize === size) return i;
  if (outputSize === 2 * size) return i >> 1;
  return Math.min(Math.floor(Math.fround(i * factor)), size - 1);
}

function linear(i: number, size: number, outputSize: number, axis: AxisResampling): Taps {
  if (outputSize === size) return [[i, 1]];
  const place = Math.max(placeOf(i, size, outputSize, axis), 0);
  const index = Math.min(Math.floor(place), size - 1);
  const rest = Math.fround(Math.min(Math.max(place - index, 0), 1));
  return [
    [index, Math.fround(1 - rest)],
    [Math.min(index + 1, size - 1), rest],
  ];
}

function cubic(i: number, size: number, outputSize: number, axis: AxisResampling): Taps {
  if (outputSize === size) return [[i, 1]];
  const place = placeOf(i, size, outputSize, axis);
  const index = Math.min(Math.floor(place), size - 1);
  const rest = Math.min(Math.max(place - index, 0), 1);
  return [-1, 0, 1, 2].map((offset) => [
    Math.min(Math.max(index + offset, 0), size - 1),
    cubicWeight(rest - offset, -0.75),
  ]);
}

/** Where more than one input place falls on an output place, the filter is as wide as that (Pillow's resize). */
function antialiased(i: number, size: number, outputSize: number, axis: AxisResampling): Taps {
  const step = stepOf(size, outputSize, axis);
  const width = Math.max(step, 1);
  const support = (axis.mode === 'cubic' ? 2 : 1) * width;
  const centre = step * (i + 0.5);
  const first = Math.max(Math.trunc(centre - support + 0.5), 0);
  const count = Math.min(Math.trunc(centre + support + 0.5), size) - first;
  const weights = Array.from({ length: count }, (_, k) => {
    const distance = (first + k - centre + 0.5) / width;
    return axis.mode === 'cubic' ? cubicWeight(distance, -0.5) : Math.max(1 - Math.abs(distance), 0);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight, k) => [first + k, weight / total]);
}

/** Keys' cubic convolution, 1981. */
function cubicWeight(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

/** How far apart in the input neighbouring output places are. */
function stepOf(size: number, outputSize: number, { mode, alignCorners, scale }: AxisResampling): number {
  if (alignCorners && (mode === 'linear' || mode === 'cubic')) {
    return outputSize > 1 ? Math.fround((size - 1) / (outputSize - 1)) : 0;
  }
  return Math.fround(scale !== undefined && scale > 0 ? 1 / scale : size / outputSize);
}

function placeOf(i: number, size: number, outputSize: number, axis: AxisResampling): number {
  const step = stepOf(size, outputSize, axis);
  if (axis.alignCorners) return Math.fround(step * i);
  return Math.fround(Math.fround(step * (i + 0.5)) - 0.5);
}
