import { describeError } from '../../core/errors';
import { explainFilter } from '../../core/inspect/explain-filter';
import { filterImage, type FilteredImage, type Planes } from '../../core/inspect/filter-image';
import type { FilterSettings } from '../../core/inspect/filter-sizes';
import type { DecodedImage } from '../../protocol/inspection';
import type { PanelFocus } from '../../protocol/inspection-panel';
import { button, segments } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { Latest } from '../shared/latest';
import { connectHost, type PanelHost } from '../shared/panel-host';
import { canvasPng, pixelCanvas } from '../shared/pixel-canvas';
import { receiveImages } from '../shared/receive-images';
import { ScaleBar } from '../shared/scale-bar';
import { setOptions } from '../shared/subject-picker';
import { fieldColor } from '../shared/theme';
import { ZoomImage, type PicturePixel, type SceneBox } from '../shared/zoom-image';
import { ArithmeticView, sizeLines, tell, torchLine } from './arithmetic-view';
import { KernelEditor } from './kernel-editor';
import { LayerControls } from './layer-controls';
import { imagePlanes, paintPlanes, type PaintedPlanes, type PlaneView } from './paint-planes';
import { parsePlaygroundState, type PlaygroundState } from './playground-state';
import { sampleImage, sampleNames, sampleTitles, type SampleName } from './sample-images';
import { oncePerFrame } from '../shared/once-per-frame';

/** Of the longer side: every edit is to be seen within a frame. */
const mostImageSide = 256;
const paddingColor = '#8a8a8a';

interface Shown {
  readonly image: Planes;
  readonly painted: PaintedPlanes;
  readonly filtered: FilteredImage;
  readonly paintedOutput: PaintedPlanes;
}

/** One kernel on one image: type a weight, and see what it does and by which sum. It needs no network. */
export class KernelPlaygroundPanel {
  private readonly host: PanelHost;
  private state: PlaygroundState;
  private decoded: DecodedImage;
  private image: { readonly of: DecodedImage; readonly planes: Planes; readonly painted: PaintedPlanes } | undefined;
  private shown: Shown | undefined;
  private hovered: PicturePixel | null = null;
  private readonly latest = new Latest();
  private readonly requestFrame = oncePerFrame(() => this.draw());
  private readonly sample = element('select', { class: 'select', 'aria-label': 'Image' });
  private readonly color;
  private readonly channel;
  private readonly view;
  private readonly editor: KernelEditor;
  private readonly controls: LayerControls;
  private readonly arithmetic: ArithmeticView;
  private readonly problem = element('div', { class: 'problem', role: 'alert', hidden: true });
  private readonly status = element('p', { class: 'status', role: 'status' });
  private readonly input: ZoomImage;
  private readonly output: ZoomImage;
  private readonly inputSize = element('span', { class: 'muted' });
  private readonly outputSize = element('span', { class: 'muted' });
  private readonly inputScale = new ScaleBar();
  private readonly scale = new ScaleBar();
  private readonly sizes = element('dl', { class: 'facts sizes' });
  private readonly torch = element('code');

  constructor(root: HTMLElement) {
    this.host = connectHost({ focus: (focus) => this.focus(focus) });
    this.state = parsePlaygroundState(this.host.getState());
    this.decoded = sampleImage(this.state.source.kind === 'sample' ? this.state.source.name : 'shapes');
    this.editor = new KernelEditor({
      changed: (kernel) => this.changeSettings({ kernel }),
      presetChosen: ({ kernel, view }) =>
        this.change({ settings: { ...this.state.settings, kernel }, view: view === 'signed' ? 'signed' : 'image' }),
    });
    this.controls = new LayerControls((patch) => this.changeSettings(patch));
    this.color = segments<'grey' | 'rgb'>(
      'color',
      'Channels',
      [
        ['grey', 'Grey', 'One channel'],
        ['rgb', 'RGB', 'Three channels, each by itself'],
      ],
      (color) => this.change({ color }),
    );
    this.channel = segments<'0' | '1' | '2'>(
      'channel',
      'Channel whose arithmetic is shown',
      [
        ['0', 'R'],
        ['1', 'G'],
        ['2', 'B'],
      ],
      (channel) => this.change({ channel: Number(channel) }),
    );
    this.arithmetic = new ArithmeticView(this.channel.root);
    this.view = segments<PlaneView>(
      'view',
      'Output shown as',
      [
        ['image', 'Image', '0 is black, 255 is white, what is beyond is cut'],
        ['stretched', 'Stretched', 'The lowest value is black, the highest is white'],
        ['signed', 'Around zero', 'Below zero blue, above it red; of three channels grey is zero'],
      ],
      (view) => this.change({ view }),
    );
    this.input = new ZoomImage('Input', {
      pointed: (pixel) => this.hover(pixel && this.elementOver(pixel)),
      pressed: (pixel) => this.change({ pixel: this.elementOver(pixel) }),
    });
    this.output = new ZoomImage('Output', {
      pointed: (pixel) => this.hover(pixel),
      pressed: (pixel) => this.change({ pixel }),
    });
    this.buildToolbar(root);
    root.append(this.problem, this.buildBody(), element('footer', { class: 'footer' }, this.status));
    receiveImages(
      root,
      (source) => this.change({ source }, true),
      (error) => this.fail(error),
    );
  }

  start(): void {
    this.host.calls.start().then(
      ({ focus }) => this.focus(focus),
      (error: unknown) => this.fail(error),
    );
    if (this.state.source.kind !== 'sample') this.load();
    this.draw();
  }

  private buildToolbar(root: HTMLElement): void {
    this.sample.addEventListener('change', () => {
      if (this.sample.value !== 'file')
        this.change({ source: { kind: 'sample', name: this.sample.value as SampleName } }, true);
    });
    const file = button('File…', 'Choose an image file. Images can be pasted and dropped, too.', () => {
      this.host.calls.pickImage().then(
        (image) => image && image.kind !== 'data' && this.change({ source: image }, true),
        (error: unknown) => this.fail(error),
      );
    });
    root.append(
      element(
        'div',
        { class: 'toolbar' },
        element('span', { class: 'control' }, this.sample, file),
        this.color.root,
        this.view.root,
        element('span', { class: 'spacer' }),
        button('Save PNG…', 'Save the output, a pixel for each element', () => {
          void this.savePng().catch((error: unknown) => this.fail(error));
        }),
      ),
    );
  }

  private buildBody(): HTMLElement {
    const figure = (name: string, size: HTMLElement, picture: ZoomImage, ...below: HTMLElement[]) =>
      element(
        'section',
        { class: 'picture', 'aria-label': name },
        element('h2', {}, name, ' ', size),
        picture.root,
        ...below,
      );
    const copy = button('Copy', 'Copy the layer in PyTorch', () => {
      this.host.calls.copy(this.torch.textContent ?? '').then(
        () => this.say('Copied.'),
        (error: unknown) => this.fail(error),
      );
    });
    return element(
      'main',
      { class: 'body' },
      element('aside', { class: 'side' }, this.editor.root, this.controls.root),
      element(
        'section',
        { class: 'main' },
        element(
          'div',
          { class: 'pictures' },
          figure('Input', this.inputSize, this.input, this.inputScale.root),
          figure('Output', this.outputSize, this.output, this.scale.root),
        ),
        element(
          'div',
          { class: 'numbers-pane' },
          this.arithmetic.root,
          element(
            'section',
            { class: 'size-formula', 'aria-label': 'Output size' },
            element('h2', {}, 'Output size'),
            this.sizes,
            element('p', { class: 'torch' }, this.torch, copy),
          ),
        ),
      ),
    );
  }

  private focus({ image }: PanelFocus): void {
    if (image && image.kind !== 'data') this.change({ source: image }, true);
  }

  private changeSettings(patch: Partial<FilterSettings>): void {
    this.change({ settings: { ...this.state.settings, ...patch } });
  }

  /** `reload`: another image. */
  private change(patch: Partial<PlaygroundState>, reload = false): void {
    this.state = { ...this.state, ...patch };
    const { source } = this.state;
    // Bytes are too much to be kept: after a reload the first sample is there again.
    this.host.setState(source.kind === 'bytes' ? { ...this.state, source: null } : this.state);
    if (reload) this.load();
    this.requestFrame();
  }

  private load(): void {
    const { source } = this.state;
    if (source.kind === 'sample') {
      // What was asked for before comes too late.
      this.latest.run(
        () => Promise.resolve(sampleImage(source.name)),
        (decoded) => this.take(decoded),
        () => undefined,
      );
      return;
    }
    this.latest.run(
      () => this.host.calls.decodeImage({ image: source, mostSide: mostImageSide }),
      (decoded) => this.take(decoded),
      (error) => this.fail(error),
    );
  }

  private take(decoded: DecodedImage): void {
    this.decoded = decoded;
    this.loadProblem = '';
    this.requestFrame();
  }

  private loadProblem = '';

  private hover(pixel: PicturePixel | null): void {
    this.hovered = pixel;
    this.drawPlace();
  }

  /** The element of the output whose kernel lies on a pixel with its middle, as near as can be. */
  private elementOver({ x, y }: PicturePixel): PicturePixel | null {
    const { shown, state } = this;
    if (!shown) return null;
    const { rows, columns } = shown.filtered.sizes;
    const step = state.settings.pool?.stride ?? 1;
    const nearest = (place: number, { padding, dilation, kernel, stride, convolved, output }: typeof rows) => {
      const element = Math.round((place + padding - (dilation * (kernel - 1)) / 2) / stride);
      return Math.min(output - 1, Math.floor(Math.min(convolved - 1, Math.max(0, element)) / step));
    };
    return { x: nearest(x, columns), y: nearest(y, rows) };
  }

  private draw(): void {
    performance.mark('playground-draw-start');
    const { state, decoded } = this;
    this.updateControls();
    const channels = state.color === 'rgb' ? 3 : 1;
    if (this.image?.of !== decoded || this.image.planes.channels !== channels) {
      const planes = imagePlanes(decoded, channels);
      this.image = { of: decoded, planes, painted: paintPlanes(planes, 'image') };
    }
    const { planes: image, painted } = this.image;
    let filtered: FilteredImage;
    try {
      filtered = filterImage(image, state.settings);
    } catch (error) {
      this.shown = undefined;
      this.output.clear();
      this.input.show({ picture: painted.pixels }, `Input: ${decoded.name}`);
      this.arithmetic.clear();
      setText(this.outputSize, '');
      this.scale.root.hidden = true;
      this.sizes.replaceChildren();
      setText(this.torch, '');
      this.showProblem(describeError(error));
      return;
    }
    this.showProblem(this.loadProblem);
    this.shown = { image, painted, filtered, paintedOutput: paintPlanes(filtered.output, state.view) };
    this.drawNumbers(this.shown);
    this.drawPlace();
    performance.measure('playground-draw', 'playground-draw-start');
  }

  private drawNumbers({ image, painted, filtered, paintedOutput }: Shown): void {
    const { state, decoded } = this;
    const { output, sizes } = filtered;
    this.inputScale.update(painted.map, painted.range, 'Input');
    setText(this.inputSize, `${image.height} × ${image.width} · ${decoded.name}`);
    setText(this.outputSize, `${output.height} × ${output.width}`);
    this.scale.root.hidden = false;
    this.scale.update(paintedOutput.map, paintedOutput.range, 'Output');
    this.sizes.replaceChildren(
      ...sizeLines(sizes, state.settings).flatMap(([name, value]) => [
        element('dt', {}, name),
        element('dd', {}, value),
      ]),
    );
    setText(this.torch, torchLine(sizes, image.channels, state.settings));
  }

  private drawPlace(): void {
    const { shown, state, decoded } = this;
    if (!shown) return;
    const { image, painted, filtered, paintedOutput } = shown;
    const { output, sizes } = filtered;
    const padding = {
      top: -sizes.rows.padding,
      left: -sizes.columns.padding,
      bottom: image.height + sizes.rows.padding,
      right: image.width + sizes.columns.padding,
    };
    const padded = sizes.rows.padding > 0 || sizes.columns.padding > 0;
    const boxes: SceneBox[] = padded ? [{ box: padding, color: paddingColor, dashed: true }] : [];
    const place = this.placeToTell(output);
    const range = `${tell(paintedOutput.range.low)} to ${tell(paintedOutput.range.high)}`;
    const described = `Output: ${output.height} rows, ${output.width} columns, shown from ${range}`;
    const channel = image.channels === 1 ? 0 : state.channel;
    const told = explainFilter(image, filtered, state.settings, channel, place.y, place.x);
    this.arithmetic.update([place.y, place.x], told, state.settings);
    const value = tell(told.window?.value ?? told.activated);
    this.output.announce(this.hovered ? `Row ${place.y}, column ${place.x}: ${value}` : '');
    boxes.push({ box: told.field, color: fieldColor });
    this.input.show({ picture: painted.pixels, boxes, extent: padding }, `Input: ${decoded.name}`);
    const own = { top: place.y, left: place.x, bottom: place.y + 1, right: place.x + 1 };
    // An output as large as the input is drawn as large, too.
    const extent = output.width === image.width && output.height === image.height ? { extent: padding } : {};
    this.output.show({ picture: paintedOutput.pixels, boxes: [{ box: own, color: fieldColor }], ...extent }, described);
  }

  /** What is pointed at, what was chosen, or the middle: there is always one, so that nothing jumps when the pointer comes. */
  private placeToTell({ width, height }: Planes): PicturePixel {
    const place = this.hovered ?? this.state.pixel;
    return place && place.x < width && place.y < height ? place : { x: width >> 1, y: height >> 1 };
  }

  private updateControls(): void {
    const { state } = this;
    const { source } = state;
    setOptions(this.sample, [
      ...(source.kind === 'sample' ? [] : [{ value: 'file', text: this.decoded.name }]),
      ...sampleNames.map((value) => ({ value, text: sampleTitles[value] })),
    ]);
    this.sample.value = source.kind === 'sample' ? source.name : 'file';
    this.color.select(state.color);
    this.view.select(state.view);
    this.channel.root.hidden = state.color === 'grey';
    this.channel.select(state.channel === 1 ? '1' : state.channel === 2 ? '2' : '0');
    this.editor.update(state.settings.kernel);
    // As high as the tables need, whatever numbers are in them: the pictures keep their places.
    this.arithmetic.root.parentElement?.style.setProperty('--kernel-rows', String(state.settings.kernel.height));
    this.controls.update(state.settings);
  }

  private async savePng(): Promise<void> {
    const { shown } = this;
    if (!shown) return;
    const name = 'filtered.png';
    if (await this.host.calls.save(name, await canvasPng(pixelCanvas(shown.paintedOutput.pixels)))) {
      this.say(`Saved ${name}`);
    }
  }

  private say(text: string): void {
    setText(this.status, text);
  }

  /** An image that can't be read: the one before stays. */
  private fail(error: unknown): void {
    this.loadProblem = describeError(error);
    this.showProblem(this.loadProblem);
  }

  private showProblem(text: string): void {
    this.problem.hidden = text === '';
    if (this.problem.textContent !== text) this.problem.replaceChildren(element('p', {}, text));
  }
}
