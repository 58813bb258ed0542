import type { FilePrediction, ImagePrediction, ImageReference } from '../../protocol/inspection';
import type { PanelFocus } from '../../protocol/inspection-panel';
import { button } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { ImageSource } from '../shared/image-source';
import { InspectionShell, type Shown } from '../shared/inspection-shell';
import { Latest } from '../shared/latest';
import { layerKey, layerName, layerOfKey } from '../shared/layer-key';
import { networkPicture } from '../shared/network-picture';
import type { Picture } from '../../core/inspect/picture';
import { formatNumber, formatShare, ScaleBar } from '../shared/scale-bar';
import { ZoomImage, type PicturePixel } from '../shared/zoom-image';
import { className, ExplainControls, layersWithPlaces, truthOf, usualLayer } from './explain-controls';
import { FilePredictions, fileTopK } from './file-predictions';
import { camOverlay, occlusionOverlay, type HeatOverlay } from './heat-overlay';
import { mostKeptImages, parsePredictionState, type PredictionState } from './prediction-state';
import { ScoreTable } from './score-table';

/** More classes than any data set has: all of them are asked for, so that any can be explained. */
const allClasses = 100_000;

interface Showing {
  readonly shown: Shown;
  readonly image: ImageReference;
  readonly prediction: ImagePrediction;
  readonly picture: Picture;
  readonly cam: HeatOverlay | null;
}

export class PredictionPanel {
  private readonly shell: InspectionShell;
  private readonly source: ImageSource;
  private readonly explain: ExplainControls;
  private readonly scores: ScoreTable;
  private readonly files: FilePredictions;
  private readonly picture: ZoomImage;
  private readonly scale = new ScaleBar();
  private readonly reading = element('p', { class: 'reading muted' });
  private readonly title = element('h2');
  private readonly truth = element('p', { class: 'muted' });
  private readonly topK = element('select', { class: 'select', 'aria-label': 'Classes shown' });
  private readonly queue = element('span', { class: 'control', role: 'group', 'aria-label': 'Images to go through' });
  private readonly queueText = element('span', { class: 'muted' });
  private readonly hint = element('p', { class: 'hint', role: 'status' });
  private readonly main: HTMLElement;
  private readonly details: HTMLElement;
  private readonly latest = new Latest();
  private state: PredictionState;
  private showing: Showing | undefined;
  private occlusion: { readonly key: string; readonly overlay: HeatOverlay } | undefined;
  private classified: { readonly version: string; readonly predictions: readonly FilePrediction[] } | undefined;
  private wantedLayer: number | undefined;

  constructor(root: HTMLElement) {
    this.shell = new InspectionShell(root, 'prediction', {
      changed: (shown) => this.load(shown),
      focused: (focus) => this.focus(focus),
    });
    this.state = parsePredictionState(this.shell.keptValue('prediction'));
    this.source = new ImageSource(
      {
        chosen: (image) => this.change({ image, images: [] }, true),
        failed: (error) => this.shell.fail(error),
        pick: () => this.shell.pickImage(),
      },
      root,
    );
    this.explain = new ExplainControls({
      changed: (patch) => this.changeExplanation(patch),
      cover: () => this.cover(),
    });
    this.scores = new ScoreTable((index) => this.changeExplanation({ class: index }));
    this.files = new FilePredictions({
      chosen: (path) => this.change({ image: { kind: 'file', path }, images: [] }, true),
      save: (name, bytes) => void this.save(name, bytes).catch((error: unknown) => this.shell.fail(error)),
      closed: () => {
        this.classified = undefined;
        this.draw();
      },
    });
    this.picture = new ZoomImage('The image', { pointed: (pixel) => this.read(pixel) });
    this.topK.append(
      ...[3, 5, 10, 20, allClasses].map((count) =>
        element('option', { value: count }, count === allClasses ? 'All classes' : `Top ${count}`),
      ),
    );
    this.topK.addEventListener('change', () => this.change({ topK: Number(this.topK.value) }));
    this.buildToolbar();
    this.main = element(
      'section',
      { class: 'main', 'aria-label': 'Image' },
      this.explain.root,
      this.picture.root,
      this.reading,
      this.scale.root,
    );
    this.details = this.buildDetails();
    this.shell.body.append(this.files.root, this.hint, this.main, this.details);
    this.draw();
  }

  start(): void {
    this.shell.start();
  }

  private buildToolbar(): void {
    const step = (by: number) => () => this.goTo(this.state.place + by);
    this.queue.append(
      button('‹', 'Previous of these images', step(-1)),
      this.queueText,
      button('›', 'Next of these images', step(1)),
    );
    this.shell.toolbar.append(
      this.source.root,
      this.queue,
      element('span', { class: 'spacer' }),
      button('Classify Files…', 'Classify image files, or all images of a folder', () => {
        this.shell.host.calls.pickImages().then(
          (paths) => paths.length > 0 && this.classify(paths),
          (error: unknown) => this.shell.fail(error),
        );
      }),
    );
  }

  private buildDetails(): HTMLElement {
    return element(
      'section',
      { class: 'details', 'aria-label': 'Prediction' },
      this.title,
      this.truth,
      this.topK,
      this.scores.root,
      element(
        'div',
        { class: 'buttons' },
        button('Feature Maps', 'What the layers make of this image', () => this.openOther('feature-maps')),
        button('Class View', 'What the network’s idea of this class looks like', () => this.openOther('class-view')),
      ),
    );
  }

  private focus({ image, images, layer }: PanelFocus): void {
    if (layer !== undefined) this.wantedLayer = layer;
    if (images && images.length > 0) {
      const kept = images.slice(0, mostKeptImages);
      const at = image ? kept.findIndex((each) => JSON.stringify(each) === JSON.stringify(image)) : 0;
      this.set({ images: kept, place: Math.max(0, at), image: image ?? kept[0] ?? null, class: null });
    } else if (image) this.set({ image, images: [], class: null });
  }

  private goTo(place: number): void {
    const { images } = this.state;
    const wrapped = (place + images.length) % images.length;
    const image = images[wrapped];
    if (image) this.change({ place: wrapped, image }, true);
  }

  private set(patch: Partial<PredictionState>): void {
    this.state = { ...this.state, ...patch };
    const { image } = this.state;
    this.shell.keep({ prediction: { ...this.state, image: image?.kind === 'bytes' ? null : image } });
  }

  private change(patch: Partial<PredictionState>, reload = false): void {
    this.set(patch);
    if (reload && this.shell.current) this.load(this.shell.current);
    else this.draw();
  }

  /** Grad-CAM is asked for anew; how strongly it covers the image is drawn at once. */
  private changeExplanation(patch: Partial<PredictionState>): void {
    const { explanation } = { ...this.state, ...patch };
    this.change(patch, explanation === 'grad-cam' && patch.opacity === undefined);
  }

  private load(shown: Shown): void {
    const { subject, description } = shown;
    const wanted = description.layers.find(({ id }) => id === this.wantedLayer);
    this.wantedLayer = undefined;
    if (wanted) this.set({ layer: layerKey(description.layers, wanted.id), explanation: 'grad-cam' });
    const image = this.imageOf(shown);
    if (!image) {
      this.showing = undefined;
      this.latest.clear();
      this.source.update(description, null, null);
      this.shell.clearProblem();
      this.draw();
      setText(this.hint, 'Choose an image file, paste one, or drop one here.');
      return;
    }
    if (!this.showing) {
      this.source.update(description, image, null);
      this.draw();
      setText(this.hint, 'Looking at the image…');
    }
    const { calls } = this.shell.host;
    const { explanation } = this.state;
    const layer = this.layerOf(shown);
    this.latest.run(
      async () => {
        const prediction = await calls.predict({ subject, image, topK: allClasses });
        const explained = this.explainedClass(prediction);
        const map =
          explanation === 'grad-cam' && layer
            ? await calls.gradCam({ subject, image, layer: layer.id, class: explained })
            : null;
        const [, height = 1, width = 1] = description.inputShape;
        return { prediction, cam: map && camOverlay(map, layer ? layerName(layer) : '', [height, width]) };
      },
      ({ prediction, cam }) => {
        this.showing = { shown, image, prediction, cam, picture: networkPicture(prediction.image) };
        this.shell.clearProblem();
        this.draw();
      },
      (error) => {
        if (!this.showing) setText(this.hint, '');
        this.shell.fail(error);
      },
    );
  }

  /** What was chosen, or the first of the data set where this network has no such image. */
  private imageOf({ description }: Shown): ImageReference | null {
    const { image } = this.state;
    const splits = description.data?.splits ?? [];
    const there =
      image !== null &&
      (image.kind !== 'data' || splits.some(({ name, count }) => name === image.split && image.index < count));
    return there ? image : this.source.first(description);
  }

  private layerOf({ description }: Shown) {
    const kept = layerOfKey(description.layers, this.state.layer);
    return layersWithPlaces(description).find((layer) => layer === kept) ?? usualLayer(description);
  }

  private explainedClass({ top }: ImagePrediction): number {
    const { class: wanted } = this.state;
    return top.find((score) => score.class === wanted)?.class ?? top[0]?.class ?? 0;
  }

  private square({ description }: Shown): { readonly size: number; readonly stride: number } {
    const [, height = 1, width = 1] = description.inputShape;
    const least = Math.min(height, width);
    // A sixth of the image, moved by half of that.
    const usual = { size: Math.max(1, Math.round(least / 6)), stride: Math.max(1, Math.round(least / 12)) };
    return {
      size: Math.min(least, this.state.size ?? usual.size),
      stride: Math.min(least, this.state.stride ?? usual.stride),
    };
  }

  /** Of the map of covered squares: it holds for these alone. */
  private occlusionKey({ shown, image, prediction }: Showing): string {
    const { size, stride } = this.square(shown);
    const bytes = image.kind === 'bytes' ? `${image.name} ${image.bytes.length}` : image;
    const { subject, description } = shown;
    return JSON.stringify([subject, description.version, bytes, this.explainedClass(prediction), size, stride]);
  }

  private cover(): void {
    const { showing } = this;
    if (!showing) return;
    const { shown, image, prediction } = showing;
    const key = this.occlusionKey(showing);
    const square = this.square(shown);
    const request = { subject: shown.subject, image, class: this.explainedClass(prediction), ...square };
    this.shell
      .task('Covering the image, part by part…', (task) => this.shell.host.calls.occlusion({ ...request, task }))
      .then(
        (map) => {
          const [, height = 1, width = 1] = shown.description.inputShape;
          this.occlusion = { key, overlay: occlusionOverlay(map, square, height, width) };
          this.shell.clearProblem();
          this.draw();
        },
        (error: unknown) => this.shell.fail(error),
      );
  }

  private classify(paths: readonly string[]): void {
    const { current, host } = this.shell;
    if (!current) return;
    const { subject, description } = current;
    this.shell
      .task('Classifying images…', (task) => host.calls.predictFiles({ subject, paths, topK: fileTopK, task }))
      .then(
        (predictions) => {
          this.classified = { version: description.version, predictions };
          this.shell.clearProblem();
          this.draw();
        },
        (error: unknown) => this.shell.fail(error),
      );
  }

  private overlayOf(showing: Showing): HeatOverlay | null {
    switch (this.state.explanation) {
      case 'none':
        return null;
      case 'grad-cam':
        return showing.cam;
      case 'occlusion':
        return this.occlusion?.key === this.occlusionKey(showing) ? this.occlusion.overlay : null;
    }
  }

  private draw(): void {
    const { showing, state } = this;
    const { current } = this.shell;
    this.main.hidden = this.details.hidden = showing === undefined;
    this.hint.hidden = showing !== undefined;
    const path = state.image?.kind === 'file' ? state.image.path : null;
    // Another network's classes are not this one's.
    const classified = this.classified?.version === current?.description.version ? this.classified : undefined;
    this.files.root.hidden = classified === undefined;
    if (classified) this.files.update(classified.predictions, path);
    this.queue.hidden = state.images.length < 2;
    setText(this.queueText, `${state.place + 1} of ${state.images.length}`);
    if (!showing) return;
    const { shown, image, prediction, picture } = showing;
    const { description } = shown;
    const explained = this.explainedClass(prediction);
    const [top] = prediction.top;
    this.source.update(description, image, prediction.image);
    this.explain.update(state, description, {
      layer: this.layerOf(shown),
      class: top?.class ?? 0,
      ...this.square(shown),
    });
    const overlay = this.overlayOf(showing);
    const told = top ? `${top.label}, ${formatShare(top.probability)}` : '';
    const laid = overlay ? `; over it ${overlay.caption} for ${className(description, explained)}` : '';
    this.picture.show(
      {
        picture,
        ...(overlay ? { overlay: { pixels: overlay.pixels, opacity: state.opacity / 100, smooth: false } } : {}),
      },
      `${prediction.image.name}: ${told}${laid}`,
    );
    this.scale.root.hidden = overlay === null;
    if (overlay) this.scale.update('sequential', overlay.range, overlay.caption);
    this.read(null);
    setText(this.title, top ? `${prediction.image.name} · ${top.label}` : prediction.image.name);
    setText(this.truth, truthOf(description, prediction.image.label, top?.class ?? -1));
    this.topK.value = String(state.topK);
    this.scores.update(prediction.top.slice(0, state.topK), explained, prediction.image.label);
  }

  /** Says the map's value where the pointer is. */
  private read(pixel: PicturePixel | null): void {
    const { showing } = this;
    const overlay = showing && this.overlayOf(showing);
    if (!overlay) {
      const waits = this.state.explanation === 'occlusion' && showing !== undefined;
      setText(
        this.reading,
        waits ? 'Press Compute: the network looks at the image once for each place of the square.' : '',
      );
      return;
    }
    if (!pixel) return setText(this.reading, overlay.caption);
    const [rows, columns] = overlay.map.shape;
    const { width, height } = showing.picture;
    const [row, column] = [Math.floor((pixel.y * rows) / height), Math.floor((pixel.x * columns) / width)];
    const value = formatNumber(overlay.map.values[row * columns + column] ?? NaN);
    const text = `Row ${pixel.y}, column ${pixel.x}: ${value}`;
    setText(this.reading, text);
    this.picture.announce(text);
  }

  private openOther(kind: 'feature-maps' | 'class-view'): void {
    const { showing } = this;
    if (!showing) return;
    const { shown, image, prediction } = showing;
    if (kind === 'feature-maps') return this.shell.openPanel(kind, { image });
    const output = shown.description.layers.at(-1);
    const channel = this.explainedClass(prediction);
    this.shell.openPanel(kind, { ...(output ? { layer: output.id } : {}), channel });
  }

  private async save(name: string, bytes: Uint8Array): Promise<void> {
    if (await this.shell.host.calls.save(name, bytes)) this.shell.say(`Saved ${name}`);
  }
}
