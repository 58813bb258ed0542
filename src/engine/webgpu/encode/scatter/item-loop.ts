import type { KernelTensor, WorkTensor } from '../../kernel-call';
import type { ProgramBuilder } from '../../program-builder';
import { sortByDestination } from './sort-by-destination';

/** How the items that a destination gets are found: for kernels with a thread for each element of the result. */
export interface ItemLoop {
  readonly tensors: Readonly<Record<string, KernelTensor>>;
  readonly sizes: Readonly<Record<string, number>>;
  /** A loop over the items of a destination, in their order; `body` reads `item: u32`. */
  loop(destination: string, body: string): string;
}

export interface Scatter {
  /** Of each item the destination, `destinations` for none. Lost where the items are sorted. */
  readonly keys: WorkTensor;
  readonly destinations: number;
  /** Elements of the result: each looks for its items. */
  readonly elements: number;
  /** Items that may go to one destination: `count` of them, from `first` on (an expression of the destination), `step` apart. */
  readonly candidates: { readonly count: number; readonly first: string; readonly step: number };
}

/** Comparisons that are cheaper than to sort the items. */
const fewComparisons = 2 ** 24;
const fewCandidates = 48;

/**
 * Sums without atomic operations, whose order would change the bits of the result: every element of the result goes through
 * the items that may be its own, or through its own alone, after they were sorted.
 */
export function findItems(program: ProgramBuilder, { keys, destinations, elements, candidates }: Scatter): ItemLoop {
  const { count, first, step } = candidates;
  if (count <= fewCandidates || count * elements <= fewComparisons) {
    return {
      tensors: { keys },
      sizes: { candidates: count, candidate_step: step },
      loop: (destination, body) => `  for (var candidate = 0u; candidate < p.candidates; candidate++) {
    let item = ${first} + candidate * p.candidate_step;
    if (u32(load_keys(item)) != ${destination}) { continue; }
${body}
  }`,
    };
  }
  const { order, starts } = sortByDestination(program, keys, destinations);
  return {
    tensors: { order, starts },
    sizes: {},
    loop: (destination, body) => `  let items_end = u32(load_starts(${destination} + 1u));
  for (var at = u32(load_starts(${destination})); at < items_end; at++) {
    let item = u32(load_order(at));
${body}
  }`,
  };
}
