import type { KernelCall, KernelTensor } from '../../kernel-call';
import type { ProgramBuilder } from '../../program-builder';
import { reduceLines } from './reduce-lines';

/** Sums over images and places, of each channel. */
export interface ChannelSums extends Pick<KernelCall, 'name' | 'tensors' | 'sizes' | 'integers' | 'numbers'> {
  /** WGSL: the term of the element that stands at `i: u32` of (images, channels, places). */
  readonly term: string;
  readonly planes: readonly [images: number, channels: number, places: number];
  /** (channels) */
  readonly to: KernelTensor;
}

/** Places first, then images. */
export function channelSums(program: ProgramBuilder, { planes, to, ...call }: ChannelSums): void {
  const [images, channels, places] = planes;
  if (places === 1) {
    reduceLines(program, { ...call, kind: 'sum', lines: { outer: 1, length: images, inner: channels }, to });
    return;
  }
  const sums = images === 1 ? to : program.scratch(images * channels);
  reduceLines(program, {
    ...call,
    kind: 'sum',
    lines: { outer: images * channels, length: places, inner: 1 },
    to: sums,
  });
  if (images === 1) return;
  reduceLines(program, {
    name: `${call.name}: images`,
    tensors: { sums },
    term: 'load_sums(i)',
    kind: 'sum',
    lines: { outer: 1, length: images, inner: channels },
    to,
  });
}
