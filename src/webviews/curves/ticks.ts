import type { Range } from './panel-state';

/** Round values in a range, at most `most` of them: steps of 1, 2 or 5 times a power of ten. */
export function linearTicks({ min, max }: Range, most: number): number[] {
  return multiples(min, max, roundStep((max - min) / Math.max(1, most)));
}

/** As linear ticks, in steps that clocks know. */
export function timeTicks({ min, max }: Range, most: number): number[] {
  const finest = (max - min) / Math.max(1, most);
  const step = clockSteps.find((each) => each >= finest);
  return multiples(min, max, step ?? 3600 * roundStep(finest / 3600));
}

const clockSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600];

/** Powers of ten and, where there is room, 2 and 5 times those; linear ticks where less than one decade is in view. */
export function logTicks(range: Range, most: number): number[] {
  const decades = Math.log10(range.max / range.min);
  if (decades < 1) return linearTicks(range, most);
  for (const factors of decades * 3 <= most ? [[1, 2, 5], [1]] : [[1]]) {
    const stride = factors.length > 1 ? 1 : Math.max(1, Math.ceil(decades / most));
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(range.min)); power <= Math.ceil(Math.log10(range.max)); power++) {
      if (power % stride !== 0) continue;
      for (const factor of factors) {
        const tick = Number(`${factor}e${power}`);
        if (tick >= range.min && tick <= range.max) ticks.push(tick);
      }
    }
    if (ticks.length >= 2) return ticks;
  }
  return linearTicks(range, most);
}

function roundStep(finest: number): number {
  const power = 10 ** Math.floor(Math.log10(finest));
  const factor = [1, 2, 5].find((each) => each * power >= finest * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function multiples(min: number, max: number, step: number): number[] {
  if (!(step > 0) || !Number.isFinite(step)) return [];
  const ticks: number[] = [];
  const slack = step * 1e-6;
  for (let index = Math.ceil((min - slack) / step); index * step <= max + slack; index++) {
    // 0.1 × 3 is 0.30000000000000004: the step has at most a few digits, and so has the tick.
    ticks.push(Number((index * step).toPrecision(12)));
  }
  return ticks;
}
