import { paintValues, valueRange, type ColorMapName, type ValueRange } from '../../core/inspect/color-map';
import type { FeatureMaps } from '../../protocol/inspection';
import type { Picture } from '../../core/inspect/picture';
import { formatNumber } from '../shared/scale-bar';

/** `auto`: around zero where the layer has values below it, else from zero up. */
export type MapColors = 'auto' | ColorMapName;

/** The maps of one layer: [channels, height, width]; a layer without places has maps of one element. */
export interface MapStack {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly values: Float32Array;
}

export function mapStack({ shape, values }: FeatureMaps): MapStack {
  const [channels = 1, height = 1, ...rest] = shape;
  // Tokens [L, D] are one map; a sequence [C, L] has maps of one row.
  if (shape.length === 2) return { channels, height: 1, width: height, values };
  return { channels, height, width: rest.reduce((product, size) => product * size, 1), values };
}

export function mapValues({ height, width, values }: MapStack, channel: number): Float32Array {
  return values.subarray(channel * height * width, (channel + 1) * height * width);
}

export function valueAt(stack: MapStack, channel: number, y: number, x: number): number {
  return stack.values[(channel * stack.height + y) * stack.width + x] ?? NaN;
}

export interface MapColoring {
  readonly name: ColorMapName;
  /** Of all maps; null: each has its own. */
  readonly shared: ValueRange | null;
  rangeOf(values: Float32Array): ValueRange;
}

/** How stacks that are compared are coloured: alike. Maps of one element say something only beside each other. */
export function mapColoring(stacks: readonly MapStack[], colors: MapColors, wantsShared: boolean): MapColoring {
  const sharedScale = wantsShared || stacks.some(({ height, width }) => height * width === 1);
  const full = stacks.map(({ values }) => valueRange(values, 'full'));
  const lowest = Math.min(...full.map(({ low }) => low));
  const name = colors === 'auto' ? (lowest < 0 ? 'diverging' : 'sequential') : colors;
  const kind = name === 'diverging' ? 'symmetric' : lowest < 0 ? 'full' : 'from-zero';
  const ranges = stacks.map(({ values }) => valueRange(values, kind));
  const shared = sharedScale
    ? { low: Math.min(...ranges.map(({ low }) => low)), high: Math.max(...ranges.map(({ high }) => high)) }
    : null;
  return { name, shared, rangeOf: (values) => shared ?? valueRange(values, kind) };
}

/** A map; beside it, one column apart, the same map of what it is compared with. */
export function mapPixels(stacks: readonly MapStack[], channel: number, coloring: MapColoring): Picture {
  const [first] = stacks;
  if (!first) throw new Error('There are no maps');
  const { height, width } = first;
  const across = stacks.length * (width + 1) - 1;
  if (stacks.length === 1) {
    const values = mapValues(first, channel);
    return { width, height, pixels: paintValues(values, coloring.rangeOf(values), coloring.name) };
  }
  const pixels = new Uint8ClampedArray(4 * across * height);
  stacks.forEach((stack, at) => {
    const values = mapValues(stack, channel);
    const colors = paintValues(values, coloring.rangeOf(values), coloring.name);
    for (let row = 0; row < height; row++) {
      const from = colors.subarray(4 * row * width, 4 * (row + 1) * width);
      pixels.set(from, 4 * (row * across + at * (width + 1)));
    }
  });
  return { width: across, height, pixels };
}

export type MapOrder = 'index' | 'mean' | 'max';

/** Channels in the order in which they are shown; the strongest first, or as they come. */
export function mapOrder(stack: MapStack, order: MapOrder): readonly number[] {
  const channels = Array.from({ length: stack.channels }, (_, channel) => channel);
  if (order === 'index') return channels;
  const strength = channels.map((channel) => {
    const values = mapValues(stack, channel);
    if (order === 'max') return valueRange(values, 'full').high;
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
  return channels.sort((a, b) => (strength[b] ?? 0) - (strength[a] ?? 0));
}

/** What is read out of a map. */
export function describeMap(stack: MapStack, channel: number): string {
  const values = mapValues(stack, channel);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const { low, high } = valueRange(values, 'full');
  return `map ${channel}: mean ${formatNumber(mean)}, from ${formatNumber(low)} to ${formatNumber(high)}`;
}
