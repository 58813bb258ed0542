import type { Image } from '../../core/data/image';
import { element } from '../shared/dom';
import { context2d, drawCrisp, pixelCanvas } from '../shared/pixel-canvas';
import { describeDrawn } from './describe-drawn';
import type { Draw } from './draw-runner';
import { pictureOf } from './image-pixels';

const height = 112;

/** One draw step by step: the image before, and after each transform, with what was drawn for it. */
export class Filmstrip {
  readonly root = element('ol', { class: 'filmstrip', tabindex: 0, 'aria-label': 'Steps of the draw' });
  private shown: Draw | undefined;

  update(original: Image, draw: Draw | undefined): void {
    if (draw && this.shown === draw) return;
    this.shown = draw;
    const steps = draw?.steps ?? [];
    this.root.replaceChildren(
      step(original, 'Original', sizeText(original), false),
      ...steps.map(({ config, drawn, image }, at) => {
        const before = steps[at - 1]?.image ?? original;
        const size = image.width === before.width && image.height === before.height ? [] : [sizeText(image)];
        return step(image, config.name, [describeDrawn(drawn), ...size].join(' · '), image === before);
      }),
    );
  }
}

/** `unchanged`: the transform did nothing this time. */
function step(image: Image, name: string, text: string, unchanged: boolean): HTMLElement {
  const ratio = window.devicePixelRatio;
  const fitting = (height * ratio) / image.height;
  const scale = fitting >= 1 ? Math.floor(fitting) : fitting;
  const canvas = element('canvas', { 'aria-hidden': 'true' });
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  canvas.style.width = `${canvas.width / ratio}px`;
  canvas.style.height = `${canvas.height / ratio}px`;
  drawCrisp(context2d(canvas), pixelCanvas(pictureOf(image)), 0, 0, scale);
  return element(
    'li',
    { class: unchanged ? 'step unchanged' : 'step' },
    element('span', { class: 'step-picture' }, canvas),
    element('span', { class: 'step-name' }, name),
    element('span', { class: 'muted step-text' }, unchanged ? `unchanged · ${text}` : text),
  );
}

function sizeText({ width, height: own }: Image): string {
  return `${width} × ${own}`;
}
