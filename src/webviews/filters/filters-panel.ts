import { UserError } from '../../core/errors';
import type { CheckpointEntry, FilterActivity, FilterSet, LayerEntry, Subject } from '../../protocol/inspection';
import { button } from '../shared/controls';
import { element } from '../shared/dom';
import { InspectionShell, type Shown } from '../shared/inspection-shell';
import { fileNameOf, layerKey, layerName, layerOfKey } from '../shared/layer-key';
import { LayerTree } from '../shared/layer-tree';
import { Latest } from '../shared/latest';
import { formatNumber, formatShare, ScaleBar } from '../shared/scale-bar';
import { TileGrid } from '../shared/tile-grid';
import { tileSheet } from '../shared/tile-sheet';
import { ZoomImage } from '../shared/zoom-image';
import {
  commonRange,
  filterBank,
  filterPixels,
  filterScale,
  possibleViews,
  tileSize,
  type FilterBank,
  type FilterView,
} from './filter-tiles';
import { parseFiltersState, type FiltersState } from './filters-state';
import { FiltersToolbar } from './filters-toolbar';

/** Images that the share of dead outputs is measured on. */
const activityImages = 512;

/** The filters of one layer, or how they differ from another run's or epoch's. */
interface Showing {
  readonly layer: LayerEntry;
  readonly set: FilterSet;
  /** The weights, less the other ones where there are any. */
  readonly bank: FilterBank;
  readonly difference: boolean;
}

export class FiltersPanel {
  private readonly shell: InspectionShell;
  private readonly toolbar: FiltersToolbar;
  private readonly layers = new LayerTree((layer) => this.change({ layer: this.keyOf(layer), selected: null }, true));
  private readonly grid: TileGrid;
  private readonly scale = new ScaleBar();
  private readonly close = new ZoomImage('The chosen filter');
  private readonly facts = element('dl', { class: 'facts' });
  private readonly details: HTMLElement;
  private readonly title = element('h2');
  private readonly latest = new Latest();
  private state: FiltersState;
  private showing: Showing | undefined;
  private activity: { readonly key: string; readonly values: FilterActivity } | undefined;
  private otherCheckpoints: readonly CheckpointEntry[] = [];

  constructor(root: HTMLElement) {
    this.shell = new InspectionShell(root, 'filters', {
      changed: (shown) => this.load(shown),
      focused: ({ layer, channel }) => this.focus(layer, channel),
      runsChanged: () => this.updateToolbar(),
    });
    this.state = parseFiltersState(this.shell.keptValue('filters'));
    this.toolbar = new FiltersToolbar(this.shell.toolbar, {
      changed: (patch) => this.change(patch),
      compared: (other) => this.change({ other: other ?? null }, true),
      measureActivity: () => this.measureActivity(),
      savePng: () => void this.savePng().catch((error: unknown) => this.shell.fail(error)),
    });
    this.grid = new TileGrid('Filters', {
      chosen: (index) => this.change({ selected: this.order()[index] ?? null }),
      zoomed: (side) => this.change({ side }),
    });
    this.grid.setSide(this.state.side);
    this.details = element(
      'section',
      { class: 'details', 'aria-label': 'The chosen filter' },
      this.title,
      this.close.root,
      this.facts,
      element(
        'div',
        { class: 'buttons' },
        button('Feature Map', 'What this filter makes of an image', () => this.openOther('feature-maps')),
        button('Class View', 'What excites this filter most', () => this.openOther('class-view')),
      ),
    );
    this.shell.body.append(
      element('nav', { class: 'side' }, this.layers.root),
      element('section', { class: 'main' }, this.grid.root, this.scale.root),
      this.details,
    );
  }

  start(): void {
    this.shell.start();
  }

  private focus(layer: number | undefined, channel: number | undefined): void {
    const shown = this.shell.current?.description.layers.find(({ id }) => id === layer);
    // Of a network that is yet to be described: its number is resolved then.
    if (layer !== undefined) this.wantedLayer = layer;
    if (shown) this.change({ layer: this.keyOf(shown) });
    if (channel !== undefined) this.change({ selected: channel });
  }

  private wantedLayer: number | undefined;

  private keyOf({ id }: LayerEntry): string | null {
    return layerKey(this.shell.current?.description.layers ?? [], id);
  }

  private change(patch: Partial<FiltersState>, reload = false): void {
    this.state = { ...this.state, ...patch };
    this.shell.keep({ filters: this.state });
    if (patch.side !== undefined) this.grid.setSide(patch.side);
    if (reload && this.shell.current) this.load(this.shell.current);
    else this.draw();
  }

  private load(shown: Shown): void {
    const { subject, description } = shown;
    const layers = description.layers.filter(({ weightShape }) => weightShape !== null);
    const wanted = layers.find(({ id }) => id === this.wantedLayer);
    this.wantedLayer = undefined;
    if (wanted) this.state = { ...this.state, layer: layerKey(description.layers, wanted.id) };
    const chosen = layerOfKey(description.layers, this.state.layer);
    const layer = chosen?.weightShape ? chosen : layers[0];
    this.layers.update(layers, layer?.id ?? null);
    if (!layer) return this.shell.fail(new UserError(`${description.title} has no layer with filters.`));
    const { calls } = this.shell.host;
    const { other } = this.state;
    this.latest.run(
      async () => {
        const [set, compared] = await Promise.all([
          calls.filters({ subject, layer: layer.id }),
          other ? this.loadOther(other, layer) : null,
        ]);
        return { set, compared };
      },
      ({ set, compared }) => {
        this.otherCheckpoints = compared?.checkpoints ?? [];
        const weights = compared ? set.weights.map((value, at) => value - (compared.weights[at] ?? 0)) : set.weights;
        const bank = filterBank(set.shape, weights, description.inputShape);
        this.showing = { layer, set, bank, difference: compared !== null };
        this.shell.clearProblem();
        this.draw();
      },
      (error) => this.shell.fail(error),
    );
  }

  private async loadOther(
    other: Subject,
    layer: LayerEntry,
  ): Promise<{ readonly weights: Float32Array; readonly checkpoints: readonly CheckpointEntry[] }> {
    const { calls } = this.shell.host;
    const [description, checkpoints] = await Promise.all([
      calls.describe(other),
      other.kind === 'run' ? calls.checkpoints(other.runFolder) : [],
    ]);
    const same = layerOfKey(description.layers, this.keyOf(layer));
    if (same?.weightShape?.join() !== layer.weightShape?.join()) {
      throw new UserError(
        `${description.title} has no filters of ${layerName(layer)} of the same shape.`,
        'Choose “nothing” under Minus, or a network that is built alike.',
      );
    }
    const { weights } = await calls.filters({ subject: other, layer: same?.id ?? layer.id });
    return { weights, checkpoints };
  }

  /** Numbers of the filters in the order in which they are shown. */
  private order(): readonly number[] {
    const { showing } = this;
    if (!showing) return [];
    const { set, bank } = showing;
    const indices = Array.from({ length: bank.shape[0] }, (_, index) => index);
    const by = (value: (index: number) => number) => indices.sort((a, b) => value(b) - value(a));
    switch (this.state.order) {
      case 'norm':
        return by((index) => set.l2[index] ?? 0);
      case 'similarity':
        return [...set.similarityOrder];
      case 'activity': {
        const activity = this.activityOf(showing);
        return activity ? by((index) => 1 - (activity.positiveShare[index] ?? 0)) : indices;
      }
      case 'index':
        return indices;
    }
  }

  private activityOf({ layer, set }: Showing): FilterActivity | undefined {
    return this.activity?.key === `${layer.id} ${set.version}` ? this.activity.values : undefined;
  }

  private view({ bank }: Showing): FilterView {
    const views = possibleViews(bank);
    return views.includes(this.state.view) ? this.state.view : (views[0] ?? 'input');
  }

  private draw(): void {
    const { showing, state } = this;
    this.updateToolbar();
    if (!showing) return;
    const { bank, set, layer, difference } = showing;
    const order = this.order();
    const view = this.view(showing);
    const { ranges } = filterScale(bank, state.sharedScale);
    const [width, height] = tileSize(bank, view);
    const input = Math.min(state.input, bank.shape[1] - 1);
    const pixels = (filter: number) => filterPixels(bank, filter, view, input, ranges[filter] ?? { low: -1, high: 1 });
    this.grid.show({
      count: order.length,
      width,
      height,
      pixels: (index) => pixels(order[index] ?? 0),
      caption: (index) => this.caption(order[index] ?? 0, set),
      describe: (index) => this.describeFilter(order[index] ?? 0, showing),
    });
    const selected = state.selected !== null && state.selected < bank.shape[0] ? state.selected : null;
    this.grid.select(selected === null ? null : order.indexOf(selected));
    const caption = difference ? 'Differences of weights' : 'Weights';
    this.scale.root.hidden = view === 'rgb';
    this.scale.update('diverging', commonRange(bank, state.sharedScale), caption);
    this.details.hidden = selected === null;
    if (selected === null) return;
    this.title.textContent = `${layerName(layer)} · filter ${selected}`;
    this.close.show({ picture: pixels(selected) }, this.describeFilter(selected, showing));
    this.facts.replaceChildren(...this.factsOf(selected, showing));
  }

  private caption(filter: number, { l2 }: FilterSet): string {
    return this.state.order === 'norm' ? `${filter} · ${formatNumber(l2[filter] ?? 0)}` : String(filter);
  }

  private describeFilter(filter: number, { set, difference }: Showing): string {
    const [mean, std, l2] = [set.mean, set.std, set.l2].map((values) => formatNumber(values[filter] ?? NaN));
    const what = difference ? 'difference of filter' : 'filter';
    return `${what} ${filter}: mean ${mean}, standard deviation ${std}, L2 norm ${l2}`;
  }

  private factsOf(filter: number, showing: Showing): readonly HTMLElement[] {
    const { set, bank } = showing;
    const activity = this.activityOf(showing);
    const [, depth, height, width] = bank.shape;
    const facts: readonly (readonly [string, string])[] = [
      ['Shape', `${depth} × ${height} × ${width}`],
      ['Mean', formatNumber(set.mean[filter] ?? NaN)],
      ['Std', formatNumber(set.std[filter] ?? NaN)],
      ['L2 norm', formatNumber(set.l2[filter] ?? NaN)],
      ...(set.bias ? [['Bias', formatNumber(set.bias[filter] ?? NaN)] as const] : []),
      ...(activity
        ? [
            ['Dead outputs', formatShare(1 - (activity.positiveShare[filter] ?? NaN))] as const,
            ['Mean output', formatNumber(activity.mean[filter] ?? NaN)] as const,
            ['Measured', `${activity.images} images, after ${activity.activation ?? 'the layer'}`] as const,
          ]
        : []),
    ];
    return facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]);
  }

  private updateToolbar(): void {
    const { showing, state } = this;
    const views = showing ? possibleViews(showing.bank) : [];
    this.toolbar.update(state, views, showing?.bank.shape[1] ?? 1, this.shell.current?.description.data !== null, {
      subject: state.other ?? undefined,
      runs: this.shell.runChoices,
      checkpoints: this.otherCheckpoints,
    });
  }

  private measureActivity(): void {
    const { showing } = this;
    const { current, host } = this.shell;
    const splits = current?.description.data?.splits ?? [];
    const split = splits.find(({ name }) => name === 'val') ?? splits[0];
    if (!showing || !current || !split) return;
    const request = { subject: current.subject, layer: showing.layer.id, split: split.name, images: activityImages };
    this.shell
      .task(`Measuring outputs on ${split.name} images…`, (task) => host.calls.filterActivity({ ...request, task }))
      .then(
        (values) => {
          this.activity = { key: `${showing.layer.id} ${showing.set.version}`, values };
          this.change({ order: 'activity' });
        },
        (error: unknown) => this.shell.fail(error),
      );
  }

  private openOther(kind: 'feature-maps' | 'class-view'): void {
    const { showing, state } = this;
    if (showing) this.shell.openPanel(kind, { layer: showing.layer.id, channel: state.selected ?? 0 });
  }

  private async savePng(): Promise<void> {
    const { showing } = this;
    if (!showing) return;
    const { bank, layer } = showing;
    const view = this.view(showing);
    const { ranges } = filterScale(bank, this.state.sharedScale);
    const input = Math.min(this.state.input, bank.shape[1] - 1);
    const tiles = this.order().map((filter) =>
      filterPixels(bank, filter, view, input, ranges[filter] ?? { low: -1, high: 1 }),
    );
    const name = fileNameOf('filters', layer, 'png');
    if (await this.shell.host.calls.save(name, await tileSheet(tiles))) this.shell.say(`Saved ${name}`);
  }
}
