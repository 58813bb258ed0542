import { layerNames } from '../../core/inspect/layer-names';
import type { LayerEntry, LayerId } from '../../protocol/inspection';

/** What a layer is called in every run of a model. */
export function layerKey(layers: readonly LayerEntry[], id: LayerId): string | null {
  return layerNames(layers)[layers.findIndex((each) => each.id === id)] ?? null;
}

export function layerOfKey(layers: readonly LayerEntry[], key: string | null): LayerEntry | undefined {
  return key === null ? undefined : layers[layerNames(layers).indexOf(key)];
}

/** As it is spoken of. */
export function layerName({ path, title }: LayerEntry): string {
  return path || title;
}

/** For a file: what no system refuses. */
export function fileNameOf(prefix: string, layer: LayerEntry, extension: string): string {
  return `${prefix}-${layerName(layer).replace(/[^\w.-]+/g, '-')}.${extension}`;
}
