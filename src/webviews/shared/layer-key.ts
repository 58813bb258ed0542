import type { LayerEntry, LayerId } from '../../protocol/inspection';

/** What a layer is called in every run of a model: its module, and which of the module's calls it is. */
export function layerKey(layers: readonly LayerEntry[], id: LayerId): string | null {
  const layer = layers.find((each) => each.id === id);
  if (!layer) return null;
  const alike = layers.filter(({ path, title }) => path === layer.path && title === layer.title);
  return `${layer.path} ${layer.title} ${alike.indexOf(layer)}`;
}

export function layerOfKey(layers: readonly LayerEntry[], key: string | null): LayerEntry | undefined {
  return key === null ? undefined : layers.find(({ id }) => layerKey(layers, id) === key);
}

/** As it is spoken of. */
export function layerName({ path, title }: LayerEntry): string {
  return path || title;
}

/** For a file: what no system refuses. */
export function fileNameOf(prefix: string, layer: LayerEntry, extension: string): string {
  return `${prefix}-${layerName(layer).replace(/[^\w.-]+/g, '-')}.${extension}`;
}
