import { elementBox } from '../../core/inspect/element-box';
import { isObject } from '../../core/is-object';
import type {
  EffectiveField,
  LayerEntry,
  ReceptiveFieldPaths,
  ReceptiveFieldRow,
  ReceptiveFieldTable,
  Subject,
} from '../../protocol/inspection';
import { button, segments } from '../shared/controls';
import { element, setText } from '../shared/dom';
import { InspectionShell, type Shown } from '../shared/inspection-shell';
import { Latest } from '../shared/latest';
import { layerKey, layerName, layerOfKey } from '../shared/layer-key';
import { networkPicture } from '../shared/network-picture';
import { isWhole, oneOf } from '../shared/parse-kept';
import type { Picture } from '../../core/inspect/picture';
import { setOptions } from '../shared/subject-picker';
import { fieldColor } from '../shared/theme';
import { ZoomImage } from '../shared/zoom-image';
import { effectiveView, type FieldScale } from './effective-view';
import { FieldTable } from './field-table';
import { PathsView } from './paths-view';

interface FieldState {
  readonly layer: string | null;
  /** The element whose field is drawn; null: the middle one. */
  readonly element: { readonly y: number; readonly x: number } | null;
  readonly images: number;
  readonly source: 'random' | 'train' | 'val' | 'test';
  readonly scale: FieldScale;
}

interface Measured {
  /** Weights, layer and images that it was measured with. */
  readonly key: string;
  readonly title: string;
  readonly field: EffectiveField;
}

interface Showing {
  readonly shown: Shown;
  readonly table: ReceptiveFieldTable;
  readonly picture: Picture;
}

const pathColor = '#4cc9f0';

export class ReceptiveFieldPanel {
  private readonly shell: InspectionShell;
  private readonly table = new FieldTable((row) => this.chooseLayer(row.layer));
  private readonly paths = new PathsView(() => this.draw());
  private readonly image: ZoomImage;
  private readonly sentence = element('p', { 'aria-live': 'polite' });
  private readonly warning = element('p', { class: 'warning' });
  private readonly measured = element('div', { class: 'measured' });
  private readonly images = element('input', { type: 'number', class: 'number', min: 1, max: 10000, step: 1 });
  private readonly source = element('select', { class: 'select', 'aria-label': 'Images that are averaged over' });
  private readonly scale;
  private readonly latest = new Latest();
  private readonly latestPaths = new Latest();
  /** What they were asked for, and the answer. */
  private askedPaths: { readonly key: string; paths: ReceptiveFieldPaths | null } | undefined;
  private state: FieldState;
  private showing: Showing | undefined;
  private fields: readonly Measured[] = [];
  private wantedLayer: number | undefined;

  constructor(root: HTMLElement) {
    this.shell = new InspectionShell(root, 'receptive-field', {
      changed: (shown) => this.load(shown),
      focused: ({ layer }) => (this.wantedLayer = layer ?? this.wantedLayer),
    });
    this.state = parseState(this.shell.keptValue('field'));
    this.image = new ZoomImage('What the chosen element sees', { pressed: ({ x, y }) => this.pointAt(y, x) });
    this.images.addEventListener('change', () =>
      this.change({ images: Math.min(10000, Math.max(1, Math.floor(Number(this.images.value)) || 1)) }),
    );
    this.source.addEventListener('change', () => this.change({ source: this.source.value as FieldState['source'] }));
    this.scale = segments<FieldScale>(
      'scale',
      'Colours of the effective field',
      [
        ['linear', 'Linear', 'Colours in proportion'],
        ['root', 'Square root', 'Weak pixels are seen better'],
      ],
      (scale) => this.change({ scale }),
    );
    this.shell.toolbar.append(
      element('span', {}, 'Effective field:'),
      element('label', { class: 'control' }, 'Images', this.images, this.source),
      button('Measure', 'How strongly each pixel acts on the middle element, by gradients', () => this.measure()),
      button('Measure Before and After', 'With the weights before the first step too', () => this.measure(true)),
      this.scale.root,
    );
    this.shell.body.append(
      element('section', { class: 'main table-side' }, this.table.root, this.warning),
      element(
        'section',
        { class: 'details', 'aria-label': 'The chosen layer' },
        this.sentence,
        this.image.root,
        this.paths.root,
        this.measured,
      ),
    );
  }

  start(): void {
    this.shell.start();
  }

  private change(patch: Partial<FieldState>): void {
    this.state = { ...this.state, ...patch };
    this.shell.keep({ field: this.state });
    this.draw();
  }

  private chooseLayer(id: number): void {
    this.change({ layer: layerKey(this.shell.current?.description.layers ?? [], id), element: null });
  }

  private load(shown: Shown): void {
    const { subject, description } = shown;
    const { calls } = this.shell.host;
    const split = description.data?.splits.find(({ name }) => name === 'test') ?? description.data?.splits[0];
    this.latest.run(
      async () => {
        const [table, image] = await Promise.all([
          calls.receptiveFields(subject),
          split ? calls.image({ subject, image: { kind: 'data', split: split.name, index: 0 } }) : null,
        ]);
        return { table, picture: image ? networkPicture(image) : greyPicture(table.input) };
      },
      ({ table, picture }) => {
        this.showing = { shown, table, picture };
        const wanted = table.rows.find(({ layer }) => layer === this.wantedLayer);
        this.wantedLayer = undefined;
        if (wanted) this.state = { ...this.state, layer: layerKey(description.layers, wanted.layer), element: null };
        this.shell.clearProblem();
        this.draw(true);
      },
      (error) => this.shell.fail(error),
    );
  }

  private row({ table, shown }: Showing): ReceptiveFieldRow | undefined {
    const layer = layerOfKey(shown.description.layers, this.state.layer);
    return table.rows.find((row) => row.layer === layer?.id) ?? table.rows.find(({ map }) => map.length === 2);
  }

  private draw(anew = false): void {
    const { showing, state } = this;
    if (!showing) return;
    const { shown, table } = showing;
    const { layers, data } = shown.description;
    const row = this.row(showing);
    if (anew) this.table.update(table, layers, row?.layer ?? null);
    else this.table.select(row?.layer ?? null);
    this.images.value = String(state.images);
    setOptions(this.source, [
      { value: 'random', text: 'of noise' },
      ...(data?.splits ?? []).map(({ name }) => ({ value: name, text: `of ${name}` })),
    ]);
    this.source.value = this.chosenSource(shown);
    this.scale.select(state.scale);
    this.warn(table, layers);
    this.paths.show(row ? this.pathsOf(shown, row.layer) : null);
    if (row) this.drawRow(showing, row);
    this.drawMeasured(shown, row);
  }

  /** Null until they are known; then all is drawn again. */
  private pathsOf({ subject, description }: Shown, layer: number): ReceptiveFieldPaths | null {
    const of = subject.kind === 'run' ? subject.runFolder : [subject.file, subject.target, subject.inputShape];
    const key = JSON.stringify([of, layer, description.inputShape]);
    if (this.askedPaths?.key === key) return this.askedPaths.paths;
    const asked = { key, paths: null as ReceptiveFieldPaths | null };
    this.askedPaths = asked;
    this.latestPaths.run(
      () => this.shell.host.calls.receptiveFieldPaths({ subject, layer }),
      (paths) => {
        asked.paths = paths;
        this.draw();
      },
      (error) => this.shell.fail(error),
    );
    return null;
  }

  private drawRow({ table, picture, shown }: Showing, row: ReceptiveFieldRow): void {
    const layer = shown.description.layers.find(({ id }) => id === row.layer);
    const name = layer ? layerName(layer) : '';
    const { field } = row;
    const [height, width] = table.input;
    const [rows = 1, columns = 1] = row.map;
    const y = Math.min(rows - 1, this.state.element?.y ?? rows >> 1);
    const x = Math.min(columns - 1, this.state.element?.x ?? columns >> 1);
    if (!field) {
      const box = { top: 0, left: 0, bottom: height, right: width };
      const told = `Every element of ${name} sees the whole image.`;
      setText(this.sentence, told);
      this.image.show({ picture, boxes: [{ box, color: fieldColor }] }, told);
      return;
    }
    const box = elementBox(field, y, x);
    const way = this.paths.field;
    const branches = field.smallest.join() !== field.size.join();
    const wayBox = way && elementBox(way, y, x);
    const shortest = branches ? ` By its shortest path it sees ${field.smallest.join(' × ')}.` : '';
    const told =
      `Element (${y}, ${x}) of ${name} sees ${field.size.join(' × ')} pixels: ` +
      `rows ${box.top} to ${box.bottom - 1}, columns ${box.left} to ${box.right - 1}.${shortest}`;
    setText(this.sentence, told);
    const boxes = [{ box, color: fieldColor }, ...(wayBox ? [{ box: wayBox, color: pathColor, dashed: true }] : [])];
    this.image.show({ picture, boxes, extent: box }, told);
  }

  /** The element whose field has its middle nearest to a pixel. */
  private pointAt(pixelY: number, pixelX: number): void {
    const row = this.showing && this.row(this.showing);
    if (!row?.field || row.map.length !== 2) return;
    const { size, jump, start } = row.field;
    const nearest = (axis: 0 | 1, pixel: number) => {
      const place = Math.round((pixel + 0.5 - start[axis] - size[axis] / 2) / (jump[axis] || 1));
      return Math.min((row.map[axis] ?? 1) - 1, Math.max(0, place));
    };
    this.change({ element: { y: nearest(0, pixelY), x: nearest(1, pixelX) } });
  }

  private warn({ rows, input }: ReceptiveFieldTable, layers: readonly LayerEntry[]): void {
    const names = rows
      .filter(({ unproductive }) => unproductive)
      .map(({ layer }) => layers.find(({ id }) => id === layer))
      .map((layer) => (layer ? layerName(layer) : ''));
    this.warning.hidden = names.length === 0;
    const some = names.length > 6 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
    setText(
      this.warning,
      `Unproductive at ${input.join(' × ')}: ${some}. What they read has seen the whole image already, so their windows put together ` +
        'nothing new. Larger images, fewer layers or less downsampling before them would make use of their weights.',
    );
  }

  private chosenSource({ description }: Shown): FieldState['source'] {
    const { source } = this.state;
    return description.data?.splits.some(({ name }) => name === source) ? source : 'random';
  }

  private keyOf(subject: Subject, version: string, layer: number): string {
    const { source, images } = this.state;
    return JSON.stringify([subject.kind === 'run' ? subject.runFolder : subject.file, version, layer, source, images]);
  }

  private drawMeasured({ description, subject }: Shown, row: ReceptiveFieldRow | undefined): void {
    const own = row ? this.keyOf(subject, description.version, row.layer) : '';
    const fields = this.fields.some(({ key }) => key === own) ? this.fields : [];
    const high = Math.max(0, ...fields.map(({ field }) => field.map.reduce((most, value) => Math.max(most, value), 0)));
    this.measured.replaceChildren(
      ...fields.map(({ title, field }) => effectiveView(title, field, this.state.scale, { low: 0, high })),
    );
  }

  /** `before`: with the weights before the first step too. */
  private measure(before = false): void {
    const { showing } = this;
    const row = showing && this.row(showing);
    if (!showing || !row) return;
    const { subject, description } = showing.shown;
    const { calls } = this.shell.host;
    const source = this.chosenSource(showing.shown);
    const { images: count } = this.state;
    const images = source === 'random' ? { random: count } : { split: source, count };
    const key = this.keyOf(subject, description.version, row.layer);
    const subjects: readonly (readonly [string, Subject])[] = [
      ...(before && subject.kind === 'run' ? [['Before training', { ...subject, checkpoint: 0 }] as const] : []),
      [description.epoch === null ? 'Untrained' : `Epoch ${description.epoch}`, subject],
    ];
    this.shell
      .task('Measuring the effective field…', async (task) => {
        const fields: Measured[] = [];
        for (const [title, each] of subjects) {
          const field = await calls.effectiveField({ subject: each, layer: row.layer, images, task });
          fields.push({ key, title, field });
        }
        return fields;
      })
      .then(
        (fields) => {
          this.fields = fields;
          this.shell.clearProblem();
          this.draw();
        },
        (error: unknown) => this.shell.fail(error),
      );
  }
}

function parseState(value: unknown): FieldState {
  const kept = isObject(value) ? value : {};
  const place = kept.element;
  return {
    layer: typeof kept.layer === 'string' ? kept.layer : null,
    element: isObject(place) && isWhole(place.y) && isWhole(place.x) ? { y: place.y, x: place.x } : null,
    images: isWhole(kept.images) && kept.images > 0 ? kept.images : 32,
    source: oneOf(['val', 'train', 'test', 'random'], kept.source),
    scale: oneOf(['linear', 'root'], kept.scale),
  };
}

/** In place of an image: what is seen of it is what matters. */
function greyPicture([height, width]: readonly [number, number]): Picture {
  const pixels = new Uint8ClampedArray(4 * height * width).fill(96);
  for (let at = 3; at < pixels.length; at += 4) pixels[at] = 255;
  return { width, height, pixels };
}
