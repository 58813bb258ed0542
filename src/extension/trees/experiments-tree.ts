import * as vscode from 'vscode';
import type { LibraryRun } from '../runs/library-run';
import type { RunLibrary } from '../runs/run-library';
import { groupFolds, type RunGroup } from '../runs/group-folds';
import {
  configurationRows,
  describeFolds,
  describeRun,
  foldsTooltip,
  metricRows,
  runTooltip,
  statusIcon,
} from '../runs/run-presentation';
import type { TrainingService } from '../training-service';

export type ExperimentNode =
  | FoldsNode
  /** `runFolder` is what commands take; `label` where it is shown below its folds, under another than its name. */
  | { readonly kind: 'run'; readonly run: LibraryRun; readonly runFolder: string; readonly label?: string }
  | { readonly kind: 'metrics' | 'configuration'; readonly run: LibraryRun }
  | {
      readonly kind: 'row';
      readonly run: LibraryRun;
      readonly group: 'metrics' | 'configuration';
      readonly label: string;
      readonly value: string;
    };

/** All folds of a cross-validation; `runFolders` is what commands take. */
type FoldsNode = Extract<RunGroup, { kind: 'folds' }> & { readonly runFolders: readonly string[] };

/** The Experiments view: runs, newest first, folds below what they are folds of; below each run its metrics and its configuration. */
export class ExperimentsTree implements vscode.TreeDataProvider<ExperimentNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;
  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly library: RunLibrary,
    private readonly training: TrainingService,
  ) {
    this.subscriptions = [
      this.changed,
      library.onDidChange(() => this.changed.fire()),
      training.onDidChange(() => this.refreshSoon()),
    ];
  }

  async getChildren(node?: ExperimentNode): Promise<ExperimentNode[]> {
    if (!node) {
      return groupFolds(await this.library.runs()).map(nodeOf);
    }
    switch (node.kind) {
      case 'folds':
        return node.runs.map((run) => ({
          ...nodeOf({ kind: 'run', run }),
          label: run.name.slice(node.name.length).trim(),
        }));
      case 'run':
        if (!node.run.record) return [];
        return [
          { kind: 'metrics', run: node.run },
          { kind: 'configuration', run: node.run },
        ];
      case 'metrics':
      case 'configuration':
        return this.rows(node.run, node.kind);
      case 'row':
        return [];
    }
  }

  async getParent(node: ExperimentNode): Promise<ExperimentNode | undefined> {
    if (node.kind === 'folds') return undefined;
    if (node.kind === 'run') {
      const groups = groupFolds(await this.library.runs());
      const own = groups.find(
        (each) => each.kind === 'folds' && each.runs.some(({ folder }) => folder === node.runFolder),
      );
      return own && nodeOf(own);
    }
    if (node.kind === 'row') return { kind: node.group, run: node.run };
    return { kind: 'run', run: node.run, runFolder: node.run.folder };
  }

  getTreeItem(node: ExperimentNode): vscode.TreeItem {
    switch (node.kind) {
      case 'folds':
        return foldsItem(node);
      case 'run':
        return this.runItem(node.run, node.label);
      case 'metrics':
      case 'configuration': {
        const metrics = node.kind === 'metrics';
        const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
        const item = new vscode.TreeItem(metrics ? 'Metrics' : 'Configuration', metrics ? Expanded : Collapsed);
        item.id = `${node.run.folder}#${node.kind}`;
        item.iconPath = new vscode.ThemeIcon(metrics ? 'graph' : 'settings');
        return item;
      }
      case 'row': {
        const item = new vscode.TreeItem(node.label);
        item.id = `${node.run.folder}#${node.group}#${node.label}`;
        item.description = node.value;
        item.tooltip = `${node.label}: ${node.value}`;
        return item;
      }
    }
  }

  private runItem(run: LibraryRun, label = run.name): vscode.TreeItem {
    const live = this.training.get(run.folder)?.live;
    const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
    const { None, Collapsed } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(label, run.record ? Collapsed : None);
    item.id = run.folder;
    item.description = `${describeRun(run, live)}${several ? ` · ${run.workspaceFolder}` : ''}`;
    const { icon, color } = statusIcon(run.status);
    item.iconPath = new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
    item.contextValue = `run.${run.status}`;
    item.tooltip = new vscode.MarkdownString(runTooltip(run, live), true);
    item.accessibilityInformation = { label: `${run.name}, ${run.status}, ${item.description}` };
    return item;
  }

  private rows(run: LibraryRun, group: 'metrics' | 'configuration'): ExperimentNode[] {
    if (!run.record) return [];
    const live = this.training.get(run.folder)?.live;
    const rows = group === 'metrics' ? metricRows(run.record, live) : configurationRows(run.record);
    return rows.map((row) => ({ kind: 'row', run, group, ...row }));
  }

  /** A training tells every step: more often than anybody reads. */
  private refreshSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.changed.fire();
    }, liveRefreshMs);
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const each of this.subscriptions) each.dispose();
  }
}

function nodeOf(group: RunGroup): ExperimentNode {
  return group.kind === 'run'
    ? { ...group, runFolder: group.run.folder }
    : { ...group, runFolders: group.runs.map(({ folder }) => folder) };
}

function foldsItem({ name, count, runs, runFolders }: FoldsNode): vscode.TreeItem {
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `${runFolders[0] ?? name}#folds`;
  item.description = describeFolds(runs, count);
  item.iconPath = new vscode.ThemeIcon('layers');
  item.contextValue = 'folds';
  item.tooltip = new vscode.MarkdownString(foldsTooltip(name, runs, count), true);
  item.accessibilityInformation = { label: `${name}, folds, ${item.description}` };
  return item;
}

const liveRefreshMs = 500;
