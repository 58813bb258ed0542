import { isObject } from '../../core/is-object';
import type { AxisKind } from './run-history';

/** What the panel keeps over a reload, and what its controls set. */
export interface PanelState {
  /** Ids of the runs that are overlaid. */
  readonly shown: readonly string[];
  /** Colour slot by run id: a run keeps its colour while others come and go. */
  readonly slots: Readonly<Record<string, number>>;
  /** Weight of the moving average over step lines, in [0, 0.99]. */
  readonly smoothing: number;
  readonly axis: AxisKind;
  readonly logLoss: boolean;
  readonly view: 'charts' | 'table';
  readonly steps: boolean;
  readonly train: boolean;
  readonly validation: boolean;
  readonly top5: boolean;
  /** On the x axis, in its units; null: everything. */
  readonly zoom: Range | null;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

export const initialState: PanelState = {
  shown: [],
  slots: {},
  smoothing: 0.6,
  axis: 'epoch',
  logLoss: false,
  view: 'charts',
  steps: true,
  train: true,
  validation: true,
  top5: true,
  zoom: null,
};

/** Reads a state that some version of the panel has kept: what can't be read is as at first. */
export function parsePanelState(value: unknown): PanelState {
  const kept = isObject(value) ? value : {};
  const { smoothing, zoom, axis, view, shown, slots } = kept;
  const flag = (key: 'logLoss' | 'steps' | 'train' | 'validation' | 'top5'): boolean => {
    const found = kept[key];
    return typeof found === 'boolean' ? found : initialState[key];
  };
  return {
    shown: Array.isArray(shown) ? shown.filter((id) => typeof id === 'string') : [],
    slots: isObject(slots) ? Object.fromEntries(Object.entries(slots).filter(isSlot)) : {},
    smoothing: isNumberIn(smoothing, 0, 0.99) ? smoothing : initialState.smoothing,
    axis: axis === 'step' || axis === 'time' ? axis : 'epoch',
    logLoss: flag('logLoss'),
    view: view === 'table' ? 'table' : 'charts',
    steps: flag('steps'),
    train: flag('train'),
    validation: flag('validation'),
    top5: flag('top5'),
    zoom: isRange(zoom) ? { min: zoom.min, max: zoom.max } : null,
  };
}

function isNumberIn(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}

function isSlot(entry: [string, unknown]): entry is [string, number] {
  return Number.isInteger(entry[1]) && isNumberIn(entry[1], 0, 1000);
}

function isRange(value: unknown): value is Range {
  if (!isObject(value)) return false;
  const { min, max } = value;
  return isNumberIn(min, -Infinity, Infinity) && isNumberIn(max, min, Infinity) && min < max;
}
