import { colorIndex, colorMapTable } from '../../core/inspect/color-map';
import { element, setAttributes, setText } from '../shared/dom';
import { context2d, drawCrisp, fitCanvas, pixelCanvas } from '../shared/pixel-canvas';
import { readTheme, watchTheme } from '../shared/theme';
import { cellName, cellText, describeCell, type ConfusionCells } from './confusion-cells';
import { textOn } from '../shared/tint-cell';
import { oncePerFrame } from '../shared/once-per-frame';

export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

export interface ConfusionGridHandlers {
  readonly chosen: (place: CellPlace) => void;
  readonly pointed: (place: CellPlace | null) => void;
  /** Null: all cells fit. */
  readonly zoomed: (side: number | null) => void;
}

export const leastCellSide = 1;
export const mostCellSide = 96;
/** From here on a cell has room for a number, a label for a line, a cell for its outline. */
const leastSideWithNumber = 22;
const labelLine = 13;
const leastSideWithLines = 8;
const mostLabelWidth = 130;
const padding = 6;
/** Of a label beyond its class: it may be higher than a row. */
const labelOverhang = 6;

/**
 * A confusion matrix as coloured cells, of which only what is seen is drawn: a thousand classes are a million cells. For assistive
 * technology a grid, of which the active cell is there, with its text.
 */
export class ConfusionGrid {
  readonly root: HTMLElement;
  private readonly canvas = element('canvas', { class: 'confusion-canvas', 'aria-hidden': 'true' });
  private readonly sizer = element('div', { class: 'confusion-sizer', role: 'presentation' });
  private readonly row = element('div', { role: 'row', class: 'visually-hidden' });
  private readonly cell: HTMLElement;
  private cells: ConfusionCells | undefined;
  private image: HTMLCanvasElement | undefined;
  private wantedSide: number | null = null;
  private active: CellPlace = { row: 0, column: 0 };
  private selected: CellPlace | null = null;
  private labelWidth = 0;
  private labelHeight = 0;
  private readonly requestFrame = oncePerFrame(() => this.draw());
  private theme = readTheme();

  constructor(private readonly handlers: ConfusionGridHandlers) {
    const id = 'confusion-active-cell';
    this.cell = element('div', { id, role: 'gridcell' });
    this.row.append(this.cell);
    this.root = element(
      'div',
      {
        class: 'confusion-grid',
        role: 'grid',
        tabindex: 0,
        'aria-label': 'Confusion matrix: a row for each true class, a column for each predicted one',
        'aria-activedescendant': id,
      },
      this.sizer,
      this.row,
    );
    this.sizer.append(this.canvas);
    this.root.addEventListener('scroll', () => this.requestFrame(), { passive: true });
    this.root.addEventListener('keydown', (event) => this.onKey(event));
    this.root.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    this.root.addEventListener('pointermove', (event) => handlers.pointed(this.placeAt(event)));
    this.root.addEventListener('pointerleave', () => handlers.pointed(null));
    this.root.addEventListener('click', (event) => {
      const place = this.placeAt(event);
      if (!place) return;
      this.activate(place);
      handlers.chosen(place);
    });
    this.root.addEventListener('focus', () => this.requestFrame());
    this.root.addEventListener('blur', () => this.requestFrame());
    new ResizeObserver(() => this.requestFrame()).observe(this.root);
    watchTheme(() => {
      this.theme = readTheme();
      this.requestFrame();
    });
  }

  show(cells: ConfusionCells, selected: CellPlace | null, side: number | null): void {
    if (cells !== this.cells) {
      this.cells = cells;
      this.image = pixelCanvas(cells.pixels);
      this.measureLabels(cells);
    }
    const last = Math.max(0, cells.order.length - 1);
    this.active = { row: Math.min(last, this.active.row), column: Math.min(last, this.active.column) };
    this.selected = selected;
    this.wantedSide = side;
    this.requestFrame();
  }

  /** Of a cell, in CSS pixels, as it is drawn. */
  get side(): number {
    const count = this.cells?.order.length ?? 1;
    const ratio = window.devicePixelRatio;
    const room = Math.min(
      this.root.clientWidth - this.labelWidth - padding,
      this.root.clientHeight - this.labelHeight - padding,
    );
    const side = this.wantedSide ?? Math.min(mostCellSide, Math.max(leastCellSide, room / count));
    // Whole device pixels: all cells are as large.
    return Math.max(1, Math.floor(side * ratio)) / ratio;
  }

  private measureLabels({ names }: ConfusionCells): void {
    const context = context2d(this.canvas);
    context.font = this.font();
    const widest = names.reduce((most, name) => Math.max(most, context.measureText(name).width), 0);
    const own = Math.min(mostLabelWidth, widest / window.devicePixelRatio);
    this.labelWidth = Math.ceil(Math.max(46, own + 2 * padding));
    this.labelHeight = Math.ceil(own + 2 * padding + labelLine);
  }

  private font(): string {
    return `${Math.round(11 * window.devicePixelRatio)}px ${this.theme.fontFamily}`;
  }

  private draw(): void {
    const { root, canvas, cells, image } = this;
    if (!cells || !image) return;
    performance.mark('confusion-draw-start');
    const { side, labelWidth, labelHeight } = this;
    const count = cells.order.length;
    setAttributes(root, { 'aria-rowcount': count, 'aria-colcount': count });
    this.sizer.style.width = `${labelWidth + count * side + padding}px`;
    this.sizer.style.height = `${labelHeight + count * side + padding}px`;
    const ratio = window.devicePixelRatio;
    fitCanvas(canvas, root.clientWidth, root.clientHeight);
    const context = context2d(canvas);
    context.clearRect(0, 0, canvas.width, canvas.height);
    this.tellCell();
    const view: View = {
      step: side * ratio,
      left: Math.round((labelWidth - root.scrollLeft) * ratio),
      top: Math.round((labelHeight - root.scrollTop) * ratio),
      firstRow: Math.max(0, Math.floor(root.scrollTop / side)),
      lastRow: Math.min(count - 1, Math.floor((root.scrollTop + root.clientHeight - labelHeight) / side)),
      firstColumn: Math.max(0, Math.floor(root.scrollLeft / side)),
      lastColumn: Math.min(count - 1, Math.floor((root.scrollLeft + root.clientWidth - labelWidth) / side)),
    };
    context.save();
    context.beginPath();
    context.rect(Math.round(labelWidth * ratio), Math.round(labelHeight * ratio), canvas.width, canvas.height);
    context.clip();
    drawCrisp(context, image, view.left, view.top, view.step);
    if (side >= leastSideWithLines) this.drawLines(context, view);
    if (side >= leastSideWithNumber) this.drawNumbers(context, cells, view);
    this.drawMarks(context, view, count);
    context.restore();
    this.drawLabels(context, cells, view);
    performance.measure('confusion-draw', 'confusion-draw-start');
  }

  private drawLines(context: CanvasRenderingContext2D, view: View): void {
    const { step, left, top, firstRow, lastRow, firstColumn, lastColumn } = view;
    context.strokeStyle = this.theme.gridLine;
    context.lineWidth = 1;
    context.beginPath();
    const [from, to] = [left + firstColumn * step, left + (lastColumn + 1) * step];
    const [above, below] = [top + firstRow * step, top + (lastRow + 1) * step];
    for (let row = firstRow; row <= lastRow + 1; row++) {
      context.moveTo(from, Math.round(top + row * step) + 0.5);
      context.lineTo(to, Math.round(top + row * step) + 0.5);
    }
    for (let column = firstColumn; column <= lastColumn + 1; column++) {
      context.moveTo(Math.round(left + column * step) + 0.5, above);
      context.lineTo(Math.round(left + column * step) + 0.5, below);
    }
    context.stroke();
  }

  private drawNumbers(context: CanvasRenderingContext2D, cells: ConfusionCells, view: View): void {
    const { step, left, top, firstRow, lastRow, firstColumn, lastColumn } = view;
    const colors = colorMapTable('sequential');
    const count = cells.order.length;
    context.font = this.font();
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (let row = firstRow; row <= lastRow; row++) {
      for (let column = firstColumn; column <= lastColumn; column++) {
        const at = row * count + column;
        const text = cellText(cells, at);
        if (text === '' || context.measureText(text).width > step - 4) continue;
        const entry = 4 * colorIndex(cells.values[at] ?? 0, cells.range);
        context.fillStyle = textOn([colors[entry] ?? 0, colors[entry + 1] ?? 0, colors[entry + 2] ?? 0]);
        context.fillText(text, left + (column + 0.5) * step, top + (row + 0.5) * step);
      }
    }
  }

  private drawMarks(context: CanvasRenderingContext2D, { step, left, top }: View, count: number): void {
    const ratio = window.devicePixelRatio;
    context.strokeStyle = this.theme.foreground;
    context.lineWidth = 1;
    context.strokeRect(left - 0.5, top - 0.5, count * step + 1, count * step + 1);
    const outline = ({ row, column }: CellPlace, width: number, dashes: number[]) => {
      context.lineWidth = Math.max(1, Math.round(width * ratio));
      context.setLineDash(dashes);
      const side = Math.max(step, 4);
      context.strokeRect(left + column * step - 0.5, top + row * step - 0.5, side + 1, side + 1);
      context.setLineDash([]);
    };
    if (this.selected) outline(this.selected, 2, []);
    if (document.activeElement === this.root) outline(this.active, 2, [3 * ratio, 2 * ratio]);
  }

  private drawLabels(context: CanvasRenderingContext2D, cells: ConfusionCells, view: View): void {
    const { labelWidth, labelHeight, theme, canvas } = this;
    const ratio = window.devicePixelRatio;
    const { step, left, top, firstRow, lastRow, firstColumn, lastColumn } = view;
    context.font = this.font();
    context.textBaseline = 'middle';
    context.fillStyle = theme.mutedForeground;
    context.textAlign = 'right';
    const room = (mostLabelWidth + 2) * ratio;
    // Where lines are too near, some classes have no label.
    const every = Math.max(1, Math.ceil((labelLine * ratio) / step));
    context.save();
    context.beginPath();
    context.rect(0, (labelHeight - labelOverhang) * ratio, labelWidth * ratio, canvas.height);
    context.clip();
    for (let row = Math.ceil(firstRow / every) * every; row <= lastRow; row += every) {
      context.fillText(cellName(cells, row), (labelWidth - padding) * ratio, top + (row + 0.5) * step, room);
    }
    context.restore();
    context.save();
    context.beginPath();
    context.rect((labelWidth - labelOverhang) * ratio, 0, canvas.width, labelHeight * ratio);
    context.clip();
    context.textAlign = 'left';
    for (let column = Math.ceil(firstColumn / every) * every; column <= lastColumn; column += every) {
      context.save();
      context.translate(left + (column + 0.5) * step, (labelHeight - padding) * ratio);
      context.rotate(-Math.PI / 2);
      context.fillText(cellName(cells, column), 0, 0, room);
      context.restore();
    }
    context.restore();
    context.fillStyle = theme.foreground;
    context.textAlign = 'left';
    context.fillText('predicted →', labelWidth * ratio, labelLine * ratio * 0.6);
    context.textAlign = 'right';
    context.fillText('true ↓', (labelWidth - padding) * ratio, (labelHeight - labelLine - labelOverhang) * ratio);
  }

  private tellCell(): void {
    const { cells, active, selected } = this;
    if (!cells) return;
    setText(this.cell, describeCell(cells, active.row, active.column));
    setAttributes(this.row, { 'aria-rowindex': active.row + 1 });
    setAttributes(this.cell, {
      'aria-colindex': active.column + 1,
      'aria-selected': String(selected?.row === active.row && selected.column === active.column),
    });
  }

  private placeAt(event: MouseEvent): CellPlace | null {
    const { cells, root, side } = this;
    const box = root.getBoundingClientRect();
    const [across, down] = [event.clientX - box.left - this.labelWidth, event.clientY - box.top - this.labelHeight];
    if (!cells || across < 0 || down < 0) return null;
    const [column, row] = [Math.floor((across + root.scrollLeft) / side), Math.floor((down + root.scrollTop) / side)];
    return column < cells.order.length && row < cells.order.length ? { row, column } : null;
  }

  private activate(place: CellPlace): void {
    this.active = place;
    const { root, side, labelWidth, labelHeight } = this;
    const reveal = (at: number, scroll: number, room: number) => {
      if (at * side < scroll) return at * side;
      const beyond = (at + 1) * side - room;
      return beyond > scroll ? beyond : scroll;
    };
    root.scrollTop = reveal(place.row, root.scrollTop, root.clientHeight - labelHeight - padding);
    root.scrollLeft = reveal(place.column, root.scrollLeft, root.clientWidth - labelWidth - padding);
    this.handlers.pointed(place);
    this.requestFrame();
  }

  /** What is under (x, y) of the window stays there. */
  private zoom(factor: number, x: number, y: number): void {
    const { root, side, labelWidth, labelHeight } = this;
    const [column, row] = [(x - labelWidth + root.scrollLeft) / side, (y - labelHeight + root.scrollTop) / side];
    this.wantedSide = Math.min(mostCellSide, Math.max(leastCellSide, side * factor));
    this.handlers.zoomed(Math.round(this.wantedSide));
    this.draw();
    root.scrollLeft = column * this.side - (x - labelWidth);
    root.scrollTop = row * this.side - (y - labelHeight);
  }

  private onWheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = this.root.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
  }

  private onKey(event: KeyboardEvent): void {
    const { cells, active, root } = this;
    if (!cells) return;
    const last = cells.order.length - 1;
    const page = Math.max(1, Math.floor((root.clientHeight - this.labelHeight) / this.side) - 1);
    const { row, column } = active;
    const places: Readonly<Record<string, CellPlace>> = {
      ArrowRight: { row, column: column + 1 },
      ArrowLeft: { row, column: column - 1 },
      ArrowDown: { row: row + 1, column },
      ArrowUp: { row: row - 1, column },
      PageDown: { row: row + page, column },
      PageUp: { row: row - page, column },
      Home: { row: event.ctrlKey ? 0 : row, column: 0 },
      End: { row: event.ctrlKey ? last : row, column: last },
    };
    const place = places[event.key];
    const within = (at: number) => Math.min(last, Math.max(0, at));
    if (place) this.activate({ row: within(place.row), column: within(place.column) });
    else if (event.key === 'Enter' || event.key === ' ') this.handlers.chosen(active);
    else if (event.key === '+' || event.key === '=') this.zoom(1.25, root.clientWidth / 2, root.clientHeight / 2);
    else if (event.key === '-') this.zoom(0.8, root.clientWidth / 2, root.clientHeight / 2);
    else if (event.key === '0') this.handlers.zoomed(null);
    else return;
    event.preventDefault();
  }
}

interface View {
  /** Of a cell, in device pixels; left and top of the first one. */
  readonly step: number;
  readonly left: number;
  readonly top: number;
  /** What is seen. */
  readonly firstRow: number;
  readonly lastRow: number;
  readonly firstColumn: number;
  readonly lastColumn: number;
}
