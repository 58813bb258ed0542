import { UserError } from '../../core/errors';
import type { LayerEntry, MaximizedImage, TopImage } from '../../protocol/inspection';
import { element, setText } from '../shared/dom';
import { InspectionShell, type Shown } from '../shared/inspection-shell';
import { fileNameOf, layerKey, layerName, layerOfKey } from '../shared/layer-key';
import { LayerTree } from '../shared/layer-tree';
import { networkPicture } from '../shared/network-picture';
import { context2d } from '../shared/pixel-canvas';
import { formatNumber } from '../shared/scale-bar';
import { fieldColor, readTheme } from '../shared/theme';
import { TileGrid } from '../shared/tile-grid';
import { tileSheet } from '../shared/tile-sheet';
import { ZoomImage } from '../shared/zoom-image';
import { ClassViewControls } from './class-view-controls';
import { parseClassViewState, type ClassViewState } from './class-view-state';
import { cropPixels } from './crop-pixels';

/** How many images are found, and among how many at most. */
const [foundImages, searchedImages] = [48, 10_000];

/** What was made for one channel of one layer with certain weights. */
interface Made {
  readonly key: string;
  readonly maximized?: MaximizedImage;
  readonly top?: readonly TopImage[];
}

/** What excites a channel or a class: an image made for it, and those of the data set. */
export class ClassViewPanel {
  private readonly shell: InspectionShell;
  private readonly controls: ClassViewControls;
  private readonly layers = new LayerTree(({ id }) =>
    this.change({ layer: layerKey(this.shell.current?.description.layers ?? [], id), channel: 0 }),
  );
  private readonly picture = new ZoomImage('The image that was made');
  private readonly title = element('h2');
  private readonly curve = element('canvas', { class: 'ascent', role: 'img', hidden: true });
  private readonly gain = element('p', { class: 'muted', 'aria-live': 'polite' });
  private readonly grid: TileGrid;
  private readonly foundNote = element('p', { class: 'muted', 'aria-live': 'polite' });
  private state: ClassViewState;
  private made: Made = { key: '' };
  private wanted: { readonly layer?: number; readonly channel?: number } = {};

  constructor(root: HTMLElement) {
    this.shell = new InspectionShell(root, 'class-view', {
      changed: (shown) => this.load(shown),
      focused: ({ layer, channel }) => {
        this.wanted = { ...(layer === undefined ? {} : { layer }), ...(channel === undefined ? {} : { channel }) };
      },
    });
    this.state = parseClassViewState(this.shell.keptValue('classView'));
    this.controls = new ClassViewControls(this.shell.toolbar, {
      changed: (patch) => this.change(patch),
      maximize: () => this.maximize(),
      find: () => this.find(),
      save: () => this.save(),
    });
    this.grid = new TileGrid('Images that excite it most', {
      chosen: (index) => this.openImage(index),
      zoomed: (side) => this.change({ side }),
    });
    this.grid.setSide(this.state.side);
    this.shell.body.append(
      element('nav', { class: 'side' }, this.layers.root),
      element(
        'section',
        { class: 'made', 'aria-label': 'Made image' },
        this.title,
        this.picture.root,
        this.curve,
        this.gain,
      ),
      element('section', { class: 'main', 'aria-label': 'Found images' }, this.foundNote, this.grid.root),
    );
  }

  start(): void {
    this.shell.start();
  }

  private change(patch: Partial<ClassViewState>): void {
    this.state = parseClassViewState({ ...this.state, ...patch });
    this.shell.keep({ classView: this.state });
    if (patch.side !== undefined) this.grid.setSide(patch.side);
    this.draw();
  }

  private load({ description }: Shown): void {
    const { layers } = description;
    const wanted = layers.find(({ id }) => id === this.wanted.layer);
    const { channel } = this.wanted;
    this.wanted = {};
    this.change({
      ...(wanted ? { layer: layerKey(layers, wanted.id) } : {}),
      ...(channel === undefined ? {} : { channel }),
    });
  }

  private layer({ description }: Shown): LayerEntry | undefined {
    return layerOfKey(description.layers, this.state.layer) ?? description.layers.at(-1);
  }

  private keyOf({ subject, description }: Shown, layer: LayerEntry, channel: number): string {
    return JSON.stringify([subject, description.version, layer.id, channel]);
  }

  private draw(): void {
    const shown = this.shell.current;
    const layer = shown && this.layer(shown);
    if (!shown || !layer) return;
    const { description } = shown;
    const { state } = this;
    const [channels = 1] = layer.shape;
    const channel = Math.min(state.channel, channels - 1);
    const isOutput = layer.id === description.layers.at(-1)?.id;
    const classes = isOutput ? description.classes : [];
    this.layers.update(description.layers, layer.id);
    const splits = (description.data?.splits ?? []).map(({ name }) => name);
    this.controls.update({ ...state, channel }, channels, classes, splits);
    const own = this.made.key === this.keyOf(shown, layer, channel) ? this.made : { key: '' };
    setText(this.title, `${layerName(layer)} · ${classes[channel] ?? `channel ${channel}`}`);
    this.drawMaximized(own);
    this.drawTop(own);
  }

  private drawMaximized({ maximized }: Made): void {
    this.curve.hidden = !maximized;
    if (!maximized) {
      this.picture.clear();
      setText(
        this.gain,
        '“Maximize” makes an image that excites this channel as much as possible, beginning with noise.',
      );
      return;
    }
    const { image, activations } = maximized;
    this.picture.show({ picture: networkPicture(image) }, `Made for ${image.name}`);
    const [first = NaN, last = NaN] = [activations[0], activations.at(-1)];
    setText(this.gain, `Activation ${formatNumber(first)} → ${formatNumber(last)} in ${activations.length} steps.`);
    drawCurve(this.curve, activations);
  }

  private drawTop({ top }: Made): void {
    const images = top ?? [];
    const crops = this.state.tiles === 'crop' && images.every(({ field }) => field !== null);
    const tiles = images.map((each) => (crops ? cropPixels(each) : networkPicture(each.image)));
    const [{ width, height } = { width: 1, height: 1 }] = tiles;
    const classes = this.shell.current?.description.classes ?? [];
    const told = (at: number) => {
      const found = images[at];
      const label = found?.image.label;
      return found
        ? `${formatNumber(found.value)} ${label === null || label === undefined ? '' : (classes[label] ?? '')}`
        : '';
    };
    this.grid.show({
      count: images.length,
      width,
      height,
      pixels: (at) => tiles[at] ?? { width: 1, height: 1, pixels: new Uint8ClampedArray(4) },
      caption: told,
      describe: (at) => {
        const found = images[at];
        return found ? `${found.image.name}: ${told(at)}, at row ${found.y}, column ${found.x}` : '';
      },
    });
    setText(
      this.foundNote,
      images.length > 0
        ? `The ${images.length} images that excite it most, with their largest activation. Click one for its feature maps.`
        : '“Find Images” looks for the images of the data set that excite this channel most.',
    );
  }

  /** What is worked on now; undefined before the network is known. */
  private target() {
    const shown = this.shell.current;
    const layer = shown && this.layer(shown);
    if (!shown || !layer) return undefined;
    const channel = Math.min(this.state.channel, (layer.shape[0] ?? 1) - 1);
    return { shown, layer, channel, key: this.keyOf(shown, layer, channel) };
  }

  private add(key: string, made: Omit<Made, 'key'>): void {
    this.made = { ...(this.made.key === key ? this.made : {}), ...made, key };
    this.shell.clearProblem();
    this.draw();
  }

  private maximize(): void {
    const target = this.target();
    if (!target) return;
    const { steps, learningRate, l2, totalVariation, jitter, seed } = this.state;
    const request = {
      subject: target.shown.subject,
      layer: target.layer.id,
      channel: target.channel,
      ...{ steps, learningRate, l2, totalVariation, jitter, seed },
    };
    this.shell
      .task('Climbing to an image that excites it…', (task) => this.shell.host.calls.maximize({ ...request, task }))
      .then(
        (maximized) => this.add(target.key, { maximized }),
        (error: unknown) => this.shell.fail(error),
      );
  }

  private find(): void {
    const target = this.target();
    if (!target) return;
    const split = this.controls.chosenSplit;
    if (!split) {
      const why = 'A network that was never trained has no data set to look into.';
      return this.shell.fail(new UserError(why, 'Train it first.'));
    }
    const request = {
      subject: target.shown.subject,
      layer: target.layer.id,
      channel: target.channel,
      ...{ split, count: foundImages, among: searchedImages },
    };
    this.shell
      .task(`Looking through the ${split} images…`, (task) => this.shell.host.calls.topImages({ ...request, task }))
      .then(
        (top) => this.add(target.key, { top }),
        (error: unknown) => this.shell.fail(error),
      );
  }

  private openImage(index: number): void {
    const target = this.target();
    const found = this.made.top?.[index];
    const split = this.controls.chosenSplit;
    if (!target || !found || !split) return;
    const image = { kind: 'data', split, index: found.index } as const;
    this.shell.openPanel('feature-maps', { layer: target.layer.id, channel: target.channel, image });
  }

  private save(): void {
    const target = this.target();
    const { maximized } = this.made;
    if (!target || !maximized || this.made.key !== target.key) {
      return this.shell.say('There is no image yet: press “Maximize” first.');
    }
    const name = fileNameOf('maximized', target.layer, 'png');
    tileSheet([networkPicture(maximized.image)])
      .then((bytes) => this.shell.host.calls.save(name, bytes))
      .then(
        (saved) => saved && this.shell.say(`Saved ${name}`),
        (error: unknown) => this.shell.fail(error),
      );
  }
}

/** The activation over the steps. */
function drawCurve(canvas: HTMLCanvasElement, activations: Float32Array): void {
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(240 * ratio);
  canvas.height = Math.round(48 * ratio);
  const context = context2d(canvas);
  let [low, high] = [Infinity, -Infinity];
  for (const value of activations) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const span = high - low || 1;
  const room = canvas.height - 4 * ratio;
  context.strokeStyle = readTheme().gridLine;
  context.strokeRect(0.5, 0.5, canvas.width - 1, canvas.height - 1);
  context.strokeStyle = fieldColor;
  context.lineWidth = 1.5 * ratio;
  context.beginPath();
  activations.forEach((value, step) => {
    const x = (step / Math.max(1, activations.length - 1)) * canvas.width;
    context.lineTo(x, 2 * ratio + room * (1 - (value - low) / span));
  });
  context.stroke();
  const told = `Activation over ${activations.length} steps, from ${formatNumber(low)} to ${formatNumber(high)}`;
  canvas.setAttribute('aria-label', told);
  canvas.title = told;
}
