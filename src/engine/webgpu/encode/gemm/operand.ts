import type { PlanTensor } from '../../../plan';
import { mayVectorize, type KernelCall } from '../../kernel-call';

/**
 * Where one factor of a matrix product comes from. Of A the span are the rows, of B the columns; the depth is what is summed
 * over. For the name `a` the code has
 *
 * - `struct PlaceA`, `fn place_a(z: u32, first: u32) -> PlaceA`: what is known of four neighbours in the span from `first` on
 *   (a multiple of 4), in the z-th of the products. Neighbours beyond the span's end may be anything: what comes of them is
 *   not kept.
 * - `fn fetch_a(place: PlaceA, k: u32, end: u32) -> vec4<f32>`: their elements at depth k, zeros where k ≥ end.
 */
export interface Operand {
  /** Along which neighbouring threads should read, as neighbours in memory are neighbours along it. */
  readonly along: 'depth' | 'span';
  readonly tensors: KernelCall['tensors'];
  readonly sizes: Readonly<Record<string, number>>;
  readonly integers?: Readonly<Record<string, number>>;
  readonly numbers?: Readonly<Record<string, number>>;
  readonly code: string;
}

export type OperandName = 'a' | 'b';

/** Dense matrices, one behind the other or at places of their own. */
export interface MatrixSource {
  readonly tensor: PlanTensor;
  readonly span: number;
  readonly depth: number;
  /** Along which neighbours are neighbours in memory. */
  readonly contiguous: 'depth' | 'span';
  /** Elements from one product's matrix to the next one's; or a WGSL expression of `z` for where it begins. */
  readonly step: number | { readonly expression: string };
}

export function matrixOperand(name: OperandName, source: MatrixSource): Operand {
  const { tensor, span, depth, contiguous, step } = source;
  const start = typeof step === 'number' ? `z * p.${name}_step` : step.expression;
  const along = contiguous;
  const sizes = {
    [`${name}_span`]: span,
    [`${name}_pitch`]: contiguous === 'depth' ? depth : span,
    ...(typeof step === 'number' ? { [`${name}_step`]: step } : {}),
  };
  if (contiguous === 'depth') {
    const code = `${fourPlaces(name)}
fn place_${name}(z: u32, first: u32) -> Place_${name} {
  let places = min(vec4(first) + vec4(0u, 1u, 2u, 3u), vec4(p.${name}_span - 1u));
  return Place_${name}(places * p.${name}_pitch + vec4(${start}));
}
${fetchFour(name, 'k')}`;
    return { along, tensors: { [name]: tensor }, sizes, code };
  }
  if (span % 4 === 0 && mayVectorize(tensor) && (typeof step !== 'number' || step % 4 === 0)) {
    const code = `struct Place_${name} { first: u32 }
fn place_${name}(z: u32, first: u32) -> Place_${name} {
  return Place_${name}(((${start}) + min(first, p.${name}_span - 4u)) >> 2u);
}
fn fetch_${name}(place: Place_${name}, k: u32, end: u32) -> vec4<f32> {
  if (k >= end) { return vec4<f32>(); }
  return load4_${name}(place.first + k * (p.${name}_pitch >> 2u));
}`;
    return { along, tensors: { [name]: { tensor, vector: true } }, sizes, code };
  }
  const code = `${fourPlaces(name)}
fn place_${name}(z: u32, first: u32) -> Place_${name} {
  let places = min(vec4(first) + vec4(0u, 1u, 2u, 3u), vec4(p.${name}_span - 1u));
  return Place_${name}(places + vec4(${start}));
}
${fetchFour(name, `k * p.${name}_pitch`)}`;
  return { along, tensors: { [name]: tensor }, sizes, code };
}

/** Planes [N, channels, places] of images as a matrix (images and places) × channels. */
export interface PlanesSource {
  readonly tensor: PlanTensor;
  readonly images: number;
  /** Of all groups, and of each: product z is of group z. */
  readonly channels: number;
  readonly groupChannels: number;
  readonly places: number;
}

/** Images and places along the span, the group's channels along the depth. */
export function planesOperand(name: OperandName, source: PlanesSource): Operand {
  const { tensor, images, channels, groupChannels, places } = source;
  const sizes = {
    [`${name}_span`]: images * places,
    [`${name}_places`]: places,
    [`${name}_image`]: channels * places,
    [`${name}_group`]: groupChannels * places,
  };
  if (places % 4 === 0 && mayVectorize(tensor)) {
    const code = `struct Place_${name} { first: u32 }
fn place_${name}(z: u32, first: u32) -> Place_${name} {
  let place = min(first, p.${name}_span - 4u);
  let image = place / p.${name}_places;
  let start = image * p.${name}_image + z * p.${name}_group + place - image * p.${name}_places;
  return Place_${name}(start >> 2u);
}
fn fetch_${name}(place: Place_${name}, k: u32, end: u32) -> vec4<f32> {
  if (k >= end) { return vec4<f32>(); }
  return load4_${name}(place.first + k * (p.${name}_places >> 2u));
}`;
    return { along: 'span', tensors: { [name]: { tensor, vector: true } }, sizes, code };
  }
  const code = `${fourPlaces(name)}
fn place_${name}(z: u32, first: u32) -> Place_${name} {
  let place = min(vec4(first) + vec4(0u, 1u, 2u, 3u), vec4(p.${name}_span - 1u));
  let image = place / p.${name}_places;
  return Place_${name}(image * p.${name}_image + z * p.${name}_group + place - image * p.${name}_places);
}
${fetchFour(name, `k * p.${name}_places`)}`;
  return { along: 'span', tensors: { [name]: tensor }, sizes, code };
}

/** The group's channels along the span, images and places along the depth. */
export function transposedPlanesOperand(name: OperandName, source: PlanesSource): Operand {
  const { tensor, channels, groupChannels, places } = source;
  const code = `${fourPlaces(name)}
fn place_${name}(z: u32, first: u32) -> Place_${name} {
  let channel = min(vec4(first) + vec4(0u, 1u, 2u, 3u), vec4(p.${name}_channels - 1u));
  return Place_${name}((vec4(z * p.${name}_channels) + channel) * p.${name}_places);
}
${quotientFunction(name)}
${fetchFour(name, `quotient_${name}(k, p.${name}_places, p.${name}_inverse) * (p.${name}_image - p.${name}_places) + k`)}`;
  return {
    along: 'depth',
    tensors: { [name]: tensor },
    sizes: {
      [`${name}_channels`]: groupChannels,
      [`${name}_places`]: places,
      [`${name}_image`]: channels * places,
    },
    numbers: { [`${name}_inverse`]: 1 / places },
    code,
  };
}

/**
 * Division by a parameter whose inverse is a parameter too: the product of floats is at most one off where quotients are below
 * 2^21. (Whole numbers are divided by some twenty instructions, and this stands in the innermost loop.)
 */
export function quotientFunction(name: string): string {
  return `fn quotient_${name}(n: u32, divisor: u32, inverse: f32) -> u32 {
  let guess = u32(f32(n) * inverse);
  let rest = i32(n) - i32(guess * divisor);
  return select(select(guess, guess + 1u, rest >= i32(divisor)), guess - 1u, rest < 0);
}`;
}

/** The place of four elements that are read one by one. */
function fourPlaces(name: OperandName): string {
  return `struct Place_${name} { start: vec4<u32> }`;
}

function fetchFour(name: OperandName, offset: string): string {
  return `fn fetch_${name}(place: Place_${name}, k: u32, end: u32) -> vec4<f32> {
  if (k >= end) { return vec4<f32>(); }
  let at = place.start + vec4(${offset});
  return vec4(load_${name}(at.x), load_${name}(at.y), load_${name}(at.z), load_${name}(at.w));
}`;
}
