/** How sizes along one dimension become others; `scale`: the factor that places are computed with. */
export interface Resampling {
  readonly mode: string;
  readonly alignCorners: boolean;
  readonly antialias: boolean;
  readonly scale: number | undefined;
}

/** The weight of every input place for each output place: rows [to][from]. Source: PyTorch, interpolate. */
export function axisWeights(from: number, to: number, resampling: Resampling): readonly (readonly number[])[] {
  return Array.from({ length: to }, (_, i) => {
    const weights = new Array<number>(from).fill(0);
    for (const [place, weight] of tapsOf(i, from, to, resampling)) {
      const inside = Math.min(Math.max(place, 0), from - 1);
      weights[inside] = (weights[inside] ?? 0) + weight;
    }
    return weights;
  });
}

type Taps = readonly (readonly [place: number, weight: number])[];

function tapsOf(i: number, from: number, to: number, { mode, alignCorners, antialias, scale }: Resampling): Taps {
  const kind = mode.replace(/^(bi|tri)/, '');
  // Places are float32 numbers in PyTorch: where they fall on a border, the other side would be another result.
  const pace = Math.fround(scale === undefined ? from / to : 1 / scale);
  switch (kind) {
    case 'area': {
      const [first, end] = [Math.floor((i * from) / to), Math.ceil(((i + 1) * from) / to)];
      return Array.from({ length: end - first }, (_, k) => [first + k, 1 / (end - first)]);
    }
    case 'nearest':
      return [[Math.floor(Math.fround(i * pace)), 1]];
    case 'nearest-exact':
      return [[Math.floor(Math.fround((i + 0.5) * pace)), 1]];
    case 'linear':
    case 'cubic': {
      if (antialias) return wideTaps(kind, i, from, pace);
      if (from === to) return [[i, 1]];
      const cornerPace = to > 1 ? Math.fround((from - 1) / (to - 1)) : 0;
      const place = Math.fround(alignCorners ? i * cornerPace : Math.fround((i + 0.5) * pace) - 0.5);
      return kind === 'linear' ? linearTaps(Math.max(place, 0)) : cubicTaps(place);
    }
    default:
      throw new Error(`There is no interpolation '${mode}'`);
  }
}

function linearTaps(place: number): Taps {
  const first = Math.floor(place);
  return [
    [first, 1 - (place - first)],
    [first + 1, place - first],
  ];
}

function cubicTaps(place: number): Taps {
  const first = Math.floor(place);
  return [-1, 0, 1, 2].map((k) => [first + k, keys(first + k - place, -0.75)]);
}

/** The filter is as wide as the input places that fall on an output place. */
function wideTaps(kind: 'linear' | 'cubic', i: number, from: number, pace: number): Taps {
  const width = Math.max(pace, 1);
  const centre = (i + 0.5) * pace;
  const reach = (kind === 'linear' ? 1 : 2) * width;
  const weigh = (k: number): number => {
    const distance = (k + 0.5 - centre) / width;
    if (Math.abs(k + 0.5 - centre) >= reach) return 0;
    return kind === 'linear' ? Math.max(0, 1 - Math.abs(distance)) : keys(distance, -0.5);
  };
  const weights = Array.from({ length: from }, (_, k) => weigh(k));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight, k) => [k, weight / sum]);
}

/** Keys' cubic filter. Source: R. Keys, Cubic Convolution Interpolation for Digital Image Processing, 1981. */
export function keys(distance: number, a: number): number {
  const r = Math.abs(distance);
  if (r < 1) return 1 - (a + 3) * r ** 2 + (a + 2) * r ** 3;
  return r < 2 ? -4 * a + 8 * a * r - 5 * a * r ** 2 + a * r ** 3 : 0;
}
