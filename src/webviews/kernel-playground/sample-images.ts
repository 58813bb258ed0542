import type { DecodedImage } from '../../protocol/inspection';

/* Images that are drawn here: there is something to see before anyone has chosen a file. */

export const sampleNames = ['shapes', 'rings', 'letters', 'steps', 'point'] as const;
export type SampleName = (typeof sampleNames)[number];

export const sampleTitles: Readonly<Record<SampleName, string>> = {
  shapes: 'Shapes',
  rings: 'Rings of all frequencies',
  letters: 'Letters',
  steps: 'Steps and noise',
  point: 'A single point',
};

type Rgb = readonly [red: number, green: number, blue: number];

/** [3, H, W] */
export function sampleImage(name: SampleName): DecodedImage {
  const side = name === 'point' ? 15 : 128;
  const pixels = new Uint8Array(3 * side * side);
  const colorAt = painters[name]();
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const color = smooth(name) ? blended(colorAt, x, y) : colorAt(x, y);
      color.forEach((value, channel) => (pixels[(channel * side + y) * side + x] = Math.round(value)));
    }
  }
  return { name: sampleTitles[name], shape: [3, side, side], pixels };
}

/** Edges that are not along the pixels are drawn by the mean of four places in each. */
function smooth(name: SampleName): boolean {
  return name === 'shapes';
}

function blended(colorAt: (x: number, y: number) => Rgb, x: number, y: number): Rgb {
  const places = [-0.25, 0.25].flatMap((down) => [-0.25, 0.25].map((across) => colorAt(x + across, y + down)));
  const mean = (channel: 0 | 1 | 2) => places.reduce((sum, color) => sum + color[channel], 0) / places.length;
  return [mean(0), mean(1), mean(2)];
}

const painters: Readonly<Record<SampleName, () => (x: number, y: number) => Rgb>> = {
  shapes: () => (x, y) => {
    const sky = 70 + (110 * y) / 127;
    if (Math.hypot(x - 38, y - 40) < 26) return [238, 190, 60];
    if (Math.abs(x - 94) < 22 && Math.abs(y - 36) < 22) return [40, 90, 190];
    if (y > 72 && y < 116 && Math.abs(x - 40) < (y - 72) * 0.68) return [200, 60, 70];
    const ring = Math.hypot(x - 94, y - 94);
    if (ring < 26 && ring > 15) return [245, 245, 245];
    if (ring <= 15) return [30, 30, 30];
    return [sky * 0.8, sky, sky * 0.95];
  },
  rings: () => (x, y) => {
    // The number of waves in a pixel grows with the distance, up to one in two pixels at the edge.
    const distance = Math.hypot(x - 63.5, y - 63.5);
    const value = 127.5 + 127.5 * Math.cos((Math.PI * distance * distance) / 128);
    return [value, value, value];
  },
  letters: () => {
    const rows = [glyphs.slice(0, 3), glyphs.slice(3, 6)];
    return (x, y) => {
      const [column, row] = [Math.floor((x - 4) / 40), Math.floor((y - 8) / 56)];
      const glyph = rows[row]?.[column];
      const [across, down] = [Math.floor((x - 4 - column * 40) / 8), Math.floor((y - 8 - row * 56) / 8)];
      const ink = x >= 4 && y >= 8 && across < 4 && glyph?.[down]?.[across] === '#';
      return ink ? [25, 35, 60] : [240, 232, 215];
    };
  },
  steps: () => {
    const random = noise(7);
    return (x, y) => {
      const step = Math.floor(x / 32);
      // Above, clean steps; below, the same ones under noise.
      const grey = 40 + 55 * step + (y < 64 ? 0 : 60 * (random() - 0.5));
      return [grey, grey, grey];
    };
  },
  point: () => (x, y) => (x === 7 && y === 7 ? [255, 255, 255] : [0, 0, 0]),
};

const glyphs: readonly (readonly string[])[] = [
  [' ## ', '#  #', '#   ', '#   ', '#  #', ' ## '],
  ['#  #', '## #', '## #', '# ##', '# ##', '#  #'],
  ['#  #', '## #', '## #', '# ##', '# ##', '#  #'],
  ['#   ', '#   ', '#   ', '#   ', '#   ', '####'],
  [' ## ', '#  #', '####', '#  #', '#  #', '#  #'],
  ['### ', '#  #', '### ', '#  #', '#  #', '### '],
];

/** Numbers in [0, 1) that are the same every time; Park and Miller's generator, 1988. */
function noise(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
