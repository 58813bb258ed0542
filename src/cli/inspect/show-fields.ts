import { fieldPicture } from '../../core/inspect/field-picture';
import type { EffectiveFieldRequest, LayerId, ReceptiveFieldRow } from '../../protocol/inspection';
import { formatPercent, formatTable } from '../format';
import { UsageError } from '../usage-error';
import { theTask, type Inspection } from './inspection';
import type { InspectOptions } from './inspect-options';
import { writeOutput } from './write-output';

/** Theoretical fields over the depth; of the layers that `name` depends on where it is given. */
export async function showReceptiveFields(inspection: Inspection, name: string | null): Promise<void> {
  const { calls, subject, description, output, nameOf } = inspection;
  const { input, rows } = await calls.receptiveFields(subject);
  const shown = name === null ? undefined : layersBefore(inspection, inspection.layerNamed(name).id);
  const wanted = rows.filter(({ layer }) => shown?.has(layer) ?? true);
  if (wanted.length === 0) throw new UsageError(`The receptive field of ${name ?? 'its layers'} is not known.`);
  const titles = new Map(description.layers.map(({ id, title }) => [id, title]));
  for (const { layer, map, field, paddingShare, unproductive } of wanted) {
    output.event({
      event: 'receptive-field',
      layer: nameOf(layer),
      kind: titles.get(layer) ?? '',
      map,
      ...(field ?? { size: null, smallest: null, jump: null, start: null }),
      ...{ paddingShare, unproductive, input },
    });
  }
  output.line(`On images of ${input.join(' × ')}:`);
  const cells = wanted.map((row) => cellsOf(row, nameOf(row.layer), titles.get(row.layer) ?? ''));
  for (const line of formatTable(columns, cells)) output.line(line);
  if (name !== null) await showPaths(inspection, name);
  if (wanted.some(({ unproductive }) => unproductive)) {
    output.line(
      'Unproductive: what came before saw the whole image already, so that the width of the kernel adds nothing.',
    );
  }
}

/** What the layer sees by each way through skips and branches, where there are several. */
async function showPaths({ calls, subject, output, layerNamed }: Inspection, name: string): Promise<void> {
  const paths = await calls.receptiveFieldPaths({ subject, layer: layerNamed(name).id });
  if (!paths || paths.rows.length < 2) return;
  output.event({
    event: 'receptive-field-paths',
    layer: name,
    complete: paths.complete,
    paths: paths.rows.map(({ field, ways }) => ({ ...(field ?? { size: null, jump: null, start: null }), ways })),
  });
  output.line('');
  output.line(`${name}, by ways through skips and branches${paths.complete ? '' : ' (those between are left out)'}:`);
  const cells = paths.rows.map(({ field, ways }) =>
    field ? [pair(field.size), pair(field.jump), pair(field.start, ', '), String(ways)] : ['all', '', '', String(ways)],
  );
  for (const line of formatTable(pathColumns, cells)) output.line(line);
}

function cellsOf(
  { map, field, paddingShare, unproductive }: ReceptiveFieldRow,
  name: string,
  title: string,
): readonly string[] {
  const note = unproductive ? 'unproductive' : '';
  const own = [name, title, pair(map)];
  if (!field) return [...own, 'all', '', '', '', '', note];
  const differs = field.smallest.some((size, axis) => size !== field.size[axis]);
  return [
    ...own,
    pair(field.size),
    differs ? pair(field.smallest) : '',
    pair(field.jump),
    pair(field.start, ', '),
    paddingShare === 0 ? '' : formatPercent(paddingShare),
    note,
  ];
}

/** `7` where both are alike, else `7 × 5`. */
function pair(sizes: readonly number[], between = ' × '): string {
  const shown = sizes.map((size) => String(Number(size.toFixed(3))));
  return shown.length === 2 && shown[0] === shown[1] ? (shown[0] ?? '') : shown.join(between);
}

/** A layer and all that it depends on. */
function layersBefore({ description }: Inspection, layer: LayerId): ReadonlySet<LayerId> {
  const inputs = new Map(description.layers.map((each) => [each.id, each.inputs]));
  const found = new Set<LayerId>();
  const left = [layer];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    left.push(...(inputs.get(id) ?? []));
  }
  return found;
}

const columns = [
  { title: 'layer', align: 'left' },
  { title: 'kind', align: 'left' },
  { title: 'map', align: 'right' },
  { title: 'field', align: 'right' },
  { title: 'shortest path', align: 'right' },
  { title: 'jump', align: 'right' },
  { title: 'first pixel', align: 'right' },
  { title: 'padding', align: 'right' },
  { title: '', align: 'left' },
] as const;

const pathColumns = [
  { title: 'field', align: 'right' },
  { title: 'jump', align: 'right' },
  { title: 'first pixel', align: 'right' },
  { title: 'ways', align: 'right' },
] as const;

/** How far the middle of a layer's map sees, measured by gradients. */
export async function showEffectiveField(inspection: Inspection, name: string, options: InspectOptions): Promise<void> {
  const { calls, subject, description, output } = inspection;
  const layer = inspection.layerNamed(name);
  if (layer.shape.length !== 3) throw new UsageError(`${name} has no places.`, 'Choose a layer with maps.');
  const images = imagesFrom(inspection, options);
  const field = await calls.effectiveField({ subject, layer: layer.id, images, task: theTask });
  const { center, sigma, theoretical, withinTheoretical, withinTwoSigma, shape, map } = field;
  const out = await writeOutput(inspection, options, {
    picture: () => fieldPicture(map, shape, theoretical, field),
    shape,
    values: map,
  });
  output.event({
    event: 'effective-field',
    layer: name,
    epoch: description.epoch,
    images: field.images,
    input: shape,
    ...{ center, sigma, theoretical, withinTheoretical, withinTwoSigma, out },
  });
  const of = 'random' in images ? 'random images' : `${images.split} images`;
  output.line(`${output.style.bold(name)}: the middle of its map, over ${field.images} ${of}`);
  const box = theoretical;
  output.line(
    `  theoretical field    ${box ? `${box.bottom - box.top} × ${box.right - box.left}, from row ${box.top}, column ${box.left}` : 'the whole image'}`,
  );
  output.line(
    `  Gaussian             σy ${fixed(sigma[0])}, σx ${fixed(sigma[1])}, around ${center.map(fixed).join(', ')}`,
  );
  if (box) output.line(`  inside of the field  ${formatPercent(withinTheoretical)}`);
  output.line(`  within 2 σ           ${formatPercent(withinTwoSigma)}`);
}

function fixed(value: number): string {
  return value.toFixed(2);
}

/** Of the run's data, or random ones where there are none. */
function imagesFrom(
  { description }: Inspection,
  { split, images: count = 32 }: InspectOptions,
): EffectiveFieldRequest['images'] {
  const splits = description.data?.splits ?? [];
  if (split === undefined && splits.length === 0) return { random: count };
  const first = splits.find(({ name }) => name === 'val') ?? splits[0];
  return { split: split ?? first?.name ?? 'val', count };
}
