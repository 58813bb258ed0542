import { SampleRandom } from './random.mjs';

/*
 * Handwritten-looking digits. A digit is a few strokes; a stroke is a list of points that a smooth curve runs through,
 * in a box from (0, 0) top left to (1, 1) bottom right. Each drawing shifts the points, bends, slants, turns and
 * stretches the whole, and draws it with a pen whose width changes along the way.
 */

export const digitSize = 28;

/** 28 × 28 bytes, white ink on black, of the digit that drawing `index` of a split shows. */
export function drawDigit(split, index) {
  const random = new SampleRandom('digits', split, index);
  const label = digitLabel(index);
  const strokes = random.choose(digitForms[label])(random);
  return {
    label,
    pixels: render(
      strokes.map((points) => placeStroke(points)),
      random,
      placement(random),
    ),
  };
}

/** All ten in turn: every split has as many of each. */
export function digitLabel(index) {
  return index % 10;
}

const digitForms = [
  zeroForms(),
  oneForms(),
  twoForms(),
  threeForms(),
  fourForms(),
  fiveForms(),
  sixForms(),
  sevenForms(),
  eightForms(),
  nineForms(),
];

/** Points on an ellipse from one angle to another, in turns: 0 is right, 0.25 is down. */
function arc(centerX, centerY, radiusX, radiusY, from, to, count = 9) {
  return Array.from({ length: count }, (_, i) => {
    const angle = 2 * Math.PI * (from + ((to - from) * i) / (count - 1));
    return [centerX + radiusX * Math.cos(angle), centerY + radiusY * Math.sin(angle)];
  });
}

/** A corner is a point three times over: the smooth curve has to stop there. */
function corner(x, y) {
  return [
    [x, y],
    [x, y],
    [x, y],
  ];
}

function zeroForms() {
  const oval = (random) => {
    const radiusX = random.uniform(0.26, 0.44);
    const start = random.uniform(-0.4, -0.1);
    return [arc(0.5, 0.5, radiusX, 0.5, start, start - random.uniform(0.96, 1.08), 13)];
  };
  return [oval];
}

function oneForms() {
  const bar = () => [
    [
      [0.5, 0],
      [0.5, 0.5],
      [0.5, 1],
    ],
  ];
  const flag = (random) => {
    const length = random.uniform(0.14, 0.26);
    return [[[0.52 - length, random.uniform(0.16, 0.26)], ...corner(0.53, 0), [0.53, 0.5], [0.53, 1]]];
  };
  const foot = (random) => {
    const half = random.uniform(0.18, 0.3);
    return [
      ...flag(random),
      [
        [0.53 - half, 1],
        [0.53, 1],
        [0.53 + half, 1],
      ],
    ];
  };
  return [bar, bar, flag, flag, foot];
}

function twoForms() {
  const angular = (random) => [
    [
      ...arc(0.5, 0.28, 0.36, 0.28, random.uniform(0.5, 0.6), 1.08, 8),
      [0.45, 0.75],
      ...corner(0.12, 1),
      [0.5, 1],
      [0.9, random.uniform(0.95, 1)],
    ],
  ];
  const looped = (random) => [
    [
      ...arc(0.52, 0.28, 0.34, 0.28, random.uniform(0.5, 0.6), 1.08, 8),
      [0.5, 0.72],
      [0.26, 0.95],
      [0.1, 0.9],
      [0.2, 0.78],
      [0.45, 0.92],
      [0.7, 1],
      [0.92, 0.92],
    ],
  ];
  return [angular, angular, looped];
}

function threeForms() {
  const round = (random) => {
    const waist = random.uniform(0.42, 0.5);
    return [
      [
        ...arc(0.44, waist / 2, 0.34, waist / 2, random.uniform(0.52, 0.6), 1.2, 8),
        ...corner(random.uniform(0.36, 0.5), waist),
        ...arc(0.44, (1 + waist) / 2, 0.4, (1 - waist) / 2, 0.8, 1.44, 9),
      ],
    ];
  };
  const flat = (random) => [
    [
      [0.12, 0.02],
      [0.45, 0],
      ...corner(0.82, 0.01),
      [0.62, 0.2],
      ...corner(0.42, random.uniform(0.38, 0.44)),
      ...arc(0.44, 0.7, 0.42, 0.3, 0.82, 1.44, 9),
    ],
  ];
  return [round, round, round, flat];
}

function fourForms() {
  const open = (random) => {
    const bar = random.uniform(0.52, 0.66);
    const stem = random.uniform(0.62, 0.76);
    return [
      [
        [random.uniform(0.12, 0.24), 0],
        [0.14, bar * 0.6],
        ...corner(0.1, bar),
        [0.5, bar],
        [random.uniform(0.86, 1), bar - 0.02],
      ],
      [
        [stem, random.uniform(0.05, 0.28)],
        [stem, 0.5],
        [stem - 0.02, 1],
      ],
    ];
  };
  const closed = (random) => {
    const bar = random.uniform(0.6, 0.7);
    const stem = random.uniform(0.64, 0.74);
    return [
      [[stem, 0], [0.36, bar * 0.55], ...corner(0.06, bar), [0.5, bar], [0.96, bar]],
      [
        [stem, 0],
        [stem, 0.5],
        [stem, 1],
      ],
    ];
  };
  return [open, open, closed];
}

function fiveForms() {
  const twoStrokes = (random) => {
    const bowl = random.uniform(0.62, 0.7);
    return [
      [[0.24, 0.02], [0.22, 0.2], ...corner(0.18, 0.44), ...arc(0.44, bowl, 0.4, 1 - bowl, 0.78, 1.44, 9)],
      [
        [0.24, 0.02],
        [0.55, 0.01],
        [random.uniform(0.78, 0.94), 0],
      ],
    ];
  };
  const oneStroke = (random) => {
    const bowl = random.uniform(0.62, 0.7);
    return [
      [
        [random.uniform(0.78, 0.92), 0],
        [0.5, 0.01],
        ...corner(0.26, 0.02),
        [0.22, 0.22],
        ...corner(0.18, 0.44),
        ...arc(0.44, bowl, 0.4, 1 - bowl, 0.8, 1.42, 9),
      ],
    ];
  };
  return [twoStrokes, oneStroke];
}

function sixForms() {
  const hook = (random) => {
    const bowl = random.uniform(0.64, 0.72);
    const radius = 1 - bowl;
    return [
      [
        [random.uniform(0.6, 0.82), random.uniform(0, 0.06)],
        [0.36, 0.22],
        [0.16, 0.52],
        ...arc(0.48, bowl, 0.35, radius, 0.48, -0.5, 11),
        [0.16, bowl + 0.04],
      ],
    ];
  };
  const straight = (random) => {
    const bowl = random.uniform(0.66, 0.74);
    return [[[random.uniform(0.3, 0.5), 0], [0.2, 0.34], ...arc(0.47, bowl, 0.33, 1 - bowl, 0.5, -0.48, 11)]];
  };
  return [hook, hook, straight];
}

function sevenForms() {
  const plain = (random) => [
    [[0.08, random.uniform(0, 0.06)], [0.5, 0], ...corner(0.9, 0.02), [0.62, 0.45], [random.uniform(0.3, 0.46), 1]],
  ];
  const crossed = (random) => [
    ...plain(random),
    [
      [0.34, 0.5],
      [0.58, 0.49],
      [0.82, random.uniform(0.44, 0.5)],
    ],
  ];
  const serif = (random) => [
    [[0.1, 0.2], ...corner(0.1, 0.03), [0.5, 0], ...corner(0.9, 0), [0.64, 0.42], [random.uniform(0.34, 0.5), 1]],
  ];
  return [plain, plain, crossed, serif];
}

function eightForms() {
  const crossing = (random) => {
    const waist = random.uniform(0.42, 0.5);
    const upper = random.uniform(0.27, 0.34);
    const lower = random.uniform(0.33, 0.42);
    return [
      [
        ...arc(0.5, waist / 2, upper, waist / 2, -0.08, -0.68, 8),
        ...arc(0.5, (1 + waist) / 2, lower, (1 - waist) / 2, -0.14, 0.64, 10),
        ...arc(0.5, waist / 2, upper, waist / 2, 0.16, -0.1, 5),
      ],
    ];
  };
  const twoRings = (random) => {
    const waist = random.uniform(0.44, 0.5);
    return [
      arc(0.5, waist / 2, random.uniform(0.26, 0.34), waist / 2, 0.25, -0.77, 10),
      arc(0.5, (1 + waist) / 2, random.uniform(0.32, 0.4), (1 - waist) / 2, -0.25, 0.78, 10),
    ];
  };
  return [crossing, crossing, twoRings];
}

function nineForms() {
  const straight = (random) => {
    const bowl = random.uniform(0.26, 0.32);
    return [
      [
        ...arc(0.46, bowl, 0.34, bowl, -0.06, -1, 11),
        ...corner(0.8, bowl),
        [0.78, 0.6],
        [random.uniform(0.66, 0.8), 1],
      ],
    ];
  };
  const curved = (random) => {
    const bowl = random.uniform(0.26, 0.32);
    return [
      [
        ...arc(0.48, bowl, 0.34, bowl, -0.06, -1, 11),
        [0.8, 0.56],
        [0.7, 0.86],
        [0.45, 1],
        [random.uniform(0.14, 0.28), 0.92],
      ],
    ];
  };
  return [straight, curved];
}

/** A stroke's points as a polyline: Catmull-Rom through them. */
function placeStroke(points) {
  const line = [];
  for (let i = 0; i + 1 < points.length; i++) {
    const [p0, p1, p2, p3] = [
      points[Math.max(0, i - 1)],
      points[i],
      points[i + 1],
      points[Math.min(points.length - 1, i + 2)],
    ];
    for (let step = 0; step < stepsPerSpan; step++) line.push(catmullRom(p0, p1, p2, p3, step / stepsPerSpan));
  }
  line.push(points[points.length - 1]);
  return line;
}

const stepsPerSpan = 4;

function catmullRom(p0, p1, p2, p3, t) {
  return [0, 1].map(
    (axis) =>
      0.5 *
      (2 * p1[axis] +
        (p2[axis] - p0[axis]) * t +
        (2 * p0[axis] - 5 * p1[axis] + 4 * p2[axis] - p3[axis]) * t * t +
        (3 * p1[axis] - p0[axis] - 3 * p2[axis] + p3[axis]) * t * t * t),
  );
}

/** How a drawing lies on the paper: a map from the unit box to pixels. */
function placement(random) {
  const height = random.uniform(16, 21.5);
  const width = height * random.uniform(0.62, 0.92);
  const slant = random.normal(0.12, 0.17);
  const turn = random.normal(0, 0.09);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [centerX, centerY] = [digitSize / 2 + random.normal(0, 0.9), digitSize / 2 + random.normal(0, 0.9)];
  // A slow wave across the paper: two digits of the same form never have quite the same proportions.
  const waves = [0, 1].map(() => ({
    amount: random.normal(0, 0.052),
    alongX: random.uniform(0.5, 4.5),
    alongY: random.uniform(0.5, 4.5),
    phase: random.uniform(0, 2 * Math.PI),
  }));
  const bend = ({ amount, alongX, alongY, phase }, x, y) => amount * Math.sin(alongX * x + alongY * y + phase);
  return ([x, y]) => {
    const [bentX, bentY] = [x - 0.5 + bend(waves[0], x, 2 * y), y - 0.5 + bend(waves[1], 2 * x, y)];
    const [slantedX, slantedY] = [bentX * width - slant * bentY * height, bentY * height];
    return [centerX + cos * slantedX - sin * slantedY, centerY + sin * slantedX + cos * slantedY];
  };
}

/** Ink where a round pen passes; the edge of the ink is one pixel wide. */
function render(strokes, random, place) {
  const radius = random.uniform(0.75, 1.65);
  const ink = random.uniform(215, 255);
  const softness = random.uniform(0.45, 0.75);
  const segments = strokes.flatMap((line) => {
    const wobble = {
      phase: random.uniform(0, 2 * Math.PI),
      amount: random.uniform(0, 0.16),
      speed: random.uniform(0.1, 0.35),
    };
    const [shiftX, shiftY] = [random.normal(0, 0.012), random.normal(0, 0.012)];
    const placed = line.map(([x, y]) => place([x + shiftX, y + shiftY]));
    return placed.slice(1).map((to, i) => ({
      from: placed[i],
      to,
      radius: radius * (1 + wobble.amount * Math.sin(wobble.phase + wobble.speed * i)),
    }));
  });
  const pixels = new Uint8Array(digitSize * digitSize);
  for (let y = 0; y < digitSize; y++) {
    for (let x = 0; x < digitSize; x++) {
      let depth = -Infinity;
      for (const { from, to, radius: pen } of segments) {
        depth = Math.max(depth, pen - distanceToSegment(x + 0.5, y + 0.5, from, to));
      }
      const cover = Math.max(0, Math.min(1, 0.5 + depth / (2 * softness)));
      pixels[y * digitSize + x] = Math.round(ink * cover);
    }
  }
  return pixels;
}

function distanceToSegment(x, y, [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length2 = dx * dx + dy * dy;
  const t = length2 === 0 ? 0 : Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / length2));
  return Math.sqrt((x - x0 - t * dx) ** 2 + (y - y0 - t * dy) ** 2);
}
