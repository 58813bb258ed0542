import { isObject } from '../../core/is-object';
import type { SplitName } from '../../protocol/inspection';
import { isWhole, oneOf } from '../shared/parse-kept';

/** What the panel's controls set, and what it keeps over a reload. */
export interface ClassViewState {
  /** Key of the layer; null: the last one, whose channels are the classes. */
  readonly layer: string | null;
  readonly channel: number;
  readonly steps: number;
  readonly learningRate: number;
  readonly l2: number;
  readonly totalVariation: number;
  /** Pixels. */
  readonly jitter: number;
  readonly seed: number;
  readonly split: SplitName;
  /** `crop`: only what the element sees. */
  readonly tiles: 'crop' | 'image';
  readonly side: number;
}

export function parseClassViewState(value: unknown): ClassViewState {
  const kept = isObject(value) ? value : {};
  const number = (name: string, usual: number) => {
    const own = kept[name];
    return typeof own === 'number' && Number.isFinite(own) && own >= 0 ? own : usual;
  };
  return {
    layer: typeof kept.layer === 'string' ? kept.layer : null,
    channel: isWhole(kept.channel) ? kept.channel : 0,
    steps: Math.min(10_000, Math.max(1, Math.round(number('steps', 200)))),
    learningRate: number('learningRate', 0.05),
    l2: number('l2', 0.01),
    totalVariation: number('totalVariation', 0.01),
    jitter: Math.min(64, Math.round(number('jitter', 2))),
    seed: isWhole(kept.seed) ? kept.seed : 0,
    split: oneOf(['test', 'val', 'train'], kept.split),
    tiles: oneOf(['crop', 'image'], kept.tiles),
    side: isWhole(kept.side) ? kept.side : 96,
  };
}
