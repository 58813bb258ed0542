import { isObject } from '../../core/is-object';
import { isWhole, oneOf } from '../shared/parse-kept';
import { oddKinds, sortKeys, wholeQuery, type ImageQuery } from './image-query';

export const datasetTabs = ['overview', 'images', 'duplicates', 'leakage', 'odd', 'mislabels'] as const;
export type DatasetTab = (typeof datasetTabs)[number];

/** What the panel's controls set, and what it keeps over a reload. */
export interface DatasetState {
  /** What the data set is opened by; null: none was chosen. */
  readonly location: string | null;
  readonly tab: DatasetTab;
  readonly query: ImageQuery;
  /** Of a thumbnail, in CSS pixels. */
  readonly side: number;
  /** The image that is looked at, by its key. */
  readonly image: string | null;
  readonly classOrder: 'count' | 'name';
  readonly duplicateKind: 'all' | 'exact' | 'near';
  readonly duplicateFilter: 'all' | 'leaks' | 'disagree';
  /** Most bits in which hashes of near-duplicates differ; null: the usual. */
  readonly mostDistance: number | null;
  /** Hides groups of which all but one image are excluded. */
  readonly openOnly: boolean;
  /** The run whose suspects are shown. */
  readonly run: string | null;
  /** Suspects that are right as they are, by key: the latest. */
  readonly ignored: readonly string[];
}

export function parseDatasetState(value: unknown): DatasetState {
  const kept = isObject(value) ? value : {};
  return {
    location: typeof kept.location === 'string' ? kept.location : null,
    tab: oneOf(datasetTabs, kept.tab),
    query: parseQuery(kept.query),
    side: isWhole(kept.side) ? kept.side : 96,
    image: typeof kept.image === 'string' ? kept.image : null,
    classOrder: oneOf(['count', 'name'], kept.classOrder),
    duplicateKind: oneOf(['all', 'exact', 'near'], kept.duplicateKind),
    duplicateFilter: oneOf(['all', 'leaks', 'disagree'], kept.duplicateFilter),
    mostDistance: isWhole(kept.mostDistance) ? kept.mostDistance : null,
    openOnly: kept.openOnly === true,
    run: typeof kept.run === 'string' ? kept.run : null,
    ignored: Array.isArray(kept.ignored) ? kept.ignored.filter((key) => typeof key === 'string') : [],
  };
}

function parseQuery(value: unknown): ImageQuery {
  const kept = isObject(value) ? value : {};
  return {
    split: isWhole(kept.split) && kept.split < 3 ? kept.split : wholeQuery.split,
    label: typeof kept.label === 'string' ? kept.label : wholeQuery.label,
    state: kept.state === 'used' || kept.state === 'excluded' || kept.state === 'relabelled' ? kept.state : null,
    odd: kept.odd === 'any' ? 'any' : (oddKinds.find((kind) => kind === kept.odd) ?? null),
    search: typeof kept.search === 'string' ? kept.search : '',
    sort: oneOf(sortKeys, kept.sort),
    descending: kept.descending === true,
  };
}
