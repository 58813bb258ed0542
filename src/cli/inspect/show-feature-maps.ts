import { mapSheet } from '../../core/inspect/map-sheet';
import { stacked, withMargin, type Picture } from '../../core/inspect/picture';
import { shortNumber } from '../../core/inspect/scale-bar';
import { valueStatistics } from '../../core/inspect/value-statistics';
import type { FeatureMaps } from '../../protocol/inspection';
import { formatTable } from '../format';
import type { Inspection } from './inspection';
import type { InspectOptions } from './inspect-options';
import { resolveImage } from './resolve-subject';
import { writeOutput } from './write-output';

/** Maps of each layer in a picture of all. */
const mostOfAll = 64;
const sheetWidth = 1024;

export async function showFeatureMaps(
  inspection: Inspection,
  name: string | null,
  options: InspectOptions,
): Promise<void> {
  const { calls, subject, description, output, nameOf } = inspection;
  const layers = name === null ? description.layers : [inspection.layerNamed(name)];
  const image = resolveImage(options.image ?? '');
  const maps = await calls.featureMaps({ subject, image, layers: layers.map(({ id }) => id) });
  const [only] = maps;
  const out = await writeOutput(inspection, options, {
    picture: () => {
      const most = options.maps ?? (name === null ? mostOfAll : Infinity);
      const sheets = maps.map((each) => sheetOf(inspection, each, most, options));
      return withMargin(stacked(sheets, 18), 12);
    },
    ...(name !== null && only ? { shape: only.shape, values: only.values } : {}),
  });
  for (const { layer, shape, values } of maps) {
    const channels = shape[0] ?? 1;
    const length = values.length / channels;
    const own = (channel: number) => values.subarray(channel * length, (channel + 1) * length);
    output.event({
      event: 'feature-maps',
      layer: nameOf(layer),
      ...{ shape, out },
      ...valueStatistics(values),
      ...(name === null
        ? {}
        : { maps: Array.from({ length: channels }, (_, map) => ({ map, ...valueStatistics(own(map)) })) }),
    });
  }
  const rows = maps.map(({ layer, shape, values }) => {
    const { min, max, mean, zeroShare } = valueStatistics(values);
    const share = `${(100 * zeroShare).toFixed(0)} %`;
    return [nameOf(layer), shape.join(' × '), shortNumber(min), shortNumber(mean), shortNumber(max), share];
  });
  for (const line of formatTable(columns, rows)) output.line(line);
}

function sheetOf(
  { description, nameOf }: Inspection,
  { layer, shape, values }: FeatureMaps,
  most: number,
  options: InspectOptions,
): Picture {
  const kind = description.layers.find(({ id }) => id === layer)?.title ?? '';
  const title = `${nameOf(layer)}  ${kind}  ${shape.join(' × ')}`;
  const { colors: colorMap = null } = options;
  return mapSheet(values, shape, { title, colorMap, perMap: options.perMap === true, most, width: sheetWidth });
}

const columns = [
  { title: 'layer', align: 'left' },
  { title: 'shape', align: 'left' },
  { title: 'lowest', align: 'right' },
  { title: 'mean', align: 'right' },
  { title: 'highest', align: 'right' },
  { title: 'zero', align: 'right' },
] as const;
