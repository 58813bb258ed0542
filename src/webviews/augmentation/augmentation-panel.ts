import { splitOrder } from '../../core/data/split-names';
import type { TransformConfig } from '../../core/data/augment/transform-config';
import type { Image } from '../../core/data/image';
import { describeError, UserError } from '../../core/errors';
import type { DatasetDescription } from '../../protocol/dataset-inspection';
import type { DatasetChoice, DatasetFocus, DatasetPanelCalls, DatasetPanelEvents } from '../../protocol/dataset-panel';
import { button } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { Latest } from '../shared/latest';
import { oncePerFrame } from '../shared/once-per-frame';
import { connectHost, type PanelHost } from '../shared/panel-host';
import { PanelStatus } from '../shared/panel-status';
import { leastSide, mostSide, TileGrid } from '../shared/tile-grid';
import { leastDraws, mostDraws, parseAugmentationState, type AugmentationState } from './augmentation-state';
import { describeDrawn } from './describe-drawn';
import { DrawRunner, type Draw } from './draw-runner';
import { Filmstrip } from './filmstrip';
import { ImageChoice, type ChosenFile } from './image-choice';
import { enlargeImage, imageOfDecoded, imageOfItem, pictureOf } from './image-pixels';
import { PipelineEditor } from './pipeline-editor';
import { torchvisionCode, trainOption } from './torchvision-code';

/** A larger image is made smaller before anything is drawn. */
const mostImageSide = 1024;

/** In between, time goes to draws. */
const showEveryMs = 120;

/** Shows what an augmentation makes of an image: many draws at once, and the steps of one. */
export class AugmentationPanel {
  private readonly host: PanelHost<DatasetPanelCalls>;
  private readonly status: PanelStatus;
  private readonly choice: ImageChoice;
  private readonly editor: PipelineEditor;
  private readonly grid: TileGrid;
  private readonly filmstrip = new Filmstrip();
  private readonly reading = element('p', { class: 'reading', role: 'status' });
  private readonly count = element('input', { type: 'range', min: leastDraws, max: mostDraws, 'aria-label': 'Draws' });
  private readonly countText = element('output', { class: 'muted' });
  private readonly side = element('input', {
    type: 'range',
    min: 32,
    max: mostSide,
    'aria-label': 'Size of the pictures',
  });
  private readonly seed = element('input', { type: 'number', class: 'number', min: 0, max: 2 ** 32 - 1, step: 1 });
  private readonly useButton: HTMLButtonElement;
  private readonly runner: DrawRunner;
  private readonly latestImage = new Latest();
  private readonly latestDataset = new Latest();
  private readonly redraw = oncePerFrame(() => this.draw());
  private readonly rerun = oncePerFrame(() => this.run());
  private state: AugmentationState;
  private datasets: readonly DatasetChoice[] = [];
  private description: DatasetDescription | undefined;
  private file: ChosenFile | null = null;
  private image: Image | undefined;
  private transforms: readonly TransformConfig[] | null = [];
  private draws: readonly Draw[] = [];
  private size = { width: 1, height: 1 };
  /** Draws that are in the grid: others are handed over anew. */
  private shownKey = '';
  private shownDraws = 0;
  /** Counts requests: that of which draws are shown, and the latest. */
  private shownGeneration = 0;
  private generation = 0;
  private began = 0;
  private shownAt = 0;

  constructor(root: HTMLElement) {
    this.host = connectHost<DatasetPanelCalls, DatasetPanelEvents>({
      focus: (focus) => this.focus(focus),
      datasetsChanged: () => this.refreshChoices(),
    });
    this.state = parseAugmentationState(this.host.getState());
    this.status = new PanelStatus({ cancel: () => Promise.resolve(), again: () => this.load() });
    this.runner = new DrawRunner({
      drawn: (draws, done) => {
        const now = performance.now();
        if (done) performance.measure('draws', { start: this.began, detail: this.state.text });
        else if (now - this.shownAt < showEveryMs) return;
        this.shownAt = now;
        this.draws = [...draws];
        this.shownGeneration = this.generation;
        this.editor.complain('');
        this.redraw();
      },
      failed: (error) => this.failed(error),
    });
    this.choice = new ImageChoice(
      {
        dataset: (location) => this.openDataset(location, 0),
        item: (image) => this.chooseItem(image),
        file: (file) => this.chooseFile(file),
        pick: () => this.pick(),
        failed: (error) => this.status.fail(error),
      },
      root,
    );
    this.editor = new PipelineEditor({
      changed: (text, transforms) => {
        this.keep({ text });
        this.transforms = transforms;
        if (transforms) this.rerun();
        this.redraw();
      },
      imageSize: () => this.image ?? { width: 32, height: 32 },
    });
    this.grid = new TileGrid('Draws', {
      hovered: (place) => this.read(place?.index ?? null),
      chosen: (index) => this.choose(index),
      zoomed: (side) => this.keep({ side }),
    });
    this.count.addEventListener('input', () => {
      this.keep({ draws: Number(this.count.value) });
      this.rerun();
      this.redraw();
    });
    this.side.addEventListener('input', () => this.grid.setSide(Number(this.side.value)));
    this.seed.addEventListener('input', () => this.setSeed(Number(this.seed.value)));
    this.useButton = button('Use in Training', 'The next trainings of this workspace use this augmentation', () =>
      this.use(),
    );
    this.useButton.classList.add('primary');
    root.append(...this.parts());
  }

  /** Asks the host what is to be shown. Call it once, when the panel can show it. */
  start(): void {
    this.editor.setText(this.state.text);
    this.host.calls.start().then(
      ({ focus, datasets }) => {
        this.datasets = datasets;
        const { location, image, file } = this.state;
        if (focus.location !== undefined) this.openDataset(focus.location, focus.image ?? 0);
        else if (file !== null) this.chooseFile({ kind: 'file', path: file });
        else if (location !== null) this.openDataset(location, image);
        else if (datasets[0]) this.openDataset(datasets[0].location, 0);
        this.redraw();
      },
      (error: unknown) => this.status.fail(error),
    );
  }

  private parts(): readonly HTMLElement[] {
    const labelled = (text: string, ...controls: HTMLElement[]) =>
      element('label', { class: 'control' }, text, ...controls);
    return [
      element('header', { class: 'header' }, this.choice.root),
      element(
        'div',
        { class: 'toolbar' },
        labelled('Draws', this.count, this.countText),
        labelled('Size', this.side),
        labelled('Seed', this.seed),
        button('New Seed', 'Draw anew', () => this.setSeed(Math.floor(Math.random() * 2 ** 32))),
        element('span', { class: 'spacer' }),
        button('Copy Code', 'Copy the pipeline as torchvision code', () =>
          this.copy(torchvisionCode(this.transforms ?? [])),
        ),
        button('Copy Command', 'Copy the option of cnn-lab train', () => this.copy(trainOption(this.state.text))),
        this.useButton,
      ),
      this.status.problem,
      element(
        'main',
        { class: 'body' },
        element('div', { class: 'side' }, this.editor.root),
        element(
          'section',
          { class: 'main', 'aria-label': 'Preview' },
          this.grid.root,
          this.reading,
          this.filmstrip.root,
        ),
      ),
      this.status.footer,
    ];
  }

  private keep(patch: Partial<AugmentationState>): void {
    this.state = { ...this.state, ...patch };
    this.host.setState(this.state);
  }

  private focus({ location, image }: DatasetFocus): void {
    const wanted = location ?? this.state.location;
    if (wanted !== null) this.openDataset(wanted, image ?? 0);
  }

  private refreshChoices(): void {
    this.host.calls.datasets().then(
      (datasets) => {
        this.datasets = datasets;
        this.redraw();
      },
      (error: unknown) => this.status.fail(error),
    );
  }

  private openDataset(location: string, image: number): void {
    this.file = null;
    this.keep({ location, image, file: null });
    if (this.description?.path === location) return this.load();
    this.latestDataset.run(
      () => this.host.calls.open(location),
      (description) => {
        this.description = description;
        this.load();
      },
      (error) => this.status.fail(error),
    );
  }

  private chooseItem(image: number): void {
    this.file = null;
    this.keep({ image, file: null });
    this.load();
  }

  private chooseFile(file: ChosenFile): void {
    this.file = file;
    // Images that were pasted are not kept: state is for little things.
    this.keep({ file: file.kind === 'file' ? file.path : null });
    this.load();
  }

  private pick(): void {
    this.host.calls.pickImage().then(
      (image) => image && image.kind !== 'data' && this.chooseFile(image),
      (error: unknown) => this.status.fail(error),
    );
  }

  /** Gets the image that is chosen, and draws it. */
  private load(): void {
    const { file, description } = this;
    const { location, image } = this.state;
    this.redraw();
    if (!file && (location === null || !description)) return;
    const { calls } = this.host;
    const index = Math.min(image, Math.max(0, (description?.items.keys.length ?? 1) - 1));
    this.latestImage.run(
      async () =>
        file
          ? imageOfDecoded(await calls.decodeImage(file))
          : imageOfItem(await calls.image({ location: location ?? '', index, mostSide: mostImageSide })),
      (loaded) => {
        this.image = loaded;
        this.draws = [];
        this.shownGeneration = -1;
        this.shownKey = '';
        this.status.clearProblem();
        this.run();
        this.redraw();
      },
      (error) => this.status.fail(error),
    );
  }

  private run(): void {
    const { image, transforms, state } = this;
    if (!image || !transforms) return;
    this.generation++;
    this.began = performance.now();
    this.runner.run({ image, transforms, count: state.draws, seed: state.seed, number: this.numberInSplit() });
  }

  /** As training counts images: within their split. */
  private numberInSplit(): number {
    const { description, file } = this;
    if (file || !description) return 0;
    const { splits } = description.items;
    const own = splits[this.state.image] ?? splitOrder.indexOf('train');
    let number = 0;
    for (let item = 0; item < this.state.image; item++) if (splits[item] === own) number++;
    return number;
  }

  private failed(error: unknown): void {
    // The image does not fit the pipeline: a crop larger than it.
    if (error instanceof UserError) this.editor.complain(describeError(error));
    else this.status.fail(error);
  }

  private setSeed(seed: number): void {
    const wanted = Number.isFinite(seed) ? Math.min(2 ** 32 - 1, Math.max(0, Math.floor(seed))) : 0;
    this.keep({ seed: wanted });
    this.rerun();
    this.redraw();
  }

  /** In the grid the original is the first. */
  private choose(index: number): void {
    this.keep({ chosen: Math.max(0, index - 1) });
    this.redraw();
  }

  private draw(): void {
    const { state, image, draws } = this;
    this.choice.update(this.datasets, this.description, state.location, state.image, this.file);
    fill(this.count, state.draws, leastDraws, mostDraws);
    setText(this.countText, String(state.draws));
    fill(this.side, state.side, leastSide, mostSide);
    if (document.activeElement !== this.seed) this.seed.value = String(state.seed);
    this.useButton.disabled = this.transforms === null;
    this.grid.setSide(state.side);
    if (!image) return;
    const images = draws.map((each) => each.image);
    this.size = {
      width: Math.max(image.width, ...images.map(({ width }) => width)),
      height: Math.max(image.height, ...images.map(({ height }) => height)),
    };
    const key = `${this.shownGeneration} ${this.size.width} ${this.size.height}`;
    if (key !== this.shownKey || draws.length !== this.shownDraws) {
      // More of the same draws: the pictures that are there stay.
      const same = key === this.shownKey ? 1 + Math.min(this.shownDraws, draws.length) : 0;
      this.shownKey = key;
      this.shownDraws = draws.length;
      const source = {
        count: 1 + draws.length,
        ...this.size,
        pixels: (index: number) => pictureOf(images[index - 1] ?? enlargedFor(image, this.size), this.size),
        caption: (index: number) => (index === 0 ? 'original' : `draw ${index}`),
        describe: (index: number) => this.describe(index),
      };
      this.grid.show(source, same);
    }
    const chosen = Math.min(state.chosen, Math.max(0, draws.length - 1));
    this.grid.select(draws.length > 0 ? chosen + 1 : null);
    this.filmstrip.update(image, draws[chosen]);
    this.read(null);
  }

  private describe(index: number): string {
    const { image, draws } = this;
    if (index === 0) return `Original: ${image?.width} × ${image?.height}`;
    const draw = draws[index - 1];
    if (!draw) return '';
    const steps = draw.steps.map(({ config, drawn }) => `${config.name}: ${describeDrawn(drawn)}`);
    return `Draw ${index}: ${steps.join('; ') || 'no transforms'}`;
  }

  /** Null: the chosen draw. */
  private read(index: number | null): void {
    setText(this.reading, this.describe(index ?? Math.min(this.state.chosen, this.draws.length - 1) + 1));
  }

  private copy(text: string): void {
    this.host.calls.copy(text).then(
      () => this.status.say('Copied.'),
      (error: unknown) => this.status.fail(error),
    );
  }

  private use(): void {
    this.host.calls.useAugmentation(this.state.text).then(
      () => this.status.say('The next trainings of this workspace use this augmentation.'),
      (error: unknown) => this.status.fail(error),
    );
  }
}

/** The original is as large as what is made of it. */
function enlargedFor(image: Image, { width, height }: Pick<Image, 'width' | 'height'>): Image {
  const factor = Math.max(1, Math.floor(Math.min(width / image.width, height / image.height)));
  return factor === 1 ? image : enlargeImage(image, factor);
}

function fill(slider: HTMLInputElement, value: number, least: number, most: number): void {
  slider.value = String(value);
  slider.style.setProperty('--filled', `${(100 * (value - least)) / (most - least)}%`);
}
