import type { FeatureMaps, LayerEntry } from '../../protocol/inspection';
import { element } from '../shared/dom';
import { layerName } from '../shared/layer-key';
import { context2d, drawCrisp, pixelCanvas } from '../shared/pixel-canvas';
import { mapColoring, mapOrder, mapPixels, mapStack, type MapColors } from './map-tiles';

const mapSide = 64;
const mapsOfLayer = 12;

/**
 * The strongest maps of every layer, one layer a row. A row asks for its maps when it comes into sight: a deep network has
 * hundreds of megabytes of them.
 */
export class NetworkOverview {
  readonly root = element('div', { class: 'network', 'aria-label': 'Strongest maps of each layer', role: 'list' });
  private readonly observer: IntersectionObserver;
  private readonly waiting = new Map<Element, LayerEntry>();
  private load: ((layer: LayerEntry) => Promise<FeatureMaps | undefined>) | undefined;
  private colors: MapColors = 'auto';
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly chosen: (layer: LayerEntry) => void,
    private readonly failed: (error: unknown) => void,
  ) {
    this.observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) this.fill(target);
    });
  }

  /** `load` gives undefined where the maps are no longer wanted. */
  show(
    layers: readonly LayerEntry[],
    colors: MapColors,
    load: (layer: LayerEntry) => Promise<FeatureMaps | undefined>,
  ): void {
    const scrolled = this.root.scrollTop;
    this.observer.disconnect();
    this.waiting.clear();
    this.load = load;
    this.colors = colors;
    const rows = layers.map((layer) => {
      const row = element(
        'button',
        { type: 'button', class: 'network-row', title: `All maps of ${layerName(layer)}` },
        element(
          'span',
          { class: 'network-name' },
          layerName(layer),
          element('br'),
          element('span', { class: 'muted' }, `${layer.title} ${layer.shape.join('×')}`),
        ),
      );
      row.addEventListener('click', () => this.chosen(layer));
      this.waiting.set(row, layer);
      return row;
    });
    this.root.replaceChildren(...rows.map((row) => element('div', { role: 'listitem' }, row)));
    this.root.scrollTop = scrolled;
    for (const row of rows) this.observer.observe(row);
  }

  private fill(row: Element): void {
    const layer = this.waiting.get(row);
    const { load } = this;
    if (!layer || !load) return;
    this.waiting.delete(row);
    this.observer.unobserve(row);
    this.queue = this.queue.then(async () => {
      if (load !== this.load) return;
      try {
        const maps = await load(layer);
        if (maps && load === this.load) row.append(this.draw(maps));
      } catch (error) {
        if (load === this.load) this.failed(error);
      }
    });
  }

  private draw(maps: FeatureMaps): HTMLCanvasElement {
    const stack = mapStack(maps);
    const ratio = window.devicePixelRatio;
    const wanted = (mapSide * ratio) / Math.max(stack.width, stack.height);
    const scale = wanted >= 1 ? Math.floor(wanted) : wanted;
    // A single number is a swatch, not a poster.
    const size = stack.width * stack.height === 1 ? 16 * ratio : scale;
    const shown = mapOrder(stack, 'mean').slice(0, stack.width * stack.height === 1 ? 3 * mapsOfLayer : mapsOfLayer);
    const [across, gap] = [Math.ceil(stack.width * size), Math.round(4 * ratio)];
    const canvas = element('canvas', {
      width: shown.length * (across + gap),
      height: Math.ceil(stack.height * size),
      role: 'img',
      'aria-label': `Maps ${shown.join(', ')}`,
    });
    canvas.style.width = `${canvas.width / ratio}px`;
    const coloring = mapColoring([stack], this.colors, false);
    shown.forEach((channel, at) => {
      drawCrisp(context2d(canvas), pixelCanvas(mapPixels([stack], channel, coloring)), at * (across + gap), 0, size);
    });
    return canvas;
  }
}
