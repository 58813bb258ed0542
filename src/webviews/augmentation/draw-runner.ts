import type { DrawPlace } from '../../core/data/augment/draw-stream';
import { normalizationOf } from '../../core/data/augment/run-pipeline';
import { DrawStream } from '../../core/data/augment/draw-stream';
import type { PixelValues } from '../../core/data/augment/transform';
import type { TransformConfig, TransformName } from '../../core/data/augment/transform-config';
import { transformNamed } from '../../core/data/augment/transform-table';
import type { Image } from '../../core/data/image';

/** What one transform has made of an image. */
export interface DrawStep {
  readonly config: TransformConfig;
  readonly drawn: unknown;
  readonly image: Image;
}

/** The image through the whole pipeline, once. */
export interface Draw {
  readonly steps: readonly DrawStep[];
  readonly image: Image;
}

export interface DrawRunnerHandlers {
  /** Some more draws are there; `done`: all that were wanted. */
  readonly drawn: (draws: readonly Draw[], done: boolean) => void;
  readonly failed: (error: unknown) => void;
}

/** What is wanted: one image, many times. */
export interface DrawRequest {
  readonly image: Image;
  readonly transforms: readonly TransformConfig[];
  readonly count: number;
  readonly seed: number;
  /** Number of the image, which its random numbers depend on. */
  readonly number: number;
}

/** Of work between two frames, so that typing and dragging go on. */
const sliceMs = 10;

/** Transforms in which nothing is random: as long as only they come first, they are the same for every draw. */
const fixed: ReadonlySet<TransformName> = new Set(['Resize', 'CenterCrop', 'Pad', 'ToTensor', 'Normalize']);

/** Draws an image many times, in slices; a request that replaces another ends it. */
export class DrawRunner {
  private generation = 0;
  /** Turns of its own between those of the browser: timers that follow each other wait for 4 ms each. */
  private readonly turns = new MessageChannel();

  constructor(private readonly handlers: DrawRunnerHandlers) {}

  run(request: DrawRequest): void {
    const generation = ++this.generation;
    const draws: Draw[] = [];
    const prefix = new Map<number, DrawStep>();
    const goOn = () => {
      if (generation !== this.generation) return;
      const end = performance.now() + sliceMs;
      try {
        while (draws.length < request.count) {
          draws.push(drawOnce(request, draws.length, prefix));
          if (performance.now() >= end) break;
        }
      } catch (error) {
        this.handlers.failed(error);
        return;
      }
      const done = draws.length >= request.count;
      this.handlers.drawn(draws, done);
      if (!done) this.turns.port2.postMessage(null);
    };
    this.turns.port1.onmessage = goOn;
    goOn();
  }
}

/** `prefix`: steps that are the same for every draw, by their place. */
function drawOnce(
  { image, transforms, seed, number }: DrawRequest,
  epoch: number,
  prefix: Map<number, DrawStep>,
): Draw {
  const place: DrawPlace = { seed, epoch, image: number };
  const steps: DrawStep[] = [];
  let before = image;
  let values: PixelValues;
  let isFixed = true;
  transforms.forEach((config, at) => {
    isFixed &&= fixed.has(config.name);
    const known = isFixed ? prefix.get(at) : undefined;
    const step = known ?? applyStep(config, before, new DrawStream(place, at), values);
    if (isFixed) prefix.set(at, step);
    steps.push(step);
    before = step.image;
    if (config.name === 'Normalize') values = normalizationOf(transforms, image.channels);
  });
  return { steps, image: before };
}

function applyStep(config: TransformConfig, image: Image, random: DrawStream, values: PixelValues): DrawStep {
  const transform = transformNamed(config.name);
  const drawn = transform.draw(config, image, random);
  return { config, drawn, image: transform.apply(image, config, drawn, values) };
}
