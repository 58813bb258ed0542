import { alignUp } from '../align';
import type { HalfStorage } from '../plan';
import { elementBytes, tensorBytes } from '../tensor-bytes';
import { isTensorUse, type KernelCall, type KernelTensor, type TensorUse } from './kernel-call';
import { halfFunctions } from './wgsl/half-functions';

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
  const storages = new Set(Object.values(call.tensors).map((use) => storageOf(isTensorUse(use) ? use.tensor : use)));
  if (storages.has('f16')) declarations.push(halfFunctions.to_half);
  if (storages.has('rounded')) declarations.push(halfFunctions.round_to_half);
  merged.forEach(({ vector, places, start }, index) => {
    const array = `b${index}`;
    if (new Set(places.map(({ tensor }) => storageOf(tensor) === 'f16')).size > 1) {
      throw new Error(`Kernel ${call.name} has tensors of 16 and of 32 bits at one place`);
    }
    const element = elementType(places[0]?.tensor);
    const type = vector ? `vec4<${element}>` : element;
    declarations.push(`@group(0) @binding(${index + 1}) var<storage, read_write> ${array}: array<${type}>;`);
    for (const place of places) {
      const { tensor } = place;
      // Below zero where the binding begins within the tensor; indices are reckoned modulo 2³², so that the sum is right.
      addParameter(`${place.name}_at`, 'u32', (tensor.offset - start) / bytesOf(tensor));
      declarations.push(...accessors(place, array, element, vector));
    }
  });
  for (const [name, value] of Object.entries(call.sizes ?? {})) addParameter(name, 'u32', value);
  for (const [name, value] of Object.entries(call.integers ?? {})) addParameter(name, 'i32', value);
  for (const [name, value] of Object.entries(call.numbers ?? {})) addParameter(name, 'f32', value);
  const source = [
    ...(storages.has('f16') ? ['enable f16;'] : []),
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
  const begin = tensor.offset + bytesOf(tensor) * (window?.from ?? 0);
  const end = tensor.offset + (window ? bytesOf(tensor) * window.to : Math.max(4, byteLengthOf(tensor)));
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

function bytesOf(tensor: KernelTensor): number {
  return 'length' in tensor ? 4 : elementBytes(tensor);
}

function storageOf(tensor: KernelTensor | undefined): HalfStorage | undefined {
  return tensor && 'shape' in tensor ? tensor.storage : undefined;
}

/** What an array of its binding consists of. */
function elementType(tensor: KernelTensor | undefined): ElementType {
  return storageOf(tensor) === 'f16' ? 'f16' : valueType(tensor);
}

/** What kernels read and write. */
function valueType(tensor: KernelTensor | undefined): 'f32' | 'i32' | 'u32' {
  if (tensor?.region === 'data') return 'u32';
  return tensor?.dtype === 'f32' ? 'f32' : 'i32';
}

type ElementType = 'f32' | 'i32' | 'u32' | 'f16';

/** Expressions of what is read or written in the types that it is kept and computed with; `lanes`: `4` where four go together. */
function conversions(tensor: KernelTensor, element: ElementType, lanes: '' | '4') {
  const own = valueType(tensor);
  const typed = (type: string) => (lanes === '' ? type : `vec4<${type}>`);
  const asFloat = (text: string) => (own === 'f32' ? text : `bitcast<${typed('f32')}>(${text})`);
  const fromFloat = (text: string) => (own === 'f32' ? text : `bitcast<${typed(own)}>(${text})`);
  switch (storageOf(tensor)) {
    case 'f16':
      return {
        read: (text: string) => fromFloat(`${typed('f32')}(${text})`),
        written: `to_half${lanes}(${asFloat('value')})`,
      };
    case 'rounded': {
      const rounded = `round_to_half${lanes}(${asFloat('value')})`;
      return {
        read: (text: string) => (own === element ? text : `bitcast<${typed(own)}>(${text})`),
        written: element === 'f32' ? rounded : `bitcast<${typed(element)}>(${rounded})`,
      };
    }
    case undefined:
      return {
        read: (text: string) => (own === element ? text : `bitcast<${typed(own)}>(${text})`),
        written: own === element ? 'value' : `bitcast<${typed(element)}>(value)`,
      };
  }
}

function accessors(place: Place, array: string, element: ElementType, vector: boolean): readonly string[] {
  const { name, tensor } = place;
  const own = valueType(tensor);
  if (tensor.region === 'data') {
    const byte = `(${array}[(p.${name}_at + i) >> 2u] >> (8u * ((p.${name}_at + i) & 3u))) & 255u`;
    return [`fn load_${name}(i: u32) -> u32 { return ${byte}; }`];
  }
  const one = conversions(tensor, element, '');
  const at = `p.${name}_at + i`;
  if (!vector) {
    return [
      `fn load_${name}(i: u32) -> ${own} { return ${one.read(`${array}[${at}]`)}; }`,
      `fn store_${name}(i: u32, value: ${own}) { ${array}[${at}] = ${one.written}; }`,
    ];
  }
  const four = conversions(tensor, element, '4');
  const place4 = `${array}[(p.${name}_at >> 2u) + i]`;
  return [
    `fn load_${name}(i: u32) -> ${own} { return ${one.read(`${array}[(${at}) >> 2u][(${at}) & 3u]`)}; }`,
    `fn load4_${name}(i: u32) -> vec4<${own}> { return ${four.read(place4)}; }`,
    `fn store4_${name}(i: u32, value: vec4<${own}>) { ${place4} = ${four.written}; }`,
  ];
}

/** The bits of a float. */
function floatWord(value: number): number {
  floats[0] = value;
  return words[0] ?? 0;
}

const floats = new Float32Array(1);
const words = new Uint32Array(floats.buffer);
