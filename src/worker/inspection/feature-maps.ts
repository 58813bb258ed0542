import type { FeatureMaps, FeatureMapsRequest } from '../../protocol/inspection';
import { floatInput } from '../model-session';
import { loadNetworkImage, networkInput } from './network-image';
import { readValue } from './opened-subject';
import type { Subjects } from './subjects';

export async function featureMaps(
  subjects: Subjects,
  { subject, image: reference, layers }: FeatureMapsRequest,
): Promise<readonly FeatureMaps[]> {
  const { opened } = await subjects.use(subject);
  const image = await loadNetworkImage(subjects, subject, opened, reference);
  const program = await opened.activations(layers, 1);
  floatInput(program, 'images').set(networkInput(image, opened));
  await program.run();
  const maps: FeatureMaps[] = [];
  for (const layer of layers) {
    maps.push({ layer, shape: opened.layer(layer).shape, values: await readValue(program, layer) });
  }
  return maps;
}
