import type { Decision } from '../../core/data/decisions';
import { isObject } from '../../core/is-object';
import type {
  DatasetChoice,
  DatasetFocus,
  DatasetPanelCalls,
  DatasetPanelEvents,
  DatasetPanelKind,
} from '../../protocol/dataset-panel';
import type { RunChoice } from '../../protocol/inspection-panel';
import { element } from '../shared/dom';
import { Latest } from '../shared/latest';
import { oncePerFrame } from '../shared/once-per-frame';
import { connectHost, type PanelHost } from '../shared/panel-host';
import { PanelStatus } from '../shared/panel-status';
import { ThumbnailStore } from '../shared/thumbnail-store';
import type { DatasetContext, DatasetView } from './dataset-context';
import { DatasetHeader } from './dataset-header';
import { DatasetModel } from './dataset-model';
import { parseDatasetState, type DatasetState, type DatasetTab } from './dataset-state';
import { DatasetTabs } from './dataset-tabs';
import { DuplicateSearch } from './duplicate-search';
import { GroupsView } from './groups-view';
import { ImagesView } from './images-view';
import { MislabelsView } from './mislabels-view';
import { OddView } from './odd-view';
import { OverviewView } from './overview-view';

/** So many images are looked at without being asked; more take a while, and the user says when. */
const mostScannedUnasked = 20_000;

/** Shows a data set: what is in it, what is wrong with it, and what was decided about its images. */
export class DatasetPanel implements DatasetContext {
  readonly status: PanelStatus;
  readonly thumbnails: ThumbnailStore;
  readonly duplicates: DuplicateSearch;
  model: DatasetModel | undefined;
  runs: readonly RunChoice[] = [];
  state: DatasetState;
  private readonly host: PanelHost<DatasetPanelCalls>;
  private readonly header: DatasetHeader;
  private readonly tabs: DatasetTabs;
  private readonly images: ImagesView;
  private readonly views: Readonly<Record<DatasetTab, DatasetView>>;
  private readonly body = element('main', { class: 'body', hidden: true });
  private readonly empty = element(
    'div',
    { class: 'empty', hidden: true },
    element('h2', {}, 'No data sets yet'),
    element('p', {}, 'Open a folder of images, IDX or CIFAR files, or run “CNN Lab: Add Data Folder…”.'),
  );
  private readonly latest = new Latest();
  private datasets: readonly DatasetChoice[] = [];
  private scanning = false;
  /** One step after the other. */
  private deciding: Promise<void> = Promise.resolve();
  private readonly redraw = oncePerFrame(() => this.draw());

  constructor(root: HTMLElement) {
    this.host = connectHost<DatasetPanelCalls, DatasetPanelEvents>({
      focus: (focus) => this.focus(focus),
      progress: ({ task, done, total }) => this.status.showProgress(task, done, total),
      datasetsChanged: () => this.refreshChoices(),
      runsChanged: () => this.refreshRuns(),
      decisionsChanged: ({ location }) => location === this.state.location && this.readDecisions(),
    });
    this.state = parseDatasetState(isObject(this.host.getState()) ? this.host.getState() : {});
    this.status = new PanelStatus({ cancel: (task) => this.calls.cancel(task), again: () => this.again() });
    this.thumbnails = new ThumbnailStore({
      load: (indices, side) => this.calls.thumbnails({ location: this.model?.location ?? '', indices, side }),
      failed: (error) => this.status.fail(error),
    });
    this.duplicates = new DuplicateSearch({
      load: (mostDistance) => this.searchDuplicates(mostDistance),
      changed: this.redraw,
      failed: (error) => this.status.fail(error),
    });
    this.header = new DatasetHeader({
      chosen: (location) => this.open(location),
      pick: () => this.pick(),
      reload: () => this.again(),
      undo: () => this.undo(),
      openDecisions: () => this.model && this.tell(this.calls.openFile(this.model.decisions.file)),
      train: () => this.model && this.tell(this.calls.train(this.model.location)),
    });
    this.tabs = new DatasetTabs(
      (tab) => this.change({ tab }),
      (side) => this.change({ side }),
    );
    this.images = new ImagesView(this);
    this.views = {
      overview: new OverviewView(this),
      images: this.images,
      duplicates: new GroupsView(this, 'duplicates'),
      leakage: new GroupsView(this, 'leakage'),
      odd: new OddView(this),
      mislabels: new MislabelsView(this),
    };
    for (const [tab, view] of Object.entries(this.views)) this.tabs.label(tab as DatasetTab, view.root);
    this.body.append(...Object.values(this.views).map(({ root: part }) => part));
    root.append(this.header.root, this.tabs.root, this.status.problem, this.empty, this.body, this.status.footer);
    this.tabs.root.hidden = true;
    window.addEventListener('keydown', (event) => this.onKey(event));
  }

  /** Asks the host what is to be shown. Call it once, when the panel can show it. */
  start(): void {
    this.calls.start().then(
      ({ focus, datasets, runs }) => {
        this.datasets = datasets;
        this.runs = runs;
        const location = focus.location ?? this.state.location ?? datasets[0]?.location;
        if (location === undefined) return this.draw();
        this.open(location, focus.image);
      },
      (error: unknown) => this.status.fail(error),
    );
  }

  get calls(): DatasetPanelCalls {
    return this.host.calls;
  }

  change(patch: Partial<DatasetState>): void {
    this.keepQuietly(patch);
    this.redraw();
  }

  keepQuietly(patch: Partial<DatasetState>): void {
    this.state = { ...this.state, ...patch };
    this.host.setState(this.state);
  }

  decide(decisions: readonly Decision[], done: string): void {
    const { model } = this;
    if (!model || decisions.length === 0) return;
    this.step(() => this.calls.decide({ location: model.location, decisions }), model, done);
  }

  undo(): void {
    const { model } = this;
    if (!model?.decisions.canUndo) return;
    this.step(() => this.calls.undo(model.location), model, 'The last decision was taken back');
  }

  scan(): void {
    const { model } = this;
    if (!model || model.scan || this.scanning) return;
    this.scanning = true;
    const { location } = model;
    this.status
      .task('Looking at the images…', (task) => this.calls.scan({ location, task }))
      .then(
        (scan) => {
          model.applyScan(scan);
          if (this.model === model) this.redraw();
        },
        (error: unknown) => this.model === model && this.status.fail(error),
      )
      .finally(() => (this.scanning = false));
  }

  openPanel(kind: DatasetPanelKind, focus: DatasetFocus): void {
    this.tell(this.calls.openPanel(kind, focus));
  }

  private searchDuplicates(mostDistance: number | null) {
    const { model } = this;
    const location = model?.location ?? '';
    return this.status.task('Looking for duplicates…', (task) =>
      this.calls.duplicates({ location, task, mostDistance }),
    );
  }

  private open(location: string, image?: number): void {
    if (location !== this.state.location) this.keepQuietly({ location, image: null });
    this.header.update(this.datasets, location, undefined);
    this.latest.run(
      () => this.calls.open(location),
      (description) => {
        this.status.clearProblem();
        const before = this.model;
        this.model = new DatasetModel(location, description);
        // What was seen of it holds as long as its files do.
        if (before?.location === location && before.description.fingerprint === description.fingerprint) {
          if (before.scan) this.model.applyScan(before.scan);
        } else {
          this.status.cancelTasks();
          this.scanning = false;
          this.thumbnails.reset();
          this.duplicates.reset();
          for (const view of Object.values(this.views)) view.reset();
        }
        if (image !== undefined) this.keepQuietly({ image: this.model.keyOf(image), tab: 'images' });
        document.title = description.name;
        if (this.model.count <= mostScannedUnasked) this.scan();
        this.draw();
      },
      (error) => {
        this.model = undefined;
        this.draw();
        this.status.fail(error);
      },
    );
  }

  private again(): void {
    const { location } = this.state;
    this.status.clearProblem();
    if (location === null) return this.refreshChoices();
    // Whatever failed is tried once more.
    if (!this.duplicates.groups) this.duplicates.reset();
    this.thumbnails.reset();
    this.open(location);
  }

  private focus({ location, image }: DatasetFocus): void {
    const wanted = location ?? this.state.location;
    if (wanted !== null) this.open(wanted, image);
  }

  private pick(): void {
    this.tell(
      this.calls.pickDataset().then((location) => {
        if (location !== null) this.open(location);
      }),
    );
  }

  private refreshChoices(): void {
    this.tell(
      this.calls.datasets().then((datasets) => {
        this.datasets = datasets;
        const [first] = datasets;
        if (this.state.location === null && first) this.open(first.location);
        else this.redraw();
      }),
    );
  }

  private refreshRuns(): void {
    this.tell(
      this.calls.runs().then((runs) => {
        this.runs = runs;
        this.redraw();
      }),
    );
  }

  /** They were changed in an editor, or by a command: nothing is decided, and what holds now is told. */
  private readDecisions(): void {
    const { model } = this;
    if (model) this.step(() => this.calls.decide({ location: model.location, decisions: [] }), model, '');
  }

  private step(call: () => ReturnType<DatasetPanelCalls['decide']>, model: DatasetModel, done: string): void {
    this.deciding = this.deciding.then(call).then(
      (decisions) => {
        model.applyDecisions(decisions);
        if (this.model !== model) return;
        this.status.clearProblem();
        if (done) this.status.say(`${done}.`);
        this.redraw();
      },
      (error: unknown) => this.status.fail(error),
    );
  }

  private tell(call: Promise<unknown>): void {
    call.catch((error: unknown) => this.status.fail(error));
  }

  private draw(): void {
    const { model, state } = this;
    this.header.update(this.datasets, state.location, model);
    this.empty.hidden = model !== undefined || this.datasets.length > 0;
    this.body.hidden = this.tabs.root.hidden = model === undefined;
    if (!model) return;
    const { groups } = this.duplicates;
    this.tabs.update(state.tab, state.side, {
      images: model.count,
      duplicates: groups?.length,
      leakage: groups?.filter(({ leaks }) => leaks).length,
      odd: model.scan?.odd.length,
    });
    for (const [tab, view] of Object.entries(this.views)) {
      view.root.hidden = tab !== state.tab;
      if (tab === state.tab) view.update();
    }
  }

  private onKey(event: KeyboardEvent): void {
    const isText = event.target instanceof HTMLInputElement && /^(search|text|number)$/.test(event.target.type);
    if (isText || event.target instanceof HTMLTextAreaElement) return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z') {
      event.preventDefault();
      this.undo();
    }
  }
}
