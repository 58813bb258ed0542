import { arg, argAddress, at } from './simd';

/** x + the bias of its channel. Arguments: x, bias, y, channels, places of a plane. */
export function add_channel_bias(args: usize, begin: i32, end: i32): void {
  const channels = arg(args, 3);
  const places = arg(args, 4);
  let i = begin;
  while (i < end) {
    const plane = i / places;
    const bias = load<f32>(at(argAddress(args, 1), plane % channels));
    const stop = min((plane + 1) * places, end);
    const x = argAddress(args, 0);
    const y = argAddress(args, 2);
    for (; i + 4 <= stop; i += 4) v128.store(at(y, i), f32x4.add(v128.load(at(x, i)), f32x4.splat(bias)));
    for (; i < stop; i++) store<f32>(at(y, i), load<f32>(at(x, i)) + bias);
  }
}
