import { isObject } from '../../core/is-object';
import { kernelPresets } from '../../core/inspect/kernel-presets';
import type { EdgeHandling, FilterSettings, Kernel, Pooling } from '../../core/inspect/filter-sizes';
import type { ImageReference } from '../../protocol/inspection';
import type { PicturePixel } from '../shared/zoom-image';
import { isWhole, oneOf, parseImage } from '../shared/parse-kept';
import { planeViews, type PlaneView } from './paint-planes';
import { sampleNames, type SampleName } from './sample-images';

export type PlaygroundSource =
  { readonly kind: 'sample'; readonly name: SampleName } | Exclude<ImageReference, { readonly kind: 'data' }>;

export interface PlaygroundState {
  readonly source: PlaygroundSource;
  readonly color: 'grey' | 'rgb';
  readonly settings: FilterSettings;
  readonly view: PlaneView;
  /** Element of the output whose arithmetic is shown while the pointer is elsewhere. */
  readonly pixel: PicturePixel | null;
  /** Whose arithmetic is shown of a coloured image. */
  readonly channel: number;
}

export const edgeNames = [
  'zero',
  'reflect',
  'replicate',
  'circular',
  'valid',
] as const satisfies readonly EdgeHandling[];
export const mostKernelSide = 7;
export const mostStride = 8;
export const mostDilation = 8;
export const mostPool = 8;

/** What the panel has kept over a reload, by any version. A pasted image is not: the first sample is there again. */
export function parsePlaygroundState(value: unknown): PlaygroundState {
  const kept = isObject(value) ? value : {};
  const settings = isObject(kept.settings) ? kept.settings : {};
  const pixel = isObject(kept.pixel) ? kept.pixel : {};
  return {
    source: parseSource(kept.source),
    color: oneOf(['grey', 'rgb'], kept.color),
    settings: {
      kernel: parseKernel(settings.kernel),
      stride: within(settings.stride, 1, mostStride),
      dilation: within(settings.dilation, 1, mostDilation),
      edge: oneOf(edgeNames, settings.edge),
      activation: oneOf(['none', 'relu', 'abs'], settings.activation),
      pool: parsePool(settings.pool),
    },
    view: kept.view === undefined ? 'signed' : oneOf(planeViews, kept.view),
    pixel: isWhole(pixel.x) && isWhole(pixel.y) ? { x: pixel.x, y: pixel.y } : null,
    channel: within(kept.channel, 0, 2),
  };
}

function parseSource(value: unknown): PlaygroundSource {
  if (isObject(value) && value.kind === 'sample') return { kind: 'sample', name: oneOf(sampleNames, value.name) };
  const image = parseImage(value);
  return image && image.kind !== 'data' ? image : { kind: 'sample', name: 'shapes' };
}

function parseKernel(value: unknown): Kernel {
  const first = kernelPresets.find(({ name }) => name === 'Sobel x')?.kernel;
  if (!first) throw new Error('There is no preset Sobel x');
  if (!isObject(value)) return first;
  const { height, width, weights, factor, bias } = value;
  const known =
    isSide(height) &&
    isSide(width) &&
    Array.isArray(weights) &&
    weights.length === height * width &&
    weights.every(isNumber);
  return known && isNumber(factor) && isNumber(bias) ? { height, width, weights, factor, bias } : first;
}

function parsePool(value: unknown): Pooling | null {
  if (!isObject(value)) return null;
  return {
    kind: oneOf(['max', 'average'], value.kind),
    size: within(value.size, 1, mostPool),
    stride: within(value.stride, 1, mostPool),
  };
}

function isSide(value: unknown): value is number {
  return isWhole(value) && value >= 1 && value <= mostKernelSide;
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function within(value: unknown, least: number, most: number): number {
  return isWhole(value) ? Math.min(most, Math.max(least, value)) : least;
}
