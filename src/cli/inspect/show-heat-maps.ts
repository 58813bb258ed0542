import { valueRange } from '../../core/inspect/color-map';
import { enlargeMap, overlayHeat, spreadSquares } from '../../core/inspect/heat-overlay';
import { enlarged, pictureOfImage, sideBySide, stacked, type Picture } from '../../core/inspect/picture';
import { scaleBar } from '../../core/inspect/scale-bar';
import { scaleToReach } from '../../core/inspect/tile-grid';
import type { ClassScore, HeatMap, ImagePrediction, LayerEntry, NetworkImage } from '../../protocol/inspection';
import { formatPercent } from '../format';
import { UsageError } from '../usage-error';
import { theTask, type Inspection } from './inspection';
import type { InspectOptions } from './inspect-options';
import { resolveImage } from './resolve-subject';
import { writeOutput } from './write-output';

/** Smaller images are enlarged to this. */
const side = 256;

export async function showGradCam(inspection: Inspection, name: string | null, options: InspectOptions): Promise<void> {
  const { calls, subject, output, nameOf } = inspection;
  const layer = name === null ? lastConvolution(inspection) : inspection.layerNamed(name);
  const image = resolveImage(options.image ?? '');
  const { prediction, wanted } = await predictedClass(inspection, options);
  const heat = await calls.gradCam({ subject, image, layer: layer.id, class: wanted.class });
  const out = await writeOutput(inspection, options, {
    picture: () => gradCamPicture(prediction.image, heat),
    shape: heat.shape,
    values: heat.values,
  });
  const shown = nameOf(layer.id);
  const { shape, values } = heat;
  output.event({
    event: 'grad-cam',
    layer: shown,
    ...classFields(wanted),
    ...{ shape, out },
    values: [...values],
  });
  output.line(`${output.style.bold(wanted.label)} ${formatPercent(wanted.probability)}, seen in ${shown}`);
  output.line(describePeak(heat, prediction.image));
}

export async function showOcclusion(inspection: Inspection, options: InspectOptions): Promise<void> {
  const { calls, subject, description, output } = inspection;
  const image = resolveImage(options.image ?? '');
  const [, height = 1, width = 1] = description.inputShape;
  const { size = Math.max(1, Math.round(Math.min(height, width) / 8)) } = options;
  const { stride = Math.max(1, Math.floor(size / 2)) } = options;
  const { prediction, wanted } = await predictedClass(inspection, options);
  const heat = await calls.occlusion({ subject, image, class: wanted.class, size, stride, task: theTask });
  const pixels = () => spreadSquares(heat.values, heat.shape, { size, stride }, [height, width]);
  const out = await writeOutput(inspection, options, {
    picture: () => {
      const values = pixels();
      const range = valueRange(values, 'symmetric');
      return beside(prediction.image, overlayOf(prediction.image, values, range, 'diverging', 0.7), 'diverging', range);
    },
    shape: heat.shape,
    values: heat.values,
  });
  const { shape, values } = heat;
  output.event({
    event: 'occlusion',
    ...classFields(wanted),
    ...{ size, stride, shape, out },
    values: [...values],
  });
  const most = values.reduce((best, value) => Math.max(best, value), -Infinity);
  const at = values.indexOf(most);
  const [row, column] = [Math.floor(at / shape[1]) * stride, (at % shape[1]) * stride];
  output.line(`${output.style.bold(wanted.label)} ${formatPercent(wanted.probability)}`);
  output.line(
    `Covering ${size} × ${size} pixels takes away ${formatPercent(most)} at most, at row ${row}, column ${column}.`,
  );
}

/** Where a class is not given, the most probable one. */
async function predictedClass(
  { calls, subject, description, classNamed }: Inspection,
  options: InspectOptions,
): Promise<{ readonly prediction: ImagePrediction; readonly wanted: ClassScore }> {
  const image = resolveImage(options.image ?? '');
  const topK = description.layers.at(-1)?.shape[0] ?? 1;
  const prediction = await calls.predict({ subject, image, topK });
  const own = options.class === undefined ? prediction.top[0]?.class : classNamed(options.class);
  const wanted = prediction.top.find((each) => each.class === own);
  if (!wanted) throw new UsageError('The model gives no scores of classes.');
  return { prediction, wanted };
}

function lastConvolution({ description }: Inspection): LayerEntry {
  const found = [...description.layers].reverse().find(({ op, shape }) => op === 'conv2d' && shape.length === 3);
  if (!found) throw new UsageError('The model has no convolution.', 'Name a layer with maps: --grad-cam LAYER.');
  return found;
}

function classFields({ class: own, label, logit, probability }: ClassScore) {
  return { class: own, label, logit, probability };
}

function gradCamPicture(image: NetworkImage, { shape, values }: HeatMap): Picture {
  const [, height = 1, width = 1] = image.shape;
  const large = enlargeMap(values, shape, [height, width]);
  const range = valueRange(large, 'from-zero');
  return beside(image, overlayOf(image, large, range, 'sequential', 0.6), 'sequential', range);
}

function overlayOf(
  image: NetworkImage,
  values: Float32Array,
  range: ReturnType<typeof valueRange>,
  colorMap: 'sequential' | 'diverging',
  opacity: number,
): Picture {
  return overlayHeat(pictureOfImage(image.pixels, image.shape), values, { range, colorMap, opacity });
}

/** The image, and the image with its colours. */
function beside(
  image: NetworkImage,
  overlay: Picture,
  colorMap: 'sequential' | 'diverging',
  range: ReturnType<typeof valueRange>,
): Picture {
  const scale = scaleToReach(side, overlay.width, overlay.height);
  const both = sideBySide(
    [pictureOfImage(image.pixels, image.shape), overlay].map((each) => enlarged(each, scale)),
    8,
  );
  return stacked([both, scaleBar(colorMap, range, both.width)], 8);
}

function describePeak({ shape, values }: HeatMap, image: NetworkImage): string {
  const most = values.reduce((best, value) => Math.max(best, value), 0);
  if (most === 0) return 'No place of this layer speaks for it.';
  const at = values.indexOf(most);
  const [, height = 1, width = 1] = image.shape;
  const place = (index: number, count: number, length: number) => Math.round(((index + 0.5) * length) / count);
  const [row, column] = [Math.floor(at / shape[1]), at % shape[1]];
  return `Most at row ${place(row, shape[0], height)}, column ${place(column, shape[1], width)} of the image.`;
}
