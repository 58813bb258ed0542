import { UserError } from '../../core/errors';
import type { OddItem } from '../../protocol/dataset-inspection';
import type { DatasetModel, ItemState } from './dataset-model';

export const sortKeys = ['given', 'name', 'label', 'size', 'aspect', 'brightness', 'labels'] as const;
export type SortKey = (typeof sortKeys)[number];

export const oddKinds = ['corrupt', 'single-color', 'odd-channels', 'tiny', 'odd-shape'] as const;
export type OddKind = OddItem['kind'];

/** Which images are shown, and in what order. */
export interface ImageQuery {
  /** Place in `splitOrder`; null: all. */
  readonly split: number | null;
  /** Name of a class, '' for images of none; null: all. */
  readonly label: string | null;
  readonly state: ItemState | null;
  /** `any`: odd in some way. */
  readonly odd: OddKind | 'any' | null;
  /** Part of a name, whatever its case; between slashes a regular expression. */
  readonly search: string;
  readonly sort: SortKey;
  readonly descending: boolean;
}

export const wholeQuery: ImageQuery = {
  split: null,
  label: null,
  state: null,
  odd: null,
  search: '',
  sort: 'given',
  descending: false,
};

/** Numbers of the images that fit. Throws a UserError where the regular expression is none. */
export function findImages(model: DatasetModel, query: ImageQuery): Int32Array {
  const fits = searchTest(query.search);
  const label = query.label === null ? null : model.description.classes.indexOf(query.label);
  const found = new Int32Array(model.count);
  let count = 0;
  for (let item = 0; item < model.count; item++) {
    if (query.split !== null && model.splitOf(item) !== query.split) continue;
    if (label !== null && !(label < 0 ? model.labelCountOf(item) === 0 : model.hasLabel(item, label))) continue;
    if (query.state !== null && model.stateOf(item) !== query.state) continue;
    if (query.odd !== null && !isOdd(model, item, query.odd)) continue;
    if (fits && !fits(model.keyOf(item))) continue;
    found[count++] = item;
  }
  return sorted(model, found.subarray(0, count), query);
}

/** Whether a scan has to be made before images can be found so. */
export function needsScan({ sort, odd }: ImageQuery): boolean {
  return odd !== null || sort === 'size' || sort === 'aspect' || sort === 'brightness';
}

function isOdd(model: DatasetModel, item: number, kind: OddKind | 'any'): boolean {
  const odd = model.oddOf(item);
  return kind === 'any' ? odd.length > 0 : odd.some((each) => each.kind === kind);
}

/** Undefined: everything fits. */
function searchTest(search: string): ((name: string) => boolean) | undefined {
  const text = search.trim();
  if (text === '') return undefined;
  const [, pattern, flags] = /^\/(.+)\/([iu]*)$/.exec(text) ?? [];
  if (pattern === undefined) {
    const wanted = text.toLowerCase();
    return (name) => name.toLowerCase().includes(wanted);
  }
  try {
    const expression = new RegExp(pattern, flags);
    return (name) => expression.test(name);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`This is no regular expression: ${reason}.`, 'Without slashes, text is searched for as it is.');
  }
}

/** Equal ones keep their order; what has no value comes last, in either direction. */
function sorted(model: DatasetModel, items: Int32Array, { sort, descending }: ImageQuery): Int32Array {
  if (sort === 'given') return descending ? items.reverse() : items;
  const value = valueOf(model, sort);
  const values = new Float64Array(model.count);
  for (const item of items) values[item] = value(item);
  const sign = descending ? -1 : 1;
  return items.sort((a, b) => {
    const [left, right] = [values[a] ?? NaN, values[b] ?? NaN];
    if (Number.isNaN(left) || Number.isNaN(right))
      return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || a - b;
    return sign * (left - right) || a - b;
  });
}

function valueOf(model: DatasetModel, sort: Exclude<SortKey, 'given'>): (item: number) => number {
  const { scan } = model;
  const sizes = (item: number) => [scan?.widths[item] || NaN, scan?.heights[item] || NaN] as const;
  switch (sort) {
    case 'name': {
      const ranks = model.nameRanks;
      return (item) => ranks[item] ?? 0;
    }
    case 'label':
      return (item) => {
        const label = model.labelOf(item);
        return label < 0 ? NaN : label;
      };
    case 'size':
      return (item) => sizes(item)[0] * sizes(item)[1];
    case 'aspect':
      return (item) => sizes(item)[0] / sizes(item)[1];
    case 'brightness':
      return (item) => model.brightnessOf(item);
    case 'labels':
      return (item) => model.labelCountOf(item);
  }
}
