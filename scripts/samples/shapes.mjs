import { SampleRandom } from './random.mjs';

/*
 * Coloured shapes on coloured ground. A shape is a function that says whether a point of the plane is inside; it fills
 * about the unit circle; x points up and y to the right. Each picture turns, stretches, scales and shifts it, and draws colours, ground and noise.
 */

export const shapeSize = 32;
export const shapeNames = ['circle', 'cross', 'heart', 'moon', 'ring', 'square', 'star', 'triangle'];

/** 32 × 32 × RGB bytes: picture `index` of a class in a split. */
export function drawShape(split, name, index) {
  const random = new SampleRandom('shapes', split, name, index);
  const contains = insideTests[name](random);
  const { toShape } = placement(random);
  const { ground, figure } = colours(random);
  const paintGround = groundPainter(random, ground);
  const paintFigure = figurePainter(random, figure);
  const noise = random.uniform(2, 10);
  const pixels = new Uint8Array(shapeSize * shapeSize * 3);
  for (let y = 0; y < shapeSize; y++) {
    for (let x = 0; x < shapeSize; x++) {
      const cover = coverage(x, y, (px, py) => contains(...toShape(px, py)));
      const below = paintGround(x / shapeSize, y / shapeSize);
      const above = paintFigure(x / shapeSize, y / shapeSize);
      for (let channel = 0; channel < 3; channel++) {
        const value = below[channel] + cover * (above[channel] - below[channel]) + random.normal(0, noise);
        pixels[(y * shapeSize + x) * 3 + channel] = quantize(value);
      }
    }
  }
  return pixels;
}

/** Each makes the inside test of one picture's shape, with proportions of its own. */
const insideTests = {
  circle: () => (x, y) => x * x + y * y < 0.84,
  ring: (random) => {
    const inner = random.uniform(0.5, 0.68);
    return (x, y) => {
      const distance = Math.sqrt(x * x + y * y);
      return distance < 0.96 && distance > inner;
    };
  },
  square: () => (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.78,
  triangle: () => (x, y) => regularPolygon(3, x, y) < 0.52,
  cross: (random) => {
    const arm = random.uniform(0.22, 0.32);
    return (x, y) => {
      const [a, b] = [Math.abs(x), Math.abs(y)];
      return Math.max(a, b) < 0.95 && Math.min(a, b) < arm;
    };
  },
  star: (random) => {
    const inner = random.uniform(0.4, 0.5);
    return (x, y) => {
      const tip = (2 * Math.PI) / 5;
      const angle = Math.abs((((Math.atan2(y, x) % tip) + 1.5 * tip) % tip) - tip / 2);
      // The edge from the tip (radius 1, angle 0) to the notch (radius `inner`, half a tip further).
      const [notchX, notchY] = [inner * Math.cos(tip / 2), inner * Math.sin(tip / 2)];
      const distance = Math.sqrt(x * x + y * y) / 1.06;
      const [px, py] = [distance * Math.cos(angle), distance * Math.sin(angle)];
      return (px - 1) * notchY - py * (notchX - 1) < 0;
    };
  },
  heart: () => (x, y) => {
    const [u, v] = [y * 1.2, x * 1.2 + 0.1];
    const body = u * u + v * v - 0.85;
    return body * body * body - u * u * v * v * v * 1.3 < 0;
  },
  moon: (random) => {
    const shift = random.uniform(0.42, 0.56);
    return (x, y) => x * x + y * y < 0.96 && x * x + (y - shift) ** 2 > 0.62;
  },
};

/** Distance from the centre, measured so that the polygon's edges lie at the same one. */
function regularPolygon(sides, x, y) {
  let furthest = -Infinity;
  for (let i = 0; i < sides; i++) {
    const angle = (2 * Math.PI * (i + 0.5)) / sides;
    furthest = Math.max(furthest, x * Math.cos(angle) + y * Math.sin(angle));
  }
  return furthest;
}

function placement(random) {
  const radius = random.uniform(8.5, 13);
  const stretch = random.uniform(0.9, 1.1);
  const turn = random.uniform(-0.45, 0.45);
  const room = shapeSize / 2 - radius - 0.5;
  const [centerX, centerY] = [shapeSize / 2 + random.uniform(-room, room), shapeSize / 2 + random.uniform(-room, room)];
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const toShape = (x, y) => {
    const [dx, dy] = [(x - centerX) / radius, (y - centerY) / radius];
    return [(sin * dx - cos * dy) * stretch, (cos * dx + sin * dy) / stretch];
  };
  return { toShape };
}

/** A dark ground and a bright figure, far enough apart to be told from each other. */
function colours(random) {
  for (;;) {
    const ground = [0, 1, 2].map(() => random.uniform(5, 130));
    const figure = [0, 1, 2].map(() => random.uniform(60, 250));
    const [dr, dg, db] = [0, 1, 2].map((channel) => figure[channel] - ground[channel]);
    if (0.3 * dr + 0.59 * dg + 0.11 * db > 75) return { ground, figure };
  }
}

function groundPainter(random, colour) {
  const kind = random.choose(['plain', 'gradient', 'gradient', 'stripes']);
  const angle = random.uniform(0, 2 * Math.PI);
  const [dirX, dirY] = [Math.cos(angle), Math.sin(angle)];
  const strength = kind === 'plain' ? 0 : random.uniform(14, 34);
  const waves = random.uniform(2.5, 5) * 2 * Math.PI;
  return (x, y) => {
    const along = (x - 0.5) * dirX + (y - 0.5) * dirY;
    const shade = strength * (kind === 'stripes' ? 0.6 * Math.sin(waves * along) : 1.4 * along);
    return colour.map((value) => value + shade);
  };
}

function figurePainter(random, colour) {
  const angle = random.uniform(0, 2 * Math.PI);
  const strength = random.uniform(0, 30);
  const [dirX, dirY] = [strength * Math.cos(angle), strength * Math.sin(angle)];
  return (x, y) => colour.map((value) => value + (x - 0.5) * dirX + (y - 0.5) * dirY);
}

/** Share of a pixel that is inside, from 4 × 4 points in it. */
function coverage(x, y, contains) {
  let inside = 0;
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) if (contains(x + (i + 0.5) / 4, y + (j + 0.5) / 4)) inside++;
  }
  return inside / 16;
}

/** To 18 levels: the noise hides the steps, and the files are a third as large. */
function quantize(value) {
  return Math.max(0, Math.min(255, Math.round(value / 15) * 15));
}
