import type { LayerEntry, LayerId } from '../../protocol/inspection';
import { element, setAttributes } from './dom';

/** A module that holds others, or a layer. */
interface TreeNode {
  readonly key: string;
  readonly label: string;
  readonly depth: number;
  readonly layer: LayerEntry | null;
  readonly children: TreeNode[];
}

/** The layers of a model by their modules: a tree for the keyboard and for assistive technology, with the maps' shapes. */
export class LayerTree {
  readonly root = element('ul', { class: 'layer-tree', role: 'tree', 'aria-label': 'Layers' });
  private nodes: readonly TreeNode[] = [];
  private readonly closed = new Set<string>();
  private rows: { readonly node: TreeNode; readonly item: HTMLElement }[] = [];
  private layers: readonly LayerEntry[] | undefined;
  private selected: LayerId | null = null;
  private active = '';

  constructor(private readonly chosen: (layer: LayerEntry) => void) {
    this.root.addEventListener('keydown', (event) => this.onKey(event));
  }

  update(layers: readonly LayerEntry[], selected: LayerId | null): void {
    const others = layers !== this.layers;
    if (others) {
      this.layers = layers;
      this.nodes = buildTree(layers);
    }
    if (!others && selected === this.selected) return;
    this.selected = selected;
    const path = pathTo(this.nodes, selected);
    // What is chosen is to be seen.
    for (const { key } of path.slice(0, -1)) this.closed.delete(key);
    this.active = path.at(-1)?.key ?? this.active;
    this.render();
    this.rows.find(({ node }) => node.layer?.id === selected)?.item.scrollIntoView({ block: 'nearest' });
  }

  private render(): void {
    const hadFocus = this.root.contains(document.activeElement);
    this.rows = [];
    const visit = (node: TreeNode) => {
      this.rows.push({ node, item: this.row(node) });
      if (!this.closed.has(node.key)) node.children.forEach(visit);
    };
    this.nodes.forEach(visit);
    if (!this.rows.some(({ node }) => node.key === this.active)) this.active = this.rows[0]?.node.key ?? '';
    this.root.replaceChildren(...this.rows.map(({ item }) => item));
    this.markActive(hadFocus);
  }

  private row(node: TreeNode): HTMLElement {
    const { layer, depth, children, label, key } = node;
    const group = children.length > 0;
    const open = !this.closed.has(key);
    const item = element(
      'li',
      {
        class: 'layer-row',
        role: 'treeitem',
        'aria-level': depth + 1,
        'aria-expanded': group ? String(open) : null,
        'aria-selected': layer ? String(layer.id === this.selected) : null,
        title: layer ? `${layer.path || layer.title}: ${layer.title}` : key,
      },
      element('span', { class: 'twisty', 'aria-hidden': 'true' }, group ? (open ? '▾' : '▸') : ''),
      element('span', { class: 'layer-label' }, label),
      ...(layer ? [element('span', { class: 'muted' }, layer.title === label ? '' : layer.title)] : []),
      element('span', { class: 'layer-shape muted' }, layer ? layer.shape.join('×') : ''),
    );
    item.style.paddingLeft = `${6 + 12 * depth}px`;
    item.addEventListener('click', () => {
      this.active = key;
      if (layer) this.chosen(layer);
      else this.toggle(node);
    });
    return item;
  }

  private parentOf(at: number): number {
    const depth = this.rows[at]?.node.depth ?? 0;
    let parent = at;
    while (parent > 0 && (this.rows[parent]?.node.depth ?? 0) >= depth) parent--;
    return parent;
  }

  private toggle(node: TreeNode): void {
    if (!this.closed.delete(node.key)) this.closed.add(node.key);
    this.render();
  }

  private markActive(focus: boolean): void {
    for (const { node, item } of this.rows) {
      const active = node.key === this.active;
      setAttributes(item, { tabindex: active ? 0 : -1 });
      if (active && focus) item.focus();
    }
  }

  private onKey(event: KeyboardEvent): void {
    const at = this.rows.findIndex(({ node }) => node.key === this.active);
    const node = this.rows[at]?.node;
    if (!node) return;
    const goTo = (index: number) => {
      this.active = this.rows[Math.min(this.rows.length - 1, Math.max(0, index))]?.node.key ?? '';
      this.markActive(true);
    };
    const open = node.children.length > 0 && !this.closed.has(node.key);
    if (event.key === 'ArrowDown') goTo(at + 1);
    else if (event.key === 'ArrowUp') goTo(at - 1);
    else if (event.key === 'Home') goTo(0);
    else if (event.key === 'End') goTo(this.rows.length - 1);
    else if (event.key === 'ArrowRight') {
      if (node.children.length > 0 && !open) this.toggle(node);
      else if (open) goTo(at + 1);
    } else if (event.key === 'ArrowLeft') {
      if (open) this.toggle(node);
      else goTo(this.parentOf(at));
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (node.layer) this.chosen(node.layer);
      else this.toggle(node);
    } else return;
    event.preventDefault();
  }
}

/** Layers in their order; those of one module that follow each other stand under it. */
function buildTree(layers: readonly LayerEntry[]): readonly TreeNode[] {
  const top: TreeNode[] = [];
  const isModule = (path: string) => path !== '' && layers.some((other) => other.path.startsWith(`${path}.`));
  for (const layer of layers) {
    const segments = layer.path === '' ? [] : layer.path.split('.');
    // What a module computes by itself (the sum at the end of a block) stands among its layers.
    const own = isModule(layer.path);
    const parents = own ? segments : segments.slice(0, -1);
    let siblings = top;
    parents.forEach((label, depth) => {
      const path = parents.slice(0, depth + 1).join('.');
      let group = siblings.at(-1);
      if (group?.layer !== null || group.label !== label) {
        group = { key: `${path} ${layer.id}`, label, depth, layer: null, children: [] };
        siblings.push(group);
      }
      siblings = group.children;
    });
    const label = own || segments.length === 0 ? layer.title : (segments.at(-1) ?? layer.title);
    siblings.push({ key: String(layer.id), label, depth: parents.length, layer, children: [] });
  }
  return top;
}

function pathTo(nodes: readonly TreeNode[], layer: LayerId | null): readonly TreeNode[] {
  for (const node of nodes) {
    if (node.layer !== null && node.layer.id === layer) return [node];
    const rest = pathTo(node.children, layer);
    if (rest.length > 0) return [node, ...rest];
  }
  return [];
}
