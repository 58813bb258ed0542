import { drawCrispPart } from '../shared/pixel-canvas';
import { readTheme } from '../shared/theme';
import type { Thumbnail } from '../shared/thumbnail-store';
import type { ItemState } from './dataset-model';
import type { TileBox, TileMetrics } from './gallery-layout';

/** Widths of words that are kept. */
const mostWords = 5_000;

/** Draws the tiles of a gallery: picture, words, and the marks of what was decided. In CSS pixels of what is seen. */
export class TilePainter {
  theme = readTheme();
  private context: CanvasRenderingContext2D | undefined;
  private metrics: TileMetrics = { side: 0, caption: 0, gap: 0, heading: 0 };
  private ratio = 1;
  private readonly shortened = new Map<string, string>();

  /** Other tiles have other room. */
  forgetWidths(): void {
    this.shortened.clear();
  }

  begin(context: CanvasRenderingContext2D, metrics: TileMetrics): void {
    this.context = context;
    this.metrics = metrics;
    this.ratio = window.devicePixelRatio;
    context.textBaseline = 'middle';
  }

  heading(text: string, top: number, width: number): void {
    const { context, ratio, metrics, theme } = this;
    if (!context) return;
    const y = Math.round((top + metrics.heading) * ratio);
    context.font = this.font(12, '600');
    context.fillStyle = theme.foreground;
    context.fillText(text, metrics.gap * ratio, y - 14 * ratio, (width - 2 * metrics.gap) * ratio);
    if (top > metrics.gap) {
      context.fillStyle = theme.gridLine;
      context.fillRect(metrics.gap * ratio, Math.round((top + 1) * ratio), (width - 2 * metrics.gap) * ratio, ratio);
    }
  }

  tile(
    box: TileBox,
    thumbnail: Thumbnail | undefined,
    state: ItemState,
    caption: string,
    selected: boolean,
    focus: 'none' | 'active' | 'focused',
  ): void {
    const { context, ratio, metrics, theme } = this;
    if (!context) return;
    const [left, top] = [Math.round(box.left * ratio), Math.round(box.top * ratio)];
    const side = Math.round(metrics.side * ratio);
    const height = side + Math.round(metrics.caption * ratio);
    const out = Math.round(3 * ratio);
    if (selected) {
      context.globalAlpha = 0.28;
      context.fillStyle = theme.accent;
      context.fillRect(left - out, top - out, side + 2 * out, height + 2 * out - ratio);
      context.globalAlpha = 1;
    }
    this.picture(context, thumbnail, left, top, side, state === 'excluded');
    if (state !== 'used') this.mark(context, state, left, top, side);
    if (metrics.caption > 0) {
      context.font = this.font(11, state === 'relabelled' ? '600' : 'normal');
      context.fillStyle = selected || state === 'relabelled' ? theme.foreground : theme.mutedForeground;
      const y = top + side + Math.round((metrics.caption * ratio) / 2) + ratio;
      context.fillText(this.shorten(context, caption, side), left, y);
    }
    if (selected || focus !== 'none') {
      context.strokeStyle = selected || focus === 'focused' ? theme.accent : theme.mutedForeground;
      const line = Math.max(1, Math.round((focus === 'focused' ? 2 : 1) * ratio));
      context.lineWidth = line;
      context.setLineDash(focus === 'active' && !selected ? [3 * ratio, 3 * ratio] : []);
      const half = line / 2;
      context.strokeRect(left - out + half, top - out + half, side + 2 * out - line, height + 2 * out - line - ratio);
      context.setLineDash([]);
    }
  }

  private picture(
    context: CanvasRenderingContext2D,
    thumbnail: Thumbnail | undefined,
    left: number,
    top: number,
    side: number,
    faded: boolean,
  ): void {
    if (thumbnail?.kind === 'picture') {
      context.globalAlpha = faded ? 0.25 : 1;
      drawCrispPart(context, thumbnail.sheet.bitmap, 0, thumbnail.top, thumbnail.side, left, top, side);
      context.globalAlpha = 1;
      return;
    }
    context.fillStyle = this.theme.gridLine;
    context.fillRect(left, top, side, side);
    if (!thumbnail) return;
    context.font = this.font(11, 'normal');
    context.fillStyle = this.theme.error;
    context.textAlign = 'center';
    context.fillText('can’t be read', left + side / 2, top + side / 2, side - 4 * this.ratio);
    context.textAlign = 'left';
  }

  /** Seen without colours: a cross over an excluded picture, a corner on a relabelled one. */
  private mark(
    context: CanvasRenderingContext2D,
    state: Exclude<ItemState, 'used'>,
    left: number,
    top: number,
    side: number,
  ): void {
    const { ratio, theme } = this;
    if (state === 'relabelled') {
      const size = Math.min(side / 3, 16 * ratio);
      context.fillStyle = theme.accent;
      context.beginPath();
      context.moveTo(left + side - size, top);
      context.lineTo(left + side, top);
      context.lineTo(left + side, top + size);
      context.fill();
      return;
    }
    context.strokeStyle = theme.error;
    context.lineWidth = Math.max(1, 1.5 * ratio);
    context.beginPath();
    context.moveTo(left, top);
    context.lineTo(left + side, top + side);
    context.moveTo(left + side, top);
    context.lineTo(left, top + side);
    context.stroke();
  }

  private font(size: number, weight: string): string {
    return `${weight} ${Math.round(size * this.ratio)}px ${this.theme.fontFamily}`;
  }

  /** Ends in … where there is no room. Names of classes come again and again: their widths are kept. */
  private shorten(context: CanvasRenderingContext2D, text: string, room: number): string {
    const key = `${context.font} ${text}`;
    const known = this.shortened.get(key);
    if (known !== undefined) return known;
    let [fits, tooLong] = [0, text.length + 1];
    while (fits + 1 < tooLong) {
      const middle = (fits + tooLong) >> 1;
      const tried = middle === text.length ? text : `${text.slice(0, middle)}…`;
      if (context.measureText(tried).width <= room) fits = middle;
      else tooLong = middle;
    }
    const short = fits === text.length ? text : `${text.slice(0, fits).trimEnd()}…`;
    if (this.shortened.size >= mostWords) this.shortened.clear();
    this.shortened.set(key, short);
    return short;
  }
}
