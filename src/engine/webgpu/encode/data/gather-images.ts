import { normalizationTable } from '../../../../core/data/batches';
import type { KernelStep } from '../../../plan';
import { listAttribute, optionalListAttribute } from '../../../steps/attributes';
import { imageShape, inputOf, sizeOf } from '../../../steps/tensors';
import type { ProgramBuilder } from '../../program-builder';
import { asWords, nothingWord } from '../as-words';
import { splitIndex } from '../split-index';
import { floatWord } from '../../../steps/float-word';

/**
 * Inputs: images u8 [count, C, H, W] in the region `data`, picks i32 [N, 4 or 8]: image, dy, dx, flip; top, left, bottom and right
 * of a piece that is filled. A pixel outside of its image is byte 0; an image that is not there is NaN. The values of all bytes are a table, so that they are the CPU's to the bit.
 */
export function encodeGatherImages(step: KernelStep, program: ProgramBuilder): void {
  const [images, picks] = [inputOf(step, 0), inputOf(step, 1)];
  const [count, channels, height, width] = imageShape(images);
  const values = normalizationTable(listAttribute(step.attrs, 'mean'), listAttribute(step.attrs, 'std'));
  const erased = optionalListAttribute(step.attrs, 'erased');
  const words = picks.shape[1] ?? 0;
  program.forEach({
    name: step.op,
    tensors: {
      ...{ images, picks, values: program.table(Array.from(values, floatWord)), y: asWords(step.output) },
      ...(erased && { erased: program.table(erased) }),
    },
    sizes: { count, channels, height, width },
    size: sizeOf(step.output),
    body: `${splitIndex('i', ['n', 'channel', 'row', 'column'], ['', 'p.channels', 'p.height', 'p.width'])}
  let image = u32(load_picks(${words}u * n));
  var value = ${nothingWord};
  if (image < p.count) {
    // Places before the image are large unsigned numbers.
    let from_row = row + u32(load_picks(${words}u * n + 1u));
    let across = select(column, p.width - 1u - column, load_picks(${words}u * n + 3u) != 0);
    let from_column = across + u32(load_picks(${words}u * n + 2u));
    var byte = 0u;
    if (from_row < p.height && from_column < p.width) {
      byte = load_images(((image * p.channels + channel) * p.height + from_row) * p.width + from_column);
    }
    value = load_values(256u * channel + byte);
  }
${erased ? erasing : ''}  store_y(i, value);`,
  });
}

const erasing = `  let place = vec2i(i32(row), i32(column));
  let first = vec2i(load_picks(8u * n + 4u), load_picks(8u * n + 5u));
  let end = vec2i(load_picks(8u * n + 6u), load_picks(8u * n + 7u));
  if (all(place >= first) && all(place < end)) {
    value = load_values(256u * channel + u32(load_erased(channel)));
  }
`;
