import { arg, argAddress, at, splitAt } from './simd';

/** 1 at the first largest element of each line (NaN counts as the largest), else 0. Arguments: x, y, lines, length, pitch: see softmax. */
export function hard_choice(args: usize, part: i32, parts: i32): void {
  const length = arg(args, 3);
  const pitch = arg(args, 4);
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let line = splitAt(arg(args, 2), part, parts); line < end; line++) {
    const start = (line / pitch) * length * pitch + (line % pitch);
    const x = at(argAddress(args, 0), start);
    const y = at(argAddress(args, 1), start);
    let best = load<f32>(x);
    let chosen = 0;
    for (let i = 1; i < length; i++) {
      const value = load<f32>(at(x, i * pitch));
      if (value > best || (value != value && best == best)) {
        best = value;
        chosen = i;
      }
    }
    for (let i = 0; i < length; i++) store<f32>(at(y, i * pitch), i == chosen ? 1 : 0);
  }
}
