import { arg, argAddress, at, splitAt } from './simd';

/**
 * The sum of what the windows of a dimension give back: element p gets window w's element p − w·step, of every w that
 * holds it. Arguments: dy (outer, windows, inner, size), dx (outer, length, inner), outer, length, inner, windows, size, step.
 */
export function unfold_dimension_grad(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 3);
  const inner = arg(args, 4);
  const windows = arg(args, 5);
  const size = arg(args, 6);
  const step = arg(args, 7);
  const rows = arg(args, 2) * length;
  const end = splitAt(rows, part + 1, parts);
  for (let row = splitAt(rows, part, parts); row < end; row++) {
    const outer = row / length;
    const place = row - outer * length;
    const first = max(0, (place - size + step) / step);
    const last = min(windows - 1, place / step);
    for (let i = 0; i < inner; i++) {
      let sum: f32 = 0;
      for (let window = first; window <= last; window++) {
        const dy = ((outer * windows + window) * inner + i) * size + place - window * step;
        sum += load<f32>(at(argAddress(args, 0), dy));
      }
      store<f32>(at(argAddress(args, 1), row * inner + i), sum);
    }
  }
}
