import type { Picture } from '../../core/inspect/picture';
import type { PixelBox } from '../../protocol/inspection';
import { element, setText } from './dom';
import { context2d, drawCrisp, fitCanvas, pixelCanvas } from './pixel-canvas';
import { readTheme, watchTheme } from './theme';
import { oncePerFrame } from './once-per-frame';

/** What is drawn, one over the other. Boxes are in pixels of the first picture, and may reach beyond it. */
export interface ZoomScene {
  readonly picture: Picture;
  /** Stretched over the whole picture. `smooth`: between its values; else each is a rectangle. */
  readonly overlay?: { readonly pixels: Picture; readonly opacity: number; readonly smooth: boolean };
  readonly boxes?: readonly SceneBox[];
  /** What has to be seen at first besides the picture. */
  readonly extent?: PixelBox;
}

export interface SceneBox {
  readonly box: PixelBox;
  readonly color: string;
  readonly dashed?: boolean;
  readonly label?: string;
}

export interface ZoomImageHandlers {
  /** The pixel under the pointer, or that the arrow keys have gone to; null: none. */
  readonly pointed?: (pixel: PicturePixel | null) => void;
  readonly pressed?: (pixel: PicturePixel) => void;
}

export interface PicturePixel {
  readonly x: number;
  readonly y: number;
}

const mostScale = 256;
const margin = 6;

/** One picture that can be zoomed (wheel, +, −, 0) and moved (dragging, Shift and arrows); arrows go from pixel to pixel. */
export class ZoomImage {
  readonly root: HTMLElement;
  readonly canvas = element('canvas', { class: 'zoom-canvas' });
  private readonly text = element('p', { class: 'visually-hidden', 'aria-live': 'polite' });
  private scene: ZoomScene | undefined;
  private picture: HTMLCanvasElement | undefined;
  private overlay: HTMLCanvasElement | undefined;
  /** Device pixels for each pixel of the picture, and where its corner is; undefined: it fits into the window. */
  private view: View | undefined;
  private cursor: PicturePixel | null = null;
  private readonly requestFrame = oncePerFrame(() => this.draw());
  private theme = readTheme();

  constructor(
    label: string,
    private readonly handlers: ZoomImageHandlers = {},
  ) {
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'img');
    this.canvas.setAttribute('aria-label', label);
    this.root = element('div', { class: 'zoom-image' }, this.canvas, this.text);
    this.canvas.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    this.canvas.addEventListener('pointerdown', (event) => this.onPress(event));
    this.canvas.addEventListener('pointermove', (event) => this.onMove(event));
    this.canvas.addEventListener('pointerleave', () => this.handlers.pointed?.(null));
    this.canvas.addEventListener('keydown', (event) => this.onKey(event));
    this.canvas.addEventListener('dblclick', () => this.fit());
    new ResizeObserver(() => this.requestFrame()).observe(this.root);
    watchTheme(() => {
      this.theme = readTheme();
      this.requestFrame();
    });
  }

  /** A picture of another size is seen as a whole; one of the same size as the one before was. */
  show(scene: ZoomScene, description: string): void {
    const { width, height } = scene.picture;
    if (this.picture?.width !== width || this.picture.height !== height) this.view = undefined;
    if (this.scene?.picture !== scene.picture) this.picture = pixelCanvas(scene.picture);
    if (this.scene?.overlay?.pixels !== scene.overlay?.pixels) {
      this.overlay = scene.overlay && pixelCanvas(scene.overlay.pixels);
    }
    this.scene = scene;
    this.canvas.setAttribute('aria-label', description);
    this.requestFrame();
  }

  clear(): void {
    this.scene = this.picture = this.overlay = undefined;
    this.requestFrame();
  }

  /** Read out, in words, when it changes. */
  announce(text: string): void {
    setText(this.text, text);
  }

  /** The whole picture in the window. */
  fit(): void {
    this.view = undefined;
    this.requestFrame();
  }

  private draw(): void {
    const { canvas, scene, picture } = this;
    fitCanvas(canvas, this.root.clientWidth, this.root.clientHeight);
    const context = context2d(canvas);
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (!scene || !picture) return;
    const { scale, left, top } = this.view ?? this.fittingView(scene);
    drawCrisp(context, picture, left, top, scale);
    if (scene.overlay && this.overlay) {
      context.globalAlpha = scene.overlay.opacity;
      context.imageSmoothingEnabled = scene.overlay.smooth;
      context.drawImage(this.overlay, left, top, picture.width * scale, picture.height * scale);
      context.globalAlpha = 1;
    }
    const ratio = window.devicePixelRatio;
    context.strokeStyle = this.theme.gridLine;
    context.lineWidth = 1;
    context.strokeRect(
      Math.round(left) - 0.5,
      Math.round(top) - 0.5,
      picture.width * scale + 1,
      picture.height * scale + 1,
    );
    for (const { box, color, dashed, label } of scene.boxes ?? []) {
      context.setLineDash(dashed ? [5 * ratio, 3 * ratio] : []);
      context.strokeStyle = color;
      context.lineWidth = Math.max(1, Math.round(2 * ratio));
      const [x, y] = [left + box.left * scale, top + box.top * scale];
      context.strokeRect(x, y, (box.right - box.left) * scale, (box.bottom - box.top) * scale);
      if (label) {
        context.font = `${Math.round(11 * ratio)}px ${this.theme.fontFamily}`;
        context.textBaseline = 'bottom';
        context.fillStyle = color;
        context.fillText(label, x, Math.max(12 * ratio, y - 2 * ratio));
      }
    }
    context.setLineDash([]);
    if (this.cursor && document.activeElement === canvas) {
      context.strokeStyle = this.theme.foreground;
      context.lineWidth = Math.max(1, ratio);
      context.strokeRect(left + this.cursor.x * scale, top + this.cursor.y * scale, scale, scale);
    }
  }

  private fittingView({ picture, extent }: ZoomScene): View {
    const from = { x: Math.min(0, extent?.left ?? 0), y: Math.min(0, extent?.top ?? 0) };
    const to = {
      x: Math.max(picture.width, extent?.right ?? 0),
      y: Math.max(picture.height, extent?.bottom ?? 0),
    };
    const { width, height } = this.canvas;
    const room = 2 * margin * window.devicePixelRatio;
    const wanted = Math.min((width - room) / (to.x - from.x), (height - room) / (to.y - from.y));
    const scale = wanted >= 1 ? Math.floor(wanted) : Math.max(wanted, 0.01);
    return {
      scale,
      left: Math.round((width - (to.x - from.x) * scale) / 2 - from.x * scale),
      top: Math.round((height - (to.y - from.y) * scale) / 2 - from.y * scale),
    };
  }

  private currentView(): View | undefined {
    return this.view ?? (this.scene && this.fittingView(this.scene));
  }

  private zoom(factor: number, x: number, y: number): void {
    const view = this.currentView();
    if (!view || !this.scene) return;
    const least = Math.min(1, this.fittingView(this.scene).scale) / 2;
    const scale = Math.min(mostScale, Math.max(least, view.scale * factor));
    // What is under the pointer stays there.
    this.view = {
      scale,
      left: x - ((x - view.left) * scale) / view.scale,
      top: y - ((y - view.top) * scale) / view.scale,
    };
    this.requestFrame();
  }

  private move(across: number, down: number): void {
    const view = this.currentView();
    if (!view) return;
    this.view = { ...view, left: view.left + across, top: view.top + down };
    this.requestFrame();
  }

  private onWheel(event: WheelEvent): void {
    event.preventDefault();
    const ratio = window.devicePixelRatio;
    this.zoom(Math.exp(-event.deltaY / 400), event.offsetX * ratio, event.offsetY * ratio);
  }

  private onPress(event: PointerEvent): void {
    const ratio = window.devicePixelRatio;
    const start = { x: event.clientX, y: event.clientY };
    const view = this.currentView();
    if (!view || event.button !== 0) return;
    let moved = false;
    const onMove = (next: PointerEvent) => {
      const [across, down] = [next.clientX - start.x, next.clientY - start.y];
      // A hand is never quite still: a click may move a little.
      if (!moved && Math.hypot(across, down) < 4) return;
      moved = true;
      this.view = { ...view, left: view.left + across * ratio, top: view.top + down * ratio };
      this.requestFrame();
    };
    const onUp = () => {
      this.canvas.removeEventListener('pointermove', onMove);
      const pixel = this.pixelAt(event);
      if (!moved && pixel) {
        this.cursor = pixel;
        this.handlers.pressed?.(pixel);
        this.requestFrame();
      }
    };
    this.canvas.setPointerCapture(event.pointerId);
    this.canvas.addEventListener('pointermove', onMove);
    this.canvas.addEventListener('pointerup', onUp, { once: true });
  }

  private onMove(event: PointerEvent): void {
    if (event.buttons === 0) this.handlers.pointed?.(this.pixelAt(event));
  }

  private pixelAt(event: MouseEvent): PicturePixel | null {
    const view = this.currentView();
    if (!view || !this.picture) return null;
    const ratio = window.devicePixelRatio;
    const x = Math.floor((event.offsetX * ratio - view.left) / view.scale);
    const y = Math.floor((event.offsetY * ratio - view.top) / view.scale);
    return x >= 0 && y >= 0 && x < this.picture.width && y < this.picture.height ? { x, y } : null;
  }

  private onKey(event: KeyboardEvent): void {
    const { picture, canvas } = this;
    if (!picture) return;
    const [x, y] = [canvas.width / 2, canvas.height / 2];
    const arrow = arrows[event.key];
    if (arrow && event.shiftKey) this.move(-40 * arrow[0], -40 * arrow[1]);
    else if (arrow) {
      const before = this.cursor ?? { x: picture.width >> 1, y: picture.height >> 1 };
      this.cursor = {
        x: Math.min(picture.width - 1, Math.max(0, before.x + arrow[0])),
        y: Math.min(picture.height - 1, Math.max(0, before.y + arrow[1])),
      };
      this.handlers.pointed?.(this.cursor);
      this.requestFrame();
    } else if ((event.key === 'Enter' || event.key === ' ') && this.cursor) this.handlers.pressed?.(this.cursor);
    else if (event.key === '+' || event.key === '=') this.zoom(1.25, x, y);
    else if (event.key === '-') this.zoom(0.8, x, y);
    else if (event.key === '0') this.fit();
    else return;
    event.preventDefault();
  }
}

const arrows: Readonly<Record<string, readonly [across: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface View {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}
