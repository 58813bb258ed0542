import { alignUp } from '../align';
import { tensorBytes } from '../tensor-bytes';
import { isTensorUse, type KernelCall, type KernelTensor, type TensorUse } from './kernel-call';

export type Region = KernelTensor['region'];

/** A range of a region's buffer that a shader sees as one array. */
export interface Binding {
  readonly region: Region;
  /** Bytes. */
  readonly offset: number;
  readonly byteLength: number;
}

/** A dispatch as the device needs it. */
export interface Shader {
  /** The whole WGSL: equal texts are one pipeline. */
  readonly source: string;
  /** In the order of the binding numbers 1, 2, …; number 0 are the parameters. */
  readonly bindings: readonly Binding[];
  /** The uniform buffer's words. */
  readonly parameters: readonly number[];
}

interface Place {
  readonly name: string;
  readonly tensor: KernelTensor;
  readonly vector: boolean;
  /** Bytes of the region, the start rounded down to where a binding may begin. */
  readonly start: number;
  readonly end: number;
}

interface Merged {
  region: Region;
  start: number;
  end: number;
  vector: boolean;
  places: Place[];
}

/**
 * Puts declarations before a kernel's code. Tensors whose ranges overlap share one binding: WebGPU refuses two writable
 * bindings of one place, and so a tensor that is written where another was read is the same array here.
 */
export function assembleShader(call: KernelCall): Shader {
  const merged = mergeOverlaps(Object.entries(call.tensors).map(([name, use]) => placeOf(name, use)));
  const fields: string[] = [];
  const parameters: number[] = [];
  const addParameter = (name: string, type: 'u32' | 'i32' | 'f32', value: number): void => {
    fields.push(`  ${name}: ${type},`);
    parameters.push(type === 'f32' ? floatWord(value) : value >>> 0);
  };
  const declarations: string[] = [];
  merged.forEach(({ vector, places, start }, index) => {
    const array = `b${index}`;
    const element = elementType(places[0]?.tensor);
    const type = vector ? `vec4<${element}>` : element;
    declarations.push(`@group(0) @binding(${index + 1}) var<storage, read_write> ${array}: array<${type}>;`);
    for (const place of places) {
      const bytes = place.tensor.region === 'data';
      // Below zero where the binding begins within the tensor; indices are reckoned modulo 2³², so that the sum is right.
      const offset = place.tensor.offset - start;
      addParameter(`${place.name}_at`, 'u32', bytes ? offset : offset / 4);
      declarations.push(...accessors(place, array, element, vector));
    }
  });
  for (const [name, value] of Object.entries(call.sizes ?? {})) addParameter(name, 'u32', value);
  for (const [name, value] of Object.entries(call.integers ?? {})) addParameter(name, 'i32', value);
  for (const [name, value] of Object.entries(call.numbers ?? {})) addParameter(name, 'f32', value);
  const source = [
    'struct Parameters {',
    ...fields,
    '}',
    '@group(0) @binding(0) var<uniform> p: Parameters;',
    ...declarations,
    call.code,
  ].join('\n');
  const bindings = merged.map(({ region, start, end }) => ({ region, offset: start, byteLength: end - start }));
  return { source, bindings, parameters };
}

/** Bindings that a call would need: a device has a limit. */
export function bindingCount(tensors: KernelCall['tensors']): number {
  return mergeOverlaps(Object.entries(tensors).map(([name, use]) => placeOf(name, use))).length;
}

function byteLengthOf(tensor: KernelTensor): number {
  return 'length' in tensor ? 4 * tensor.length : tensorBytes(tensor);
}

const bindingAlignment = 256;

function placeOf(name: string, use: KernelCall['tensors'][string]): Place {
  const { tensor, vector = false, window }: TensorUse = isTensorUse(use) ? use : { tensor: use };
  const begin = tensor.offset + 4 * (window?.from ?? 0);
  const end = window ? tensor.offset + 4 * window.to : tensor.offset + Math.max(4, byteLengthOf(tensor));
  return {
    name,
    tensor,
    vector,
    start: Math.floor(begin / bindingAlignment) * bindingAlignment,
    // Whole vectors; buffers end at multiples of this too.
    end: alignUp(end, 16),
  };
}

function mergeOverlaps(places: readonly Place[]): readonly Merged[] {
  const merged: Merged[] = [];
  for (const place of places) {
    const touching = merged.filter(
      ({ region, start, end }) => region === place.tensor.region && start < place.end && place.start < end,
    );
    const [first] = touching;
    if (!first) {
      const { tensor, vector, start, end } = place;
      merged.push({ region: tensor.region, start, end, vector, places: [place] });
      continue;
    }
    first.places.push(place);
    first.start = Math.min(first.start, place.start, ...touching.map(({ start }) => start));
    first.end = Math.max(first.end, place.end, ...touching.map(({ end }) => end));
    first.vector ||= place.vector || touching.some(({ vector }) => vector);
    for (const other of touching.slice(1)) {
      first.places.push(...other.places);
      merged.splice(merged.indexOf(other), 1);
    }
  }
  return merged;
}

function elementType(tensor: KernelTensor | undefined): 'f32' | 'i32' | 'u32' {
  if (tensor?.region === 'data') return 'u32';
  return tensor?.dtype === 'f32' ? 'f32' : 'i32';
}

function accessors(place: Place, array: string, element: string, vector: boolean): readonly string[] {
  const { name, tensor } = place;
  const own = elementType(tensor);
  const read = (text: string) => (own === element ? text : `bitcast<${own}>(${text})`);
  const written = own === element ? 'value' : `bitcast<${element}>(value)`;
  if (tensor.region === 'data') {
    const byte = `(${array}[(p.${name}_at + i) >> 2u] >> (8u * ((p.${name}_at + i) & 3u))) & 255u`;
    return [`fn load_${name}(i: u32) -> u32 { return ${byte}; }`];
  }
  if (!vector) {
    return [
      `fn load_${name}(i: u32) -> ${own} { return ${read(`${array}[p.${name}_at + i]`)}; }`,
      `fn store_${name}(i: u32, value: ${own}) { ${array}[p.${name}_at + i] = ${written}; }`,
    ];
  }
  const four = `vec4<${own}>`;
  const readFour = own === element ? '' : `bitcast<${four}>`;
  const writtenFour = own === element ? 'value' : `bitcast<vec4<${element}>>(value)`;
  const at = `p.${name}_at + i`;
  return [
    `fn load_${name}(i: u32) -> ${own} { return ${read(`${array}[(${at}) >> 2u][(${at}) & 3u]`)}; }`,
    `fn load4_${name}(i: u32) -> ${four} { return ${readFour}(${array}[(p.${name}_at >> 2u) + i]); }`,
    `fn store4_${name}(i: u32, value: ${four}) { ${array}[(p.${name}_at >> 2u) + i] = ${writtenFour}; }`,
  ];
}

/** The bits of a float. */
function floatWord(value: number): number {
  floats[0] = value;
  return words[0] ?? 0;
}

const floats = new Float32Array(1);
const words = new Uint32Array(floats.buffer);
