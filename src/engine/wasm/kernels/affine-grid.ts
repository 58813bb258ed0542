import { arg, argAddress, argFloat, at, splitAt } from './simd';

/**
 * Places that an affine map gives: grid = theta·(x, y[, z], 1). Arguments: theta (N, rank, rank + 1), grid (N, places,
 * rank), N, D, H, W, rank, and of each axis the first coordinate and the step.
 */
export function affine_grid(args: usize, part: i32, parts: i32): void {
  const width = arg(args, 5);
  const rank = arg(args, 6);
  const rows = arg(args, 3) * arg(args, 4);
  const end = splitAt(arg(args, 2) * rows, part + 1, parts);
  for (let unit = splitAt(arg(args, 2) * rows, part, parts); unit < end; unit++) {
    const theta = at(argAddress(args, 0), (unit / rows) * rank * (rank + 1));
    const y = coordinate(args, 1, unit % arg(args, 4));
    const z = coordinate(args, 2, (unit % rows) / arg(args, 4));
    let to = at(argAddress(args, 1), unit * width * rank);
    for (let i = 0; i < width; i++) {
      const x = coordinate(args, 0, i);
      for (let k = 0; k < rank; k++) {
        const row = at(theta, k * (rank + 1));
        let value = load<f32>(row) * x + load<f32>(row, 4) * y;
        if (rank == 3) value += load<f32>(row, 8) * z;
        store<f32>(to, value + load<f32>(at(row, rank)));
        to += 4;
      }
    }
  }
}

/** dtheta = Σ dgrid·(x, y[, z], 1) over the places. Arguments as above: dtheta, dgrid, … */
export function affine_grid_grad(args: usize, part: i32, parts: i32): void {
  const height = arg(args, 4);
  const width = arg(args, 5);
  const rank = arg(args, 6);
  const rows = arg(args, 3) * height;
  const end = splitAt(arg(args, 2) * rank, part + 1, parts);
  for (let unit = splitAt(arg(args, 2) * rank, part, parts); unit < end; unit++) {
    let from = at(argAddress(args, 1), (unit / rank) * rows * width * rank + (unit % rank));
    let alongX: f64 = 0;
    let alongY: f64 = 0;
    let alongZ: f64 = 0;
    let sum: f64 = 0;
    for (let row = 0; row < rows; row++) {
      const y = f64(coordinate(args, 1, row % height));
      const z = f64(coordinate(args, 2, row / height));
      for (let i = 0; i < width; i++) {
        const value = f64(load<f32>(from));
        alongX += value * f64(coordinate(args, 0, i));
        alongY += value * y;
        alongZ += value * z;
        sum += value;
        from += usize(rank) << 2;
      }
    }
    const to = at(argAddress(args, 0), unit * (rank + 1));
    store<f32>(to, f32(alongX));
    store<f32>(to, f32(alongY), 4);
    if (rank == 3) store<f32>(to, f32(alongZ), 8);
    store<f32>(at(to, rank), f32(sum));
  }
}

function coordinate(args: usize, axis: i32, index: i32): f32 {
  return argFloat(args, 7 + 2 * axis) + argFloat(args, 8 + 2 * axis) * f32(index);
}
