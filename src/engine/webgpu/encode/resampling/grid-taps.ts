import type { KernelStep } from '../../../plan';
import { booleanAttribute, stringAttribute } from '../../../steps/attributes';

export interface GridTaps {
  /** Taps along one dimension, and of a place. */
  readonly along: number;
  readonly all: number;
  /** WGSL: `taps_along(g, length)` gives indices (−1: outside of the image), weights and slopes along one dimension. */
  readonly code: string;
}

/** What a place of the grid reads of an image. Source: PyTorch, torch.nn.functional.grid_sample. */
export function gridTaps({ attrs }: KernelStep, rank: number): GridTaps {
  const [mode, padding] = [stringAttribute(attrs, 'mode'), stringAttribute(attrs, 'paddingMode')];
  const aligned = booleanAttribute(attrs, 'alignCorners');
  const along = mode === 'nearest' ? 1 : mode === 'bilinear' ? 2 : 4;
  const isCubic = mode === 'bicubic';
  const place = aligned ? '(g + 1.0) * 0.5 * (size - 1.0)' : '((g + 1.0) * size - 1.0) * 0.5';
  const lines = [
    'var taps: Taps;',
    'let size = f32(length);',
    `var place = ${place};`,
    `var slope = ${aligned ? '(size - 1.0) * 0.5' : 'size * 0.5'};`,
  ];
  if (!isCubic && padding !== 'zeros') {
    if (padding === 'reflection') {
      lines.push('if (turns_back(place, size)) { slope = -slope; }', 'place = reflected(place, size);');
    }
    lines.push(
      'if (!(place > 0.0 && place < size - 1.0)) { slope = 0.0; }',
      'place = bounded(place, 0.0, size - 1.0);',
    );
  }
  lines.push(
    '// 1e9 or more, or not a number: nothing of the image.',
    'if ((bitcast<u32>(place) & 0x7fffffffu) >= 0x4e6e6b28u) {',
    `  for (var k = 0u; k < ${along}u; k++) { taps.index[k] = -1; }`,
    '  return taps;',
    '}',
    ...(isCubic ? cubicLines(padding) : mode === 'bilinear' ? linearLines : nearestLines),
    'return taps;',
  );
  return {
    along,
    all: along ** rank,
    code: `struct Taps {
  index: array<i32, ${along}>,
  weight: array<f32, ${along}>,
  slope: array<f32, ${along}>,
}
fn inside(index: f32, size: f32) -> i32 { return select(-1, i32(index), index >= 0.0 && index < size); }
${mirrors(aligned)}
${isCubic ? cubicFilter : ''}
fn taps_along(g: f32, length: u32) -> Taps {
${lines.map((line) => `  ${line}`).join('\n')}
}`,
  };
}

const nearestLines = ['taps.index[0] = inside(round(place), size);', 'taps.weight[0] = 1.0;'];

const linearLines = [
  'let first = floor(place);',
  'taps.index[0] = inside(first, size);',
  'taps.index[1] = inside(first + 1.0, size);',
  'taps.weight[0] = 1.0 - (place - first);',
  'taps.weight[1] = place - first;',
  'taps.slope[0] = -slope;',
  'taps.slope[1] = slope;',
];

function cubicLines(padding: string): readonly string[] {
  const moved =
    padding === 'zeros'
      ? []
      : [
          ...(padding === 'reflection' ? ['  index = reflected(index, size);'] : []),
          '  index = clamp(index, 0.0, size - 1.0);',
        ];
  return [
    'let first = floor(place);',
    'for (var k = 0u; k < 4u; k++) {',
    '  let distance = place - first - (f32(k) - 1.0);',
    '  var index = first + (f32(k) - 1.0);',
    ...moved,
    '  taps.index[k] = inside(index, size);',
    '  taps.weight[k] = cubic(abs(distance));',
    '  let change = cubic_slope(abs(distance)) * slope;',
    '  taps.slope[k] = select(change, -change, distance < 0.0);',
    '}',
  ];
}

/** Keys' cubic convolution (1981) with a = −¾, of a distance 0 … 2. */
const cubicFilter = `fn cubic(x: f32) -> f32 {
  if (x <= 1.0) { return (1.25 * x - 2.25) * x * x + 1.0; }
  return select(0.0, ((-0.75 * x + 3.75) * x - 6.0) * x + 3.0, x < 2.0);
}
fn cubic_slope(x: f32) -> f32 {
  if (x <= 1.0) { return (3.75 * x - 4.5) * x; }
  return select(0.0, (-2.25 * x + 7.5) * x - 6.0, x < 2.0);
}`;

/** A place mirrored at the image's borders until it is inside: at the centres of the outer pixels, or at their edges. */
function mirrors(aligned: boolean): string {
  const [low, span] = aligned ? ['0.0', 'size - 1.0'] : ['-0.5', 'size'];
  return `fn reflected(place: f32, size: f32) -> f32 {
  let span = ${span};
  if (span == 0.0) { return 0.0; }
  let distance = abs(place - (${low}));
  let flips = floor(distance / span);
  let rest = distance - flips * span;
  return select(span - rest, rest, is_even(flips)) + (${low});
}
// Whether a place that moves on is mirrored to one that moves back.
fn turns_back(place: f32, size: f32) -> bool {
  let span = ${span};
  if (span == 0.0) { return false; }
  let even = is_even(floor(abs(place - (${low})) / span));
  return select(!even, even, place < ${low});
}
fn is_even(x: f32) -> bool { return floor(x * 0.5) * 2.0 == x; }`;
}
