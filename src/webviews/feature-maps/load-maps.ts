import { UserError } from '../../core/errors';
import type {
  CheckpointEntry,
  FeatureMaps,
  ImageReference,
  InspectionCalls,
  LayerEntry,
  Subject,
} from '../../protocol/inspection';
import { layerKey, layerName, layerOfKey } from '../shared/layer-key';

/** Maps of the same layer of another network, for the same image. Throws where it has none of the same shape. */
export async function loadOtherMaps(
  calls: InspectionCalls,
  other: Subject,
  layers: readonly LayerEntry[],
  layer: LayerEntry,
  image: ImageReference,
): Promise<{ readonly maps: readonly FeatureMaps[]; readonly checkpoints: readonly CheckpointEntry[] }> {
  const [description, checkpoints] = await Promise.all([
    calls.describe(other),
    other.kind === 'run' ? calls.checkpoints(other.runFolder) : [],
  ]);
  const same = layerOfKey(description.layers, layerKey(layers, layer.id));
  if (same?.shape.join() !== layer.shape.join()) {
    throw new UserError(
      `${description.title} has no layer ${layerName(layer)} with maps of ${layer.shape.join(' × ')}.`,
      'Choose “nothing” under Beside, or a network that is built alike.',
    );
  }
  return { maps: await calls.featureMaps({ subject: other, image, layers: [same.id] }), checkpoints };
}

/** Of a layer, or of the one before it whose weights made its maps. */
export function makerOf(layers: readonly LayerEntry[], layer: LayerEntry): LayerEntry {
  let maker: LayerEntry | undefined = layer;
  while (maker && maker.weightShape === null) {
    const before: number | undefined = maker.inputs[0];
    maker = layers.find(({ id }) => id === before);
  }
  return maker ?? layer;
}
