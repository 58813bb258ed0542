import { UserError } from '../../core/errors';
import { encodeNpy } from '../../core/formats/npy';
import { elementBox } from '../../core/inspect/element-box';
import type {
  CheckpointEntry,
  ImageReference,
  LayerEntry,
  NetworkImage,
  PixelBox,
  ReceptiveFieldTable,
} from '../../protocol/inspection';
import type { PanelFocus } from '../../protocol/inspection-panel';
import { button } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { ImageSource } from '../shared/image-source';
import { InspectionShell, type Shown } from '../shared/inspection-shell';
import { Latest } from '../shared/latest';
import { fileNameOf, layerKey, layerName, layerOfKey } from '../shared/layer-key';
import { LayerTree } from '../shared/layer-tree';
import { networkPicture } from '../shared/network-picture';
import type { Picture } from '../../core/inspect/picture';
import { formatNumber, ScaleBar } from '../shared/scale-bar';
import { TileGrid, type TilePlace } from '../shared/tile-grid';
import { tileSheet } from '../shared/tile-sheet';
import { fieldColor } from '../shared/theme';
import { ZoomImage } from '../shared/zoom-image';
import { describeMap, mapColoring, mapOrder, mapPixels, mapStack, valueAt, type MapStack } from './map-tiles';
import { MapsToolbar } from './maps-toolbar';
import { parseMapsState, type MapsState } from './maps-state';
import { NetworkOverview } from './network-overview';
import { loadOtherMaps, makerOf } from './load-maps';
import { UnitPanel } from './unit-panel';

/** The maps of one layer for one image; a second stack: what they are compared with. */
interface Showing {
  readonly shown: Shown;
  readonly layer: LayerEntry;
  readonly image: ImageReference;
  readonly networkImage: NetworkImage;
  readonly picture: Picture;
  readonly stacks: readonly MapStack[];
}

export class FeatureMapsPanel {
  private readonly shell: InspectionShell;
  private readonly toolbar: MapsToolbar;
  private readonly source: ImageSource;
  private readonly layers = new LayerTree((layer) => this.chooseLayer(layer));
  private readonly grid: TileGrid;
  private readonly overview: NetworkOverview;
  private readonly scale = new ScaleBar();
  private readonly input: ZoomImage;
  private readonly unit: UnitPanel;
  private readonly reading = element('p', { class: 'reading muted' });
  private readonly details: HTMLElement;
  private readonly ofLayer: HTMLElement;
  private readonly latest = new Latest();
  private state: MapsState;
  private showing: Showing | undefined;
  private order: readonly number[] = [];
  private fields: { readonly version: string; readonly table: ReceptiveFieldTable } | undefined;
  private hovered: PixelBox | null = null;
  private wanted: PanelFocus = {};
  private otherCheckpoints: readonly CheckpointEntry[] = [];

  constructor(root: HTMLElement) {
    this.shell = new InspectionShell(root, 'feature-maps', {
      changed: (shown) => this.load(shown),
      focused: (focus) => this.focus(focus),
      runsChanged: () => this.updateToolbar(),
    });
    this.state = parseMapsState(this.shell.keptValue('maps'));
    this.source = new ImageSource(
      {
        chosen: (image) => this.change({ image }, true),
        failed: (error) => this.shell.fail(error),
        pick: () => this.shell.pickImage(),
      },
      root,
    );
    this.toolbar = new MapsToolbar(this.shell.toolbar, this.source, {
      changed: (patch) => this.change(patch, patch.view !== undefined),
      compared: (other) => this.change({ other: other ?? null }, true),
      holdImage: (on) => this.change({ otherImage: on ? this.state.image : null }, true),
      savePng: () => this.save(this.savePng()),
      saveNpy: () => this.save(this.saveNpy()),
    });
    this.grid = new TileGrid('Feature maps', {
      hovered: (place) => this.hover(place),
      chosen: (index, place) => this.chooseUnit(this.order[index] ?? 0, place),
      zoomed: (side) => this.change({ side }),
    });
    this.grid.setSide(this.state.side);
    this.overview = new NetworkOverview(
      (layer) => this.chooseLayer(layer),
      (error) => this.shell.fail(error),
    );
    this.input = new ZoomImage('The image');
    this.unit = new UnitPanel(
      {
        pointed: (pixel) => this.hover(pixel && this.placeInMap(pixel.x, pixel.y)),
        pressed: ({ x, y }) => {
          const place = this.placeInMap(x, y);
          if (place) this.chooseUnit(this.order[place.index] ?? 0, place);
        },
      },
      (error) => this.shell.fail(error),
    );
    this.input.root.classList.add('side-image');
    this.ofLayer = element('div', { class: 'main' }, this.grid.root, this.reading, this.scale.root);
    this.details = element(
      'section',
      { class: 'details', 'aria-label': 'Image and chosen element' },
      element('h2', {}, 'Image'),
      this.input.root,
      this.unit.root,
      element(
        'div',
        { class: 'buttons' },
        button('Filter', 'The weights of this map', () => this.openOther('filters')),
        button('Class View', 'What excites this map most', () => this.openOther('class-view')),
        button('Prediction', 'What the network takes this image for', () => this.openOther('prediction')),
      ),
    );
    this.shell.body.append(
      element('nav', { class: 'side' }, this.layers.root),
      this.ofLayer,
      this.overview.root,
      this.details,
    );
  }

  start(): void {
    this.shell.start();
  }

  private focus(focus: PanelFocus): void {
    this.wanted = { ...this.wanted, ...focus };
  }

  /** What was asked for, now that the network is known. */
  private takeFocus(layers: readonly LayerEntry[]): void {
    const { layer: id, channel, image, images } = this.wanted;
    this.wanted = {};
    const layer = layers.find((each) => each.id === id);
    this.state = {
      ...this.state,
      ...(layer ? { layer: layerKey(layers, layer.id), view: 'layer' } : {}),
      ...((image ?? images?.[0]) ? { image: image ?? images?.[0] ?? null } : {}),
      ...(channel === undefined ? {} : { unit: { channel, y: 0, x: 0 } }),
    };
    if (layer && channel !== undefined) {
      const [, height = 1, width = 1] = layer.shape;
      this.state = { ...this.state, unit: { channel, y: height >> 1, x: width >> 1 } };
    }
  }

  private chooseLayer({ id }: LayerEntry): void {
    const layers = this.shell.current?.description.layers ?? [];
    this.change({ layer: layerKey(layers, id), unit: null, view: 'layer' }, true);
  }

  private change(patch: Partial<MapsState>, reload = false): void {
    this.state = { ...this.state, ...patch };
    this.keep();
    if (patch.side !== undefined) this.grid.setSide(patch.side);
    if (reload && this.shell.current) this.load(this.shell.current);
    else this.draw();
  }

  private keep(): void {
    const { image, otherImage } = this.state;
    // Pasted bytes are too much for what VS Code keeps.
    const kept = (each: ImageReference | null) => (each?.kind === 'bytes' ? null : each);
    this.shell.keep({ maps: { ...this.state, image: kept(image), otherImage: kept(otherImage) } });
  }

  private load(shown: Shown): void {
    const { subject, description } = shown;
    this.takeFocus(description.layers);
    const layer = layerOfKey(description.layers, this.state.layer) ?? description.layers[0];
    const image = this.imageOf(shown);
    this.layers.update(description.layers, layer?.id ?? null);
    this.source.update(description, image, null);
    this.updateToolbar();
    if (!layer) return this.shell.fail(new UserError(`${description.title} computes nothing that could be shown.`));
    if (!image) {
      return this.shell.fail(
        new UserError(
          'A network that was never trained has no images.',
          'Choose a file, paste an image, or drop one here.',
        ),
      );
    }
    this.state = { ...this.state, image };
    this.keep();
    const { calls } = this.shell.host;
    const { other, otherImage } = this.state;
    const request = { subject, image, layers: [layer.id] };
    this.latest.run(
      async () => {
        const [networkImage, maps, compared] = await Promise.all([
          calls.image({ subject, image }),
          calls.featureMaps(request),
          other
            ? loadOtherMaps(calls, other, description.layers, layer, image)
            : { maps: otherImage ? await calls.featureMaps({ ...request, image: otherImage }) : [], checkpoints: [] },
        ]);
        // Once a network: it does not depend on its weights.
        if (this.fields?.version !== description.title) {
          this.fields = { version: description.title, table: await calls.receptiveFields(subject) };
        }
        return { networkImage, stacks: [...maps, ...compared.maps].map(mapStack), checkpoints: compared.checkpoints };
      },
      ({ networkImage, stacks, checkpoints }) => {
        this.otherCheckpoints = checkpoints;
        this.showing = { shown, layer, image, networkImage, picture: networkPicture(networkImage), stacks };
        this.shell.clearProblem();
        this.source.update(description, image, networkImage);
        this.draw();
      },
      (error) => this.shell.fail(error),
    );
  }

  /** The image that is looked at: the chosen one, where this network has it. */
  private imageOf({ description }: Shown): ImageReference | null {
    const { image } = this.state;
    if (image?.kind !== 'data') return image ?? this.source.first(description);
    const split = description.data?.splits.find(({ name }) => name === image.split);
    return split && image.index < split.count ? image : this.source.first(description);
  }

  private draw(): void {
    const { showing, state } = this;
    this.updateToolbar();
    this.ofLayer.hidden = state.view !== 'layer';
    this.overview.root.hidden = state.view !== 'network';
    if (!showing) return;
    if (state.view === 'network') this.drawNetwork(showing);
    else this.drawLayer(showing);
    this.drawInput();
    this.drawUnit(showing);
  }

  private drawNetwork({ shown, image }: Showing): void {
    const { subject, description } = shown;
    this.overview.show(description.layers, this.state.colors, async (layer) => {
      const [maps] = await this.shell.host.calls.featureMaps({ subject, image, layers: [layer.id] });
      return maps;
    });
  }

  private drawLayer({ layer, stacks }: Showing): void {
    const [first] = stacks;
    if (!first) return;
    const { state } = this;
    const coloring = mapColoring(stacks, state.colors, state.sharedScale);
    const order = mapOrder(first, state.order);
    this.order = order;
    const single = first.height * first.width === 1;
    this.grid.show({
      count: order.length,
      width: stacks.length * (first.width + 1) - 1,
      height: first.height,
      pixels: (index) => mapPixels(stacks, order[index] ?? 0, coloring),
      caption: (index) => {
        const channel = order[index] ?? 0;
        return single ? `${channel} · ${formatNumber(first.values[channel] ?? NaN)}` : String(channel);
      },
      describe: (index) => describeMap(first, order[index] ?? 0),
    });
    this.grid.select(state.unit ? order.indexOf(state.unit.channel) : null);
    this.scale.update(coloring.name, coloring.shared, `Values of ${layerName(layer)}`);
  }

  private drawInput(): void {
    const { showing, state } = this;
    if (!showing) return;
    const box = this.hovered ?? (state.unit && this.fieldOf(state.unit.y, state.unit.x));
    const boxes = box ? [{ box, color: fieldColor }] : [];
    const { name } = showing.networkImage;
    const told = box
      ? `${name}; the element sees rows ${box.top} to ${box.bottom - 1} and columns ${box.left} to ${box.right - 1}`
      : name;
    this.input.show({ picture: showing.picture, boxes }, told);
  }

  private drawUnit({ layer, shown, image, stacks }: Showing): void {
    const { unit } = this.state;
    const [first] = stacks;
    if (unit === null || first === undefined || unit.channel >= first.channels) return this.unit.update(null);
    const { channel } = unit;
    const y = Math.min(unit.y, first.height - 1);
    const x = Math.min(unit.x, first.width - 1);
    const coloring = mapColoring(stacks, this.state.colors, this.state.sharedScale);
    const request = { subject: shown.subject, image, layer: layer.id, channel, y, x };
    this.grid.markPixel({ index: this.order.indexOf(channel), y, x });
    this.unit.update({
      layer,
      layers: shown.description.layers,
      channel,
      y,
      x,
      picture: mapPixels(stacks, channel, coloring),
      description: describeMap(first, channel),
      explain: () => this.shell.host.calls.explainUnit(request),
    });
  }

  private chooseUnit(channel: number, place: TilePlace | null): void {
    const first = this.showing?.stacks[0];
    if (!first) return;
    const before = this.state.unit;
    const y = place?.y ?? before?.y ?? first.height >> 1;
    const x = place ? place.x % (first.width + 1) : (before?.x ?? first.width >> 1);
    this.change({ unit: { channel, y: Math.min(y, first.height - 1), x: Math.min(x, first.width - 1) } });
  }

  private placeInMap(x: number, y: number): TilePlace | null {
    const { unit } = this.state;
    const index = unit ? this.order.indexOf(unit.channel) : -1;
    return index < 0 ? null : { index, x, y };
  }

  /** The value under the pointer and what it sees, from what is here already: nothing is to be waited for. */
  private hover(place: TilePlace | null): void {
    const { showing } = this;
    if (!showing) return;
    const [first] = showing.stacks;
    if (!first) return;
    this.hovered = null;
    if (place) {
      const channel = this.order[place.index] ?? 0;
      const x = place.x % (first.width + 1);
      if (x < first.width) {
        this.hovered = this.fieldOf(place.y, x);
        const values = showing.stacks.map((stack) => formatNumber(valueAt(stack, channel, place.y, x)));
        setText(this.reading, `map ${channel}, row ${place.y}, column ${x}: ${values.join('  |  ')}`);
      }
    } else setText(this.reading, '');
    this.drawInput();
  }

  private fieldOf(y: number, x: number): PixelBox | null {
    const { showing, fields } = this;
    const row = fields?.table.rows.find(({ layer }) => layer === showing?.layer.id);
    return row?.field ? elementBox(row.field, y, x) : null;
  }

  private updateToolbar(): void {
    this.toolbar.update(this.state, {
      subject: this.state.other ?? undefined,
      runs: this.shell.runChoices,
      checkpoints: this.state.other ? this.otherCheckpoints : [],
    });
  }

  private openOther(kind: 'filters' | 'class-view' | 'prediction'): void {
    const { showing, state } = this;
    if (!showing) return;
    const image = { image: showing.image };
    const channel = state.unit?.channel ?? 0;
    // The filters of a map are those of the layer whose weights made it.
    const { layers } = showing.shown.description;
    const maker = kind === 'filters' ? makerOf(layers, showing.layer) : showing.layer;
    this.shell.openPanel(kind, kind === 'prediction' ? image : { ...image, layer: maker.id, channel });
  }

  private save(saving: Promise<string | null>): void {
    saving.then(
      (name) => name && this.shell.say(`Saved ${name}`),
      (error: unknown) => this.shell.fail(error),
    );
  }

  private async savePng(): Promise<string | null> {
    const { showing, state, order } = this;
    const [first] = showing?.stacks ?? [];
    if (!showing || !first) return null;
    const coloring = mapColoring(showing.stacks, state.colors, state.sharedScale);
    const bytes = await tileSheet(order.map((channel) => mapPixels(showing.stacks, channel, coloring)));
    return this.saveAs(showing, 'png', bytes);
  }

  private async saveNpy(): Promise<string | null> {
    const { showing } = this;
    const [first] = showing?.stacks ?? [];
    if (!showing || !first) return null;
    return this.saveAs(showing, 'npy', encodeNpy(showing.layer.shape, first.values));
  }

  private async saveAs({ layer }: Showing, extension: string, bytes: Uint8Array): Promise<string | null> {
    const name = fileNameOf('maps', layer, extension);
    return (await this.shell.host.calls.save(name, bytes)) ? name : null;
  }
}
