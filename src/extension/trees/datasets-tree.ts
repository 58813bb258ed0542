import * as vscode from 'vscode';
import type { DatasetSummary, SplitName } from '../../core/data/dataset';
import { describeFormat } from '../../core/data/describe-format';
import type { DatasetsLibrary, KnownDataset } from '../datasets-library';
import { count, formatCount } from '../runs/run-presentation';

export type DatasetNode =
  /** `dataset` is what commands take. */
  | ({ readonly kind: 'dataset' } & KnownDataset)
  | { readonly kind: 'split'; readonly parent: KnownDataset; readonly split: Split }
  | {
      readonly kind: 'class';
      readonly parent: KnownDataset;
      readonly split: Split;
      readonly name: string;
      readonly count: number;
    };

type Split = DatasetSummary['splits'][number];

/** The Datasets view: data sets; below each its splits, and their classes with counts. */
export class DatasetsTree implements vscode.TreeDataProvider<DatasetNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly library: DatasetsLibrary) {
    this.subscriptions = [this.changed, library.onDidChange(() => this.changed.fire())];
  }

  async getChildren(node?: DatasetNode): Promise<DatasetNode[]> {
    if (!node) return (await this.library.datasets()).map((known) => ({ kind: 'dataset', ...known }));
    switch (node.kind) {
      case 'dataset':
        return node.dataset.splits.map((split) => ({ kind: 'split', parent: node, split }));
      case 'split':
        return node.split.classes.map((each) => ({ kind: 'class', parent: node.parent, split: node.split, ...each }));
      case 'class':
        return [];
    }
  }

  getTreeItem(node: DatasetNode): vscode.TreeItem {
    const { None, Collapsed } = vscode.TreeItemCollapsibleState;
    switch (node.kind) {
      case 'dataset': {
        const { dataset, origin } = node;
        const item = new vscode.TreeItem(dataset.name, Collapsed);
        item.id = datasetId(dataset);
        item.description = describeDataset(dataset) + (origin === 'sample' ? ' · sample' : '');
        item.iconPath = new vscode.ThemeIcon('file-media');
        item.contextValue = 'dataset';
        item.tooltip = datasetTooltip(node);
        return item;
      }
      case 'split': {
        const item = new vscode.TreeItem(splitLabels[node.split.name], Collapsed);
        item.id = `${datasetId(node.parent.dataset)}#${node.split.name}`;
        item.description = count(node.split.count, 'image');
        item.iconPath = new vscode.ThemeIcon(splitIcons[node.split.name]);
        return item;
      }
      case 'class': {
        const item = new vscode.TreeItem(node.name, None);
        item.id = `${datasetId(node.parent.dataset)}#${node.split.name}#${node.name}`;
        item.description = formatCount(node.count);
        item.iconPath = new vscode.ThemeIcon('tag');
        item.accessibilityInformation = { label: `Class ${node.name}, ${count(node.count, 'image')}` };
        return item;
      }
    }
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
  }
}

/** `10 classes · 5,000 images` */
export function describeDataset(dataset: DatasetSummary): string {
  const images = dataset.splits.reduce((sum, split) => sum + split.count, 0);
  const classes = Math.max(0, ...dataset.splits.map((split) => split.classes.length));
  return `${formatCount(classes)} ${classes === 1 ? 'class' : 'classes'} · ${count(images, 'image')}`;
}

function datasetTooltip({ dataset, origin }: KnownDataset): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.appendMarkdown('**').appendText(dataset.name).appendMarkdown('**\n\n');
  const format = describeFormat(dataset);
  tooltip.appendMarkdown(
    `${format.charAt(0).toUpperCase()}${format.slice(1)}${origin === 'sample' ? ', a sample that CNN Lab brings along' : ''}\n\n`,
  );
  const splits = dataset.splits.map((split) => `| ${splitLabels[split.name]} | ${formatCount(split.count)} |`);
  tooltip.appendMarkdown(['| Split | Images |', '|:--|--:|', ...splits].join('\n'));
  tooltip.appendMarkdown('\n\n').appendText(dataset.path);
  return tooltip;
}

function datasetId(dataset: DatasetSummary): string {
  return `${dataset.path}\n${dataset.name}`;
}

const splitLabels: Record<SplitName, string> = { train: 'Training', val: 'Validation', test: 'Test' };
const splitIcons: Record<SplitName, string> = { train: 'mortar-board', val: 'beaker', test: 'checklist' };
