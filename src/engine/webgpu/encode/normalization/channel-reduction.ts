import type { PlanTensor } from '../../../plan';
import { planeShape } from '../../../steps/tensors';
import type { KernelCall, WorkTensor } from '../../kernel-call';
import { foldWorkgroups, type ProgramBuilder } from '../../program-builder';
import { sumThreads } from '../workgroup-sums';

/** Sums over the images and places of each channel of a tensor [N, C, …]. */
export interface ChannelReduction {
  readonly name: string;
  /** Gives the shape; which tensors are read is up to the code. */
  readonly shape: PlanTensor;
  readonly tensors: KernelCall['tensors'];
  /** A WGSL struct's name: what is known after some elements. */
  readonly state: string;
  /**
   * Functions: `begin(channel: u32, place: u32) -> state` of no elements yet (`place` is one that will come),
   * `add(state, channel, place) -> state`, `join(state, state) -> state`, and `pack(state) -> vec4<f32>`.
   */
  readonly code: string;
}

/** Four numbers for each chunk and channel, as `pack` gives them: [chunks, C, 4]. */
export interface ChannelPartials {
  readonly tensor: WorkTensor;
  readonly chunks: number;
  readonly channels: number;
}

/** Longest sum of one thread. */
const longestSum = 256;
/** Workgroups that keep a large device busy. */
const wantedWorkgroups = 1024;
/** Elements of a chunk below which threads have too little to do. */
const leastChunk = 4 * sumThreads;

/**
 * Every channel's elements are cut into chunks by the shape alone; a workgroup sums one chunk of one channel. Where planes are
 * tiny, neighbours in memory are channels, and a workgroup takes 32 of them.
 */
export function encodeChannelReduction(program: ProgramBuilder, reduction: ChannelReduction): ChannelPartials {
  const [images, channels, places] = planeShape(reduction.shape);
  const elements = images * places;
  const across = places < 8 && channels > 1 ? 32 : 1;
  const lanes = sumThreads / across;
  const columns = Math.ceil(channels / across);
  const useful = Math.min(Math.ceil(wantedWorkgroups / columns), Math.floor((elements * across) / leastChunk));
  const wanted = Math.max(1, useful, Math.ceil(elements / (lanes * longestSum)));
  const chunkElements = Math.ceil(elements / wanted);
  const chunks = Math.ceil(elements / chunkElements);
  const tensor = program.scratch(4 * chunks * channels);
  program.run({
    name: reduction.name,
    tensors: { ...reduction.tensors, partial: { tensor, vector: true } },
    sizes: {
      ...{ channels, places, elements, chunk_elements: chunkElements, chunks, columns },
      ...{ step_images: Math.floor(lanes / places), step_places: lanes % places },
    },
    code: `${reduction.code}
var<workgroup> states: array<${reduction.state}, ${sumThreads}>;
@compute @workgroup_size(${sumThreads})
fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let number = group.x + group.y * groups.x;
  if (number >= p.columns * p.chunks) { return; }
  let channel = min(number % p.columns * ${across}u + t % ${across}u, p.channels - 1u);
  let lane = t / ${across}u;
  let chunk = number / p.columns;
  let first = chunk * p.chunk_elements + lane;
  let end = min(p.elements, (chunk + 1u) * p.chunk_elements);
  var image = first / p.places;
  var place = first % p.places;
  var state = begin(channel, (min(image, p.elements / p.places - 1u) * p.channels + channel) * p.places + place);
  for (var i = first; i < end; i += ${lanes}u) {
    state = add(state, channel, (image * p.channels + channel) * p.places + place);
    image += p.step_images;
    place += p.step_places;
    if (place >= p.places) {
      place -= p.places;
      image++;
    }
  }
  states[t] = state;
  workgroupBarrier();
  for (var half = ${sumThreads / 2}u; half >= ${across}u; half >>= 1u) {
    if (t < half) { states[t] = join(states[t], states[t + half]); }
    workgroupBarrier();
  }
  if (lane == 0u && number % p.columns * ${across}u + t < p.channels) {
    store4_partial(chunk * p.channels + channel, pack(states[t]));
  }
}`,
    workgroups: foldWorkgroups(columns * chunks),
  });
  return { tensor, chunks, channels };
}
