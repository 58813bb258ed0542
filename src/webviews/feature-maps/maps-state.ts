import { isObject } from '../../core/is-object';
import type { ImageReference, Subject } from '../../protocol/inspection';
import { isWhole, oneOf, parseImage, parseSubject } from '../shared/parse-kept';
import type { MapColors, MapOrder } from './map-tiles';

/** What the panel's controls set, and what it keeps over a reload. */
export interface MapsState {
  /** `layer`: all maps of one; `network`: the strongest maps of each. */
  readonly view: 'layer' | 'network';
  /** Path and title of the layer; null: the first. */
  readonly layer: string | null;
  readonly image: ImageReference | null;
  readonly colors: MapColors;
  readonly sharedScale: boolean;
  readonly order: MapOrder;
  readonly side: number;
  /** The element whose numbers are shown. */
  readonly unit: { readonly channel: number; readonly y: number; readonly x: number } | null;
  /** What is shown beside: the same image in another network, or another image in the same. */
  readonly other: Subject | null;
  readonly otherImage: ImageReference | null;
}

export function parseMapsState(value: unknown): MapsState {
  const kept = isObject(value) ? value : {};
  const { unit } = kept;
  const isUnit = isObject(unit) && isWhole(unit.channel) && isWhole(unit.y) && isWhole(unit.x);
  return {
    view: oneOf(['layer', 'network'], kept.view),
    layer: typeof kept.layer === 'string' ? kept.layer : null,
    image: parseImage(kept.image) ?? null,
    colors: oneOf(['auto', 'sequential', 'diverging', 'grey'], kept.colors),
    sharedScale: kept.sharedScale === true,
    order: oneOf(['index', 'mean', 'max'], kept.order),
    side: isWhole(kept.side) ? kept.side : 72,
    unit: isUnit ? { channel: Number(unit.channel), y: Number(unit.y), x: Number(unit.x) } : null,
    other: parseSubject(kept.other) ?? null,
    otherImage: parseImage(kept.otherImage) ?? null,
  };
}
