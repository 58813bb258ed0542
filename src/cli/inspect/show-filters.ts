import { filterPicture } from '../../core/inspect/filter-picture';
import type { FilterActivity, FilterSet } from '../../protocol/inspection';
import { formatPercent, formatTable } from '../format';
import { UsageError } from '../usage-error';
import { theTask, type Inspection } from './inspection';
import type { FilterSort, InspectOptions } from './inspect-options';
import { shortNumber } from '../../core/inspect/scale-bar';
import { writeOutput } from './write-output';

export async function showFilters(inspection: Inspection, name: string, options: InspectOptions): Promise<void> {
  const { calls, subject, description, output, nameOf } = inspection;
  const layer = inspection.layerNamed(name);
  if (!layer.weightShape) {
    const others = description.layers.filter(({ weightShape }) => weightShape).map(({ id }) => nameOf(id));
    throw new UsageError(`${name} (${layer.title}) has no filters.`, `Layers that have: ${others.join(', ')}.`);
  }
  const filters = await calls.filters({ subject, layer: layer.id });
  const activity = await activityOf(inspection, layer.id, options);
  const order = orderOf(filters, options.sort ?? 'number');
  const { colors: colorMap = null } = options;
  const perFilter = options.perFilter === true;
  const out = await writeOutput(inspection, options, {
    picture: () => filterPicture(filters.weights, filters.shape, { order, perFilter, colorMap }),
    shape: filters.shape,
    values: filters.weights,
  });
  const rows = order.map((filter) => ({
    filter,
    mean: filters.mean[filter] ?? NaN,
    std: filters.std[filter] ?? NaN,
    l2: filters.l2[filter] ?? NaN,
    bias: filters.bias?.[filter] ?? null,
    ...(activity ? { positiveShare: activity.positiveShare[filter] ?? NaN } : {}),
  }));
  const { shape, groups } = filters;
  const images = activity ? { images: activity.images, activation: activity.activation } : {};
  output.event({
    event: 'filters',
    layer: name,
    epoch: description.epoch,
    shape,
    groups,
    ...images,
    out,
    filters: rows,
  });
  output.line(`${output.style.bold(name)}: ${shape[0] ?? 0} filters of ${shape.slice(1).join(' × ')}`);
  const columns = activity ? [...statisticsColumns, activityColumn] : statisticsColumns;
  const cells = rows.map(({ filter, mean, std, l2, bias, positiveShare }) => [
    ...[String(filter), shortNumber(mean), shortNumber(std), shortNumber(l2)],
    bias === null ? '–' : shortNumber(bias),
    positiveShare === undefined ? '' : formatPercent(positiveShare),
  ]);
  for (const line of formatTable(columns, cells)) output.line(line);
}

/** How often outputs are above zero, where --images or --split asks for it. */
async function activityOf(
  { calls, subject }: Inspection,
  layer: number,
  { images, split }: InspectOptions,
): Promise<FilterActivity | undefined> {
  if (images === undefined && split === undefined) return undefined;
  return calls.filterActivity({ subject, layer, split: split ?? 'train', images: images ?? 256, task: theTask });
}

function orderOf({ l2, similarityOrder }: FilterSet, sort: FilterSort): readonly number[] {
  const numbers = Array.from(l2, (_, filter) => filter);
  switch (sort) {
    case 'number':
      return numbers;
    case 'norm':
      return numbers.sort((a, b) => (l2[b] ?? 0) - (l2[a] ?? 0) || a - b);
    case 'similarity':
      return [...similarityOrder];
  }
}

const statisticsColumns = [
  { title: 'filter', align: 'right' },
  { title: 'mean', align: 'right' },
  { title: 'std', align: 'right' },
  { title: 'L2', align: 'right' },
  { title: 'bias', align: 'right' },
] as const;
const activityColumn = { title: 'active', align: 'right' } as const;
