import * as vscode from 'vscode';
import type { FileAnalysis, FileRequest } from '../../core/analysis/file-analysis';
import { UserError, describeError } from '../../core/errors';
import type { AnalysisAnswer, AnalysisRequest } from '../../protocol/analysis';
import type { AnalysisSource } from './analysis-source';
import { SupersededError } from './analysis-thread';
import { DocumentAnalysis, type FinishedAnalysis } from './document-analysis';
import { mayHoldModel } from './may-hold-model';
import { readSource, sourceOf, sourceVersion, type SourceText } from './source-text';

export interface AnalysisServiceParts {
  /** The thread; see AnalysisThread. */
  readonly analyzer: { analyze(key: string, request: AnalysisRequest): Promise<AnalysisAnswer> };
  /** What is known besides the text: the chosen target, inputs and class counts. */
  readonly knownOf: (file: string) => Pick<FileRequest, 'target' | 'inputs' | 'classCounts'>;
  readonly log: vscode.LogOutputChannel;
}

type Source = vscode.TextDocument | vscode.NotebookDocument;

/** What is kept of a document or notebook. */
interface Entry {
  readonly source: Source;
  finished: FinishedAnalysis | undefined;
  /** Of the finished analysis, for the text as it stands now. */
  view: { readonly version: string; readonly analysis: DocumentAnalysis } | undefined;
  running: { readonly version: string; readonly answer: Promise<void> } | undefined;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Knows what is known of the models in the open documents. A document is analysed when it is opened, a moment after it
 * was edited, and when a file that it imports changes.
 */
export class AnalysisService implements AnalysisSource, vscode.Disposable {
  private readonly entries = new Map<string, Entry>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly subscriptions: vscode.Disposable[] = [this.changed];

  /** Tells the uri of the document, or of the notebook. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly parts: AnalysisServiceParts) {
    const { workspace } = vscode;
    const files = workspace.createFileSystemWatcher('**/*.{py,js,jsx,mjs,ts,tsx}');
    const look = (document: vscode.TextDocument) => this.schedule(sourceOf(document), 0);
    this.subscriptions.push(
      files,
      files.onDidChange((uri) => this.dependencyChanged(uri.fsPath)),
      files.onDidDelete((uri) => this.dependencyChanged(uri.fsPath)),
      files.onDidCreate((uri) => {
        this.dependencyChanged(uri.fsPath);
        this.lookForMissing();
      }),
      workspace.onDidOpenTextDocument(look),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length === 0) return;
        this.schedule(sourceOf(document), typingMs);
        this.dependencyChanged(document.uri.fsPath);
      }),
      workspace.onDidCloseTextDocument((document) => this.forget(document.uri)),
      workspace.onDidOpenNotebookDocument((notebook) => this.schedule(notebook, 0)),
      workspace.onDidChangeNotebookDocument(({ notebook, contentChanges }) => {
        if (contentChanges.length > 0) this.schedule(notebook, typingMs);
      }),
      workspace.onDidCloseNotebookDocument((notebook) => this.forget(notebook.uri)),
    );
    for (const document of workspace.textDocuments) look(document);
    // The newest request is done first: what is looked at.
    const active = vscode.window.activeTextEditor?.document;
    if (active) look(active);
  }

  current(uri: vscode.Uri): FileAnalysis | undefined {
    return this.entries.get(uri.toString())?.finished?.analysis;
  }

  async analyze(uri: vscode.Uri, token?: vscode.CancellationToken): Promise<FileAnalysis> {
    const notebook = vscode.workspace.notebookDocuments.find((each) => each.uri.toString() === uri.toString());
    const source = notebook ?? sourceOf(await vscode.workspace.openTextDocument(uri));
    const entry = source && (await this.upToDate(source, token));
    if (!entry?.finished) {
      throw new UserError(
        `There is no model in ${vscode.workspace.asRelativePath(uri)}.`,
        'CNN Lab looks for classes that are an nn.Module, for nn.Sequential, and for Keras and TensorFlow.js models.',
      );
    }
    return entry.finished.analysis;
  }

  /** The newest analysis, by the places of the document as it stands now. At once. */
  view(document: vscode.TextDocument): DocumentAnalysis | undefined {
    const source = sourceOf(document);
    return source && this.viewOf(source);
  }

  /** Of a document, or of a notebook as a whole. */
  viewOf({ uri }: { readonly uri: vscode.Uri }): DocumentAnalysis | undefined {
    const entry = this.entries.get(uri.toString());
    if (!entry?.finished) return undefined;
    const { source } = entry;
    const version = sourceVersion(source);
    if (entry.view?.version !== version) {
      const now = readSource(source);
      if (!now) return undefined;
      entry.view = { version, analysis: new DocumentAnalysis(entry.finished, now) };
    }
    return entry.view.analysis;
  }

  /** Waits for the analysis of the document as it stands now. */
  async freshView(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<DocumentAnalysis | undefined> {
    const source = sourceOf(document);
    if (!source) return undefined;
    await this.upToDate(source, token);
    return token.isCancellationRequested ? undefined : this.viewOf(source);
  }

  /** What is known besides the text has changed, of one file or of all. */
  reanalyze(file?: string): void {
    for (const entry of this.entries.values()) {
      if (file !== undefined && entry.source.uri.fsPath !== file) continue;
      entry.running = undefined;
      this.schedule(entry.source, 0);
    }
  }

  /** Resolves when the text as it stands now was read, or is known to hold no model. */
  private async upToDate(source: Source, token?: vscode.CancellationToken): Promise<Entry | undefined> {
    while (!token?.isCancellationRequested) {
      const version = sourceVersion(source);
      const entry = this.entryOf(source);
      if (entry.running?.version !== version) this.start(entry);
      const { running } = entry;
      await running?.answer;
      if (sourceVersion(source) === version && entry.running === running) return entry;
    }
    return undefined;
  }

  private entryOf(source: Source): Entry {
    const key = source.uri.toString();
    const known = this.entries.get(key);
    if (known?.source === source) return known;
    const entry: Entry = { source, finished: known?.finished, view: undefined, running: undefined, timer: undefined };
    clearTimeout(known?.timer);
    this.entries.set(key, entry);
    return entry;
  }

  private schedule(source: Source | undefined, delayMs: number): void {
    if (!source) return;
    const entry = this.entryOf(source);
    clearTimeout(entry.timer);
    if (delayMs === 0) this.start(entry);
    else entry.timer = setTimeout(() => this.start(entry), delayMs);
  }

  private start(entry: Entry): void {
    clearTimeout(entry.timer);
    const text = readSource(entry.source);
    const version = sourceVersion(entry.source);
    if (entry.running?.version === version) return;
    const answer = text && mayHoldModel(text.text, text.language) ? this.read(entry, text) : this.setFinished(entry);
    entry.running = { version, answer: Promise.resolve(answer) };
  }

  private async read(entry: Entry, source: SourceText): Promise<void> {
    const { analyzer, knownOf, log } = this.parts;
    const { file, text, language } = source;
    const begun = performance.now();
    const request = { file: { file, text, language, ...knownOf(file) }, unsaved: unsavedTexts(file) };
    const isNewest = () => this.entries.get(source.uri.toString()) === entry && isText(entry.source, source);
    try {
      const { analysis, warnings, syntaxErrors } = await analyzer.analyze(source.uri.toString(), request);
      log.debug(`${file}: analysed in ${Math.round(performance.now() - begun)} ms.`);
      if (!isNewest()) return;
      // While one types, the text is broken for a moment: what was known before says more.
      const isBroken = entry.finished !== undefined && syntaxErrors > entry.finished.syntaxErrors;
      this.setFinished(entry, isBroken ? entry.finished : { analysis, warnings, syntaxErrors, source });
    } catch (error) {
      if (error instanceof SupersededError) return;
      if (error instanceof UserError) log.info(`${file}: ${describeError(error)}`);
      else log.error(`${file}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }

  private setFinished(entry: Entry, finished?: FinishedAnalysis): void {
    if (!finished && !entry.finished) return;
    entry.finished = finished;
    entry.view = undefined;
    this.changed.fire(entry.source.uri);
  }

  private dependencyChanged(file: string): void {
    for (const entry of this.entries.values()) {
      if (!entry.finished?.analysis.dependencies.includes(file)) continue;
      entry.running = undefined;
      this.schedule(entry.source, settleMs);
    }
  }

  /** A file was made: what could not be imported may be there now. */
  private lookForMissing(): void {
    for (const entry of this.entries.values()) {
      const analysis = entry.finished?.analysis;
      if (!analysis) continue;
      const isWhole = analysis.failures.length === 0 && analysis.models.every(({ unknowns }) => unknowns.length === 0);
      if (isWhole) continue;
      entry.running = undefined;
      this.schedule(entry.source, settleMs);
    }
  }

  private forget(uri: vscode.Uri): void {
    const entry = this.entries.get(uri.toString());
    if (!entry) return;
    clearTimeout(entry.timer);
    this.entries.delete(uri.toString());
    this.changed.fire(uri);
  }

  dispose(): void {
    for (const { timer } of this.entries.values()) clearTimeout(timer);
    this.entries.clear();
    for (const each of this.subscriptions) each.dispose();
  }
}

/** After a keystroke: most are followed by another. */
const typingMs = 120;
/** After a change elsewhere. */
const settleMs = 300;

function isText(source: Source, { text }: SourceText): boolean {
  return readSource(source)?.text === text;
}

function unsavedTexts(besides: string): Record<string, string> {
  const dirty = vscode.workspace.textDocuments.filter(
    ({ isDirty, uri }) => isDirty && uri.scheme === 'file' && uri.fsPath !== besides,
  );
  return Object.fromEntries(dirty.map((document) => [document.uri.fsPath, document.getText()]));
}
