import { textPicture } from '../../core/inspect/draw-text';
import {
  drawPicture,
  blankPicture,
  enlarged,
  outlineBox,
  pictureOfImage,
  stacked,
  white,
  type Picture,
  type Rgba,
} from '../../core/inspect/picture';
import { shortNumber } from '../../core/inspect/scale-bar';
import { drawTiles, scaleToReach, tileGrid } from '../../core/inspect/tile-grid';
import type { PixelBox, SplitName, TopImage } from '../../protocol/inspection';
import { formatTable } from '../format';
import { UsageError } from '../usage-error';
import { theTask, type Inspection } from './inspection';
import type { InspectOptions, UnitName } from './inspect-options';
import { writeOutput } from './write-output';

const side = 256;
const tileSide = 96;
const boxColor: Rgba = [255, 140, 0, 255];

/** An image that a channel or a class is excited by, made by gradient ascent. */
export async function showMaximized(inspection: Inspection, unit: UnitName, options: InspectOptions): Promise<void> {
  const { calls, subject, output } = inspection;
  const { layer, channel } = inspection.unitNamed(unit);
  const {
    steps = 200,
    lr: learningRate = 0.05,
    l2 = 0.001,
    tv: totalVariation = 0.001,
    jitter = 1,
    seed = 1,
  } = options;
  const request = { steps, learningRate, l2, totalVariation, jitter, seed };
  const made = await calls.maximize({ subject, layer: layer.id, channel, ...request, task: theTask });
  const { pixels, shape } = made.image;
  const out = await writeOutput(inspection, options, {
    picture: () => {
      const picture = pictureOfImage(pixels, shape);
      return enlarged(picture, scaleToReach(side, picture.width, picture.height));
    },
  });
  const [first = NaN] = made.activations;
  const last = made.activations.at(-1) ?? NaN;
  const { layer: name } = unit;
  output.event({ event: 'maximize', layer: name, channel, ...request, first, last, shape, out });
  output.line(
    `${output.style.bold(`${name}:${unit.unit}`)}: from ${shortNumber(first)} to ${shortNumber(last)} in ${steps} steps`,
  );
}

/** The images of a split that excite a channel or a class most. */
export async function showTopImages(inspection: Inspection, unit: UnitName, options: InspectOptions): Promise<void> {
  const { calls, subject, description, output } = inspection;
  const { layer, channel } = inspection.unitNamed(unit);
  const split = splitFrom(inspection, options);
  const { count = 16, images: among = 1_000_000 } = options;
  const found = await calls.topImages({ subject, layer: layer.id, channel, split, count, among, task: theTask });
  const out = await writeOutput(inspection, options, { picture: () => topPicture(found, description.classes) });
  const labelOf = ({ image: { label } }: TopImage) => (label === null ? null : (description.classes[label] ?? null));
  output.event({
    event: 'top-images',
    layer: unit.layer,
    ...{ channel, split, out },
    images: found.map((each) => {
      const { index, value, y, x, field } = each;
      return { index, value, y, x, field, label: labelOf(each) };
    }),
  });
  const rows = found.map((each) => [
    ...[`${split}:${each.index}`, labelOf(each) ?? '', shortNumber(each.value)],
    ...[layer.shape.length === 3 ? `${each.y}, ${each.x}` : '', describeBox(each.field)],
  ]);
  for (const line of formatTable(columns, rows)) output.line(line);
}

function splitFrom({ description }: Inspection, { split }: InspectOptions): SplitName {
  if (!description.data) {
    throw new UsageError('A model that was never trained has no data set.', 'Give a run.');
  }
  return split ?? description.data.splits[0]?.name ?? 'train';
}

/** Images with what the unit sees of them framed, its value and their class below. */
function topPicture(images: readonly TopImage[], classes: readonly string[]): Picture {
  const tiles = images.map((each) => {
    const plain = pictureOfImage(each.image.pixels, each.image.shape);
    const scale = scaleToReach(tileSide, plain.width, plain.height);
    const picture = enlarged(plain, scale);
    if (each.field) frame(picture, each.field, scale);
    const label = each.image.label === null ? '' : (classes[each.image.label] ?? '');
    const text = textPicture(`${shortNumber(each.value)} ${label}`);
    const caption = blankPicture(picture.width, text.height, white);
    drawPicture(caption, text, 0, 0);
    return stacked([picture, caption], 3);
  });
  const [first] = tiles;
  if (!first) return blankPicture(1, 1, white);
  return drawTiles(tiles, tileGrid(tiles.length, first, { gap: 8, width: 900 }), 1);
}

function frame(picture: Picture, { left, top, right, bottom }: PixelBox, scale: number): void {
  const [boxLeft, boxTop] = [Math.max(0, left * scale), Math.max(0, top * scale)];
  const [boxRight, boxBottom] = [Math.min(picture.width, right * scale), Math.min(picture.height, bottom * scale)];
  outlineBox(picture, boxLeft, boxTop, boxRight, boxBottom, boxColor, 2);
}

function describeBox(box: PixelBox | null): string {
  return box ? `rows ${box.top} to ${box.bottom - 1}, columns ${box.left} to ${box.right - 1}` : 'all';
}

const columns = [
  { title: 'image', align: 'left' },
  { title: 'class', align: 'left' },
  { title: 'value', align: 'right' },
  { title: 'place', align: 'left' },
  { title: 'sees', align: 'left' },
] as const;
