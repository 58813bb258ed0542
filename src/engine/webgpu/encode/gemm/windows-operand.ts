import type { PlanTensor } from '../../../plan';
import { quotientFunction, type Operand, type OperandName } from './operand';

/** One element of what a window sees, by its place relative to the window's own. */
export interface WindowElement {
  readonly channel: number;
  readonly row: number;
  readonly column: number;
  /** Where in a group's weights (of the result's row 0) the weight stands that it is multiplied by. */
  readonly weight: number;
}

/** Windows on the images [N, C, H, W] of a tensor. */
export interface WindowsSource {
  readonly tensor: PlanTensor;
  readonly images: number;
  readonly groups: number;
  /** Of one group. */
  readonly channels: number;
  readonly size: readonly [number, number];
  /** Windows below each other and side by side. */
  readonly grid: readonly [number, number];
  readonly stride: readonly [number, number];
}

export const wordsOfElement = 3;

/** What windows see, as words: offset in a group's image, row and column in one word, weight. */
export function elementWords(elements: readonly WindowElement[], [height, width]: readonly [number, number]): number[] {
  return elements.flatMap(({ channel, row, column, weight }) => [
    (channel * height + row) * width + column,
    (row << 16) | (column & 0xffff),
    weight,
  ]);
}

/**
 * Windows along the span, what they see along the depth. The tensor `elements` has the words of all phases' elements; WGSL
 * functions `phase_of(z)`, `group_of(z)` and `first_element(phase)` say which ones are a product's.
 */
export function windowsOperand(name: OperandName, source: WindowsSource): Operand {
  // Where rows of windows are multiples of four, four neighbours are in one row.
  const oneRow = source.grid[1] % 4 === 0;
  const type = oneRow ? 'i32' : 'vec4<i32>';
  const first = oneRow
    ? 'min(first, p.NAME_span - 4u)'
    : 'min(vec4(first) + vec4(0u, 1u, 2u, 3u), vec4(p.NAME_span - 1u))';
  const steps = 'vec4(0, 1, 2, 3) * i32(p.NAME_stride_x)';
  const rest = oneRow ? `vec4(place.start) + ${steps}` : 'place.start';
  const code = `struct Place_NAME { start: ${type}, y: ${type}, x: ${type}, element: u32 }
fn place_NAME(z: u32, first: u32) -> Place_NAME {
  let window = ${first};
  let row_of_all = window / p.NAME_grid_width;
  let image = row_of_all / p.NAME_grid_height;
  let y = (row_of_all - image * p.NAME_grid_height) * p.NAME_stride_y;
  let x = (window - row_of_all * p.NAME_grid_width) * p.NAME_stride_x;
  let start = (image * p.NAME_groups + group_of(z)) * p.NAME_step + y * p.NAME_width + x;
  return Place_NAME(${['start', 'y', 'x'].map((value) => `${type}(${value})`).join(', ')}, first_element(phase_of(z)));
}
fn fetch_NAME(place: Place_NAME, k: u32, end: u32) -> vec4<f32> {
  if (k >= end) { return vec4<f32>(); }
  let element = (place.element + k) * ${wordsOfElement}u;
  let offset = load_elements(element);
  let shift = load_elements(element + 1u);
  let y = vec4<u32>(vec4<i32>(place.y + (shift >> 16u)));
  let x = vec4<u32>(place.x + ((shift << 16u) >> 16u)${oneRow ? ` + ${steps}` : ''});
  let inside = (y < vec4(p.NAME_height)) & (x < vec4(p.NAME_width));
  let at = select(vec4<u32>(), vec4<u32>(${rest} + offset), inside);
  let values = vec4(load_NAME(at.x), load_NAME(at.y), load_NAME(at.z), load_NAME(at.w));
  return select(vec4<f32>(), values, inside);
}`;
  return {
    along: 'span',
    tensors: { [name]: source.tensor },
    sizes: sizesOf(name, source),
    code: code.replaceAll('NAME', name),
  };
}

/** What windows see along the span, windows along the depth. The tensor `elements` has the words of the elements. */
export function transposedWindowsOperand(name: OperandName, source: WindowsSource, elements: number): Operand {
  const [gridHeight, gridWidth] = source.grid;
  const code = `struct Place_NAME { start: vec4<i32>, y: vec4<i32>, x: vec4<i32> }
fn place_NAME(z: u32, first: u32) -> Place_NAME {
  let element = min(vec4(first) + vec4(0u, 1u, 2u, 3u), vec4(p.NAME_elements - 1u)) * ${wordsOfElement}u;
  let offset = vec4(${eachLane('load_elements(element.LANE)')});
  let shift = vec4(${eachLane('load_elements(element.LANE + 1u)')});
  return Place_NAME(offset + vec4(i32(z * p.NAME_step)), shift >> vec4(16u), (shift << vec4(16u)) >> vec4(16u));
}
${quotientFunction(name)}
fn fetch_NAME(place: Place_NAME, k: u32, end: u32) -> vec4<f32> {
  if (k >= end) { return vec4<f32>(); }
  let row_of_all = quotient_NAME(k, p.NAME_grid_width, p.NAME_inverse_width);
  let image = quotient_NAME(row_of_all, p.NAME_grid_height, p.NAME_inverse_height);
  let first_y = (row_of_all - image * p.NAME_grid_height) * p.NAME_stride_y;
  let first_x = (k - row_of_all * p.NAME_grid_width) * p.NAME_stride_x;
  let y = vec4<u32>(place.y + i32(first_y));
  let x = vec4<u32>(place.x + i32(first_x));
  let inside = (y < vec4(p.NAME_height)) & (x < vec4(p.NAME_width));
  let start = image * p.NAME_groups * p.NAME_step + first_y * p.NAME_width + first_x;
  let at = select(vec4<u32>(), vec4<u32>(place.start + i32(start)), inside);
  let values = vec4(load_NAME(at.x), load_NAME(at.y), load_NAME(at.z), load_NAME(at.w));
  return select(vec4<f32>(), values, inside);
}`;
  return {
    along: 'depth',
    tensors: { [name]: source.tensor },
    sizes: { ...sizesOf(name, source), [`${name}_elements`]: elements },
    numbers: { [`${name}_inverse_width`]: 1 / gridWidth, [`${name}_inverse_height`]: 1 / gridHeight },
    code: code.replaceAll('NAME', name),
  };
}

/** Weights [group's rows …] at the places that the elements of `windowsOperand` say: rows along the span. */
export function elementWeightsOperand(
  name: OperandName,
  {
    tensor,
    rows,
    rowStep,
    groupStep,
  }: { readonly tensor: PlanTensor; readonly rows: number; readonly rowStep: number; readonly groupStep: number },
): Operand {
  const code = `struct Place_NAME { start: vec4<u32>, element: u32 }
fn place_NAME(z: u32, first: u32) -> Place_NAME {
  let row = min(vec4(first) + vec4(0u, 1u, 2u, 3u), vec4(p.NAME_rows - 1u));
  return Place_NAME(row * p.NAME_row_step + vec4(group_of(z) * p.NAME_group_step), first_element(phase_of(z)));
}
fn fetch_NAME(place: Place_NAME, k: u32, end: u32) -> vec4<f32> {
  if (k >= end) { return vec4<f32>(); }
  let at = place.start + vec4(u32(load_elements((place.element + k) * ${wordsOfElement}u + 2u)));
  return vec4(${eachLane('load_NAME(at.LANE)')});
}`;
  return {
    along: 'depth',
    tensors: { [name]: tensor },
    sizes: { [`${name}_rows`]: rows, [`${name}_row_step`]: rowStep, [`${name}_group_step`]: groupStep },
    code: code.replaceAll('NAME', name),
  };
}

/** For convolutions whose windows all see the same: one phase. */
export const onePhase = `fn phase_of(z: u32) -> u32 { return 0u; }
fn group_of(z: u32) -> u32 { return z; }
fn first_element(phase: u32) -> u32 { return 0u; }`;

/** Product z is of group z / phases and phase z % phases; the tensor `phases` has each one's first element and their number. */
export const severalPhases = `fn phase_of(z: u32) -> u32 { return z % p.phases; }
fn group_of(z: u32) -> u32 { return z / p.phases; }
fn first_element(phase: u32) -> u32 { return u32(load_phases(4u * phase)); }`;

/** For `Product.ownDepths`. */
export const depthOfPhase = 'u32(load_phases(4u * phase_of(z) + 1u))';

function sizesOf(
  name: OperandName,
  { images, groups, channels, size, grid, stride }: WindowsSource,
): Record<string, number> {
  return {
    [`${name}_span`]: images * grid[0] * grid[1],
    [`${name}_groups`]: groups,
    [`${name}_step`]: channels * size[0] * size[1],
    [`${name}_height`]: size[0],
    [`${name}_width`]: size[1],
    [`${name}_grid_height`]: grid[0],
    [`${name}_grid_width`]: grid[1],
    [`${name}_stride_y`]: stride[0],
    [`${name}_stride_x`]: stride[1],
  };
}

function eachLane(text: string): string {
  return ['x', 'y', 'z', 'w'].map((lane) => text.replaceAll('LANE', lane)).join(', ');
}
