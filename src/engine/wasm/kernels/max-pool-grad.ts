import { arg, argAddress, at, splitAt, zero } from './simd';
import { halvedPlaneGrad, isHalving } from './max-pool-halves';
import { NOBODY } from './max-pool-winners';
import {
  HEIGHT,
  INPUT,
  OUTPUT,
  OUTPUT_DEPTH,
  OUTPUT_HEIGHT,
  OUTPUT_WIDTH,
  PADDING_DEPTH,
  PADDING_HEIGHT,
  PADDING_WIDTH,
  PLANES,
  STRIDE_DEPTH,
  STRIDE_HEIGHT,
  STRIDE_WIDTH,
  WIDTH,
  sizeOfOutput,
  sizeOfPlane,
} from './pool-window';

/** After those of pool-window: the winners' bytes, and how far each element of a window is from its first. */
const WINNERS = 21;
const OFFSETS = 22;

/** Each window's gradient goes to its winner. Arguments: see pool-window (dy is read, dx written) and above. */
export function max_pool_grad(args: usize, part: i32, parts: i32): void {
  const outputs = sizeOfOutput(args);
  const size = sizeOfPlane(args);
  const halves = isHalving(args);
  const end = splitAt(arg(args, PLANES), part + 1, parts);
  for (let plane = splitAt(arg(args, PLANES), part, parts); plane < end; plane++) {
    const dx = at(argAddress(args, OUTPUT), plane * size);
    const dy = at(argAddress(args, INPUT), plane * outputs);
    const winners = argAddress(args, WINNERS) + usize(plane * outputs);
    if (halves) halvedPlaneGrad(args, dy, winners, dx);
    else anyPlane(args, dy, winners, dx);
  }
}

function anyPlane(args: usize, dy: usize, winners: usize, dx: usize): void {
  const offsets = argAddress(args, OFFSETS);
  const outputWidth = arg(args, OUTPUT_WIDTH);
  const stride = usize(arg(args, STRIDE_WIDTH)) << 2;
  zero(dx, sizeOfPlane(args));
  for (let i = 0; i < arg(args, OUTPUT_DEPTH); i++) {
    const front = i * arg(args, STRIDE_DEPTH) - arg(args, PADDING_DEPTH);
    for (let j = 0; j < arg(args, OUTPUT_HEIGHT); j++) {
      const top = j * arg(args, STRIDE_HEIGHT) - arg(args, PADDING_HEIGHT);
      let corner = at(dx, (front * arg(args, HEIGHT) + top) * arg(args, WIDTH) - arg(args, PADDING_WIDTH));
      const end = winners + usize(outputWidth);
      while (winners < end) {
        const winner = load<u8>(winners);
        if (winner != NOBODY) {
          const to = corner + load<usize>(offsets + (usize(winner) << 2));
          store<f32>(to, load<f32>(to) + load<f32>(dy));
        }
        corner += stride;
        dy += 4;
        winners++;
      }
    }
  }
}
