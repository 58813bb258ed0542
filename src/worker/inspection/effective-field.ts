import { normalizationTable } from '../../core/data/batches';
import { measureField, normalizeMap } from '../../core/inspect/effective-field';
import { gradientOutput, seedInput } from '../../core/inspect/inspection-graph';
import { elementCount } from '../../core/graph/dim';
import { UserError } from '../../core/errors';
import { PhiloxStream, streams } from '../../core/rng/philox';
import type { EffectiveField, EffectiveFieldRequest } from '../../protocol/inspection';
import { floatInput } from '../model-session';
import { fieldOf } from './explain-unit';
import { normalizationOf } from './network-image';
import { readFloats, type OpenedSubject } from './opened-subject';
import type { Subjects } from './subjects';
import type { RunningTask } from './tasks';

/** The same images and signs every time. */
const seed = 1;
/** Signs are drawn by the layer's number; images by numbers beyond those. */
const randomImageStream = 2 ** 24;

export async function effectiveField(
  subjects: Subjects,
  { subject, layer, images }: EffectiveFieldRequest,
  task: RunningTask,
): Promise<EffectiveField> {
  const { opened } = await subjects.use(subject);
  const { shape, path, title } = opened.layer(layer);
  const [channels = 1, height = 1, width = 1] = shape;
  if (shape.length !== 3) throw new UserError(`${path || title} has no places.`, 'Choose a layer with maps.');
  const [, inputHeight = 1, inputWidth = 1] = opened.inputShape;
  const middle = [Math.floor(height / 2), Math.floor(width / 2)] as const;
  const places = inputHeight * inputWidth;

  const nextImage =
    'random' in images ? randomImages(opened) : await dataImages(subjects, opened, subject, images.split);
  const wanted = 'random' in images ? images.random : Math.min(images.count, nextImage.count);
  const program = await opened.gradients(layer, ['images'], 1);
  const gradient = gradientOutput('images');
  if (!program.plan.outputs[gradient]) throw new UserError(`${path || title} does not depend on the image.`);
  const map = new Float64Array(places);
  const signs = new PhiloxStream(seed, streams.samples, layer);
  const seeds = new Float32Array(channels * height * width);
  for (let image = 0; image < wanted; image++) {
    await task.checkpoint(image, wanted);
    for (let channel = 0; channel < channels; channel++) {
      seeds[(channel * height + middle[0]) * width + middle[1]] = signs.nextUint32() & 1 ? 1 : -1;
    }
    floatInput(program, seedInput).set(seeds);
    nextImage.fill(image, floatInput(program, 'images'));
    await program.run();
    const gradients = await readFloats(program, gradient);
    gradients.forEach((value, index) => {
      const place = index % places;
      map[place] = (map[place] ?? 0) + Math.abs(value);
    });
  }
  await task.checkpoint(wanted, wanted);
  const normalized = normalizeMap(map);
  const theoretical = fieldOf(opened, layer, ...middle);
  const size = [inputHeight, inputWidth] as const;
  return { shape: size, map: normalized, images: wanted, theoretical, ...measureField(normalized, size, theoretical) };
}

interface ImageSupply {
  readonly count: number;
  fill(index: number, out: Float32Array): void;
}

function randomImages({ inputShape }: OpenedSubject): ImageSupply {
  const length = elementCount(inputShape);
  return {
    count: Infinity,
    fill(index, out) {
      const stream = new PhiloxStream(seed, streams.samples, randomImageStream + index);
      for (let i = 0; i < length; i++) out[i] = stream.nextNormal();
    },
  };
}

async function dataImages(
  subjects: Subjects,
  opened: OpenedSubject,
  subject: EffectiveFieldRequest['subject'],
  name: 'train' | 'val' | 'test',
): Promise<ImageSupply> {
  const split = await subjects.split(subject, name);
  const { mean, std } = normalizationOf(opened);
  const table = normalizationTable(mean, std);
  const length = split.images.length / split.count;
  const plane = length / mean.length;
  return {
    count: split.count,
    fill(index, out) {
      for (let i = 0; i < length; i++) {
        out[i] = table[Math.floor(i / plane) * 256 + (split.images[index * length + i] ?? 0)] ?? 0;
      }
    },
  };
}
