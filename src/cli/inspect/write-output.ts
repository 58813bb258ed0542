import { extname, resolve } from 'node:path';
import { encodeNpy } from '../../core/formats/npy';
import type { Picture } from '../../core/inspect/picture';
import { writePng } from '../../node/write-png';
import { writeResult } from '../../node/write-result';
import { UsageError } from '../usage-error';
import type { Inspection } from './inspection';
import type { InspectOptions, InspectView } from './inspect-options';

/** What can be written as numbers too. */
const asNumbers: ReadonlySet<InspectView['kind']> = new Set([
  ...(['filters', 'feature-maps', 'effective-field', 'grad-cam', 'occlusion'] as const),
]);
/** What has nothing to say in words. */
const picturesOnly: ReadonlySet<InspectView['kind']> = new Set(['maximize']);

/** Throws a UsageError where --out is missing, or of a kind that the view can't be written as: before anything is computed. */
export function checkOutput(view: InspectView, { out, json }: InspectOptions): void {
  if (out === undefined) {
    if (picturesOnly.has(view.kind) && json === undefined) {
      throw new UsageError('--out is missing.', 'Say where the picture goes: --out picture.png');
    }
    return;
  }
  const extension = extname(out).toLowerCase();
  if (extension === '.png') return;
  if (extension !== '.npy' || !asNumbers.has(view.kind)) {
    throw new UsageError(
      `--out writes ${asNumbers.has(view.kind) ? '.png or .npy' : '.png'}, not '${extension || out}'.`,
      'The end of the name says which.',
    );
  }
  if (view.kind === 'feature-maps' && view.layer === null) {
    throw new UsageError('A .npy file holds one layer.', 'Name it: --feature-maps LAYER.');
  }
}

/** Writes what --out asks for and says so; gives the file, or null where there is none. */
export async function writeOutput(
  { output }: Inspection,
  { out }: InspectOptions,
  result: { readonly picture: () => Picture; readonly shape?: readonly number[]; readonly values?: Float32Array },
): Promise<string | null> {
  if (out === undefined) return null;
  const file = resolve(out);
  const { shape, values } = result;
  if (extname(file).toLowerCase() === '.npy' && shape && values) {
    await writeResult(file, encodeNpy(shape, values));
    output.line(`Written: ${file} (${shape.join(' × ')} numbers)`);
    return file;
  }
  const picture = result.picture();
  await writePng(file, picture);
  output.line(`Written: ${file} (${picture.width} × ${picture.height} pixels)`);
  return file;
}
