import { arg, argAddress, at, splitAt, zero } from './simd';

/** Arguments: x, indices (i32), y, planes, size of a plane of x, size of a plane of indices and y. */
export function plane_gather(args: usize, part: i32, parts: i32): void {
  const size = arg(args, 4);
  const places = arg(args, 5);
  const end = splitAt(arg(args, 3), part + 1, parts);
  for (let plane = splitAt(arg(args, 3), part, parts); plane < end; plane++) {
    const x = at(argAddress(args, 0), plane * size);
    const indices = at(argAddress(args, 1), plane * places);
    const y = at(argAddress(args, 2), plane * places);
    for (let i = 0; i < places; i++) {
      const index = load<u32>(at(indices, i));
      store<f32>(at(y, i), index < u32(size) ? load<f32>(at(x, index)) : f32(NaN));
    }
  }
}

/** Arguments: x, indices (i32), y, planes, size of a plane of y, size of a plane of indices and x, whether values that meet are summed. */
export function plane_scatter(args: usize, part: i32, parts: i32): void {
  const size = arg(args, 4);
  const places = arg(args, 5);
  const sums = arg(args, 6) != 0;
  const end = splitAt(arg(args, 3), part + 1, parts);
  for (let plane = splitAt(arg(args, 3), part, parts); plane < end; plane++) {
    const x = at(argAddress(args, 0), plane * places);
    const indices = at(argAddress(args, 1), plane * places);
    const y = at(argAddress(args, 2), plane * size);
    zero(y, size);
    for (let i = 0; i < places; i++) {
      const index = load<u32>(at(indices, i));
      if (index >= u32(size)) continue;
      const to = at(y, index);
      store<f32>(to, sums ? load<f32>(to) + load<f32>(at(x, i)) : load<f32>(at(x, i)));
    }
  }
}
