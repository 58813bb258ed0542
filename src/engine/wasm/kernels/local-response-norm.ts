import { exp4, log1 } from './math';
import { ownPart } from './own-part';
import { arg, argAddress, argFloat, at, madd, splitAt } from './simd';

/** Places of an image that are worked on together; a part's scratch holds so many of each channel, twice for the gradient. */
const BLOCK = 64;

/**
 * y = x·b^−beta, b = k + alpha/size·Σ x² over the channels c − before … c + after. Arguments: x, y, images, channels,
 * places, before, after, alpha/size, beta, k.
 */
export function local_response_norm(args: usize, part: i32, parts: i32): void {
  const channels = arg(args, 3);
  const places = arg(args, 4);
  const beta = argFloat(args, 8);
  const units = arg(args, 2) * channels;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const channel = unit % channels;
    const image = at(argAddress(args, 0), (unit - channel) * places);
    const x = at(argAddress(args, 0), unit * places);
    const y = at(argAddress(args, 1), unit * places);
    for (let i = 0; i < places; i += 4) {
      const base = baseOf(args, 5, at(image, i), channel, channels, places);
      storeUpTo(at(y, i), f32x4.mul(v128.load(at(x, i)), negativePower(base, beta)), places - i);
    }
  }
}

/**
 * dx = dy·b^−beta − 2·alpha·beta/size·x·Σ dy·x·b^(−beta−1) over the channels c − after … c + before. Arguments: dy, x, dx,
 * images, channels, places, before, after, alpha/size, beta, k, scratch, its bytes a part.
 */
export function local_response_norm_grad(args: usize, part: i32, parts: i32): void {
  const channels = arg(args, 4);
  const places = arg(args, 5);
  const before = arg(args, 6);
  const after = arg(args, 7);
  const beta = argFloat(args, 9);
  const ratios = argAddress(args, 11) + usize(ownPart()) * argAddress(args, 12);
  const powers = at(ratios, channels * BLOCK);
  const factor = f32x4.splat(-2 * argFloat(args, 8) * beta);
  const blocks = (places + BLOCK - 1) / BLOCK;
  const units = arg(args, 3) * blocks;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const from = (unit % blocks) * BLOCK;
    const count = min(BLOCK, places - from);
    const first = (unit / blocks) * channels * places + from;
    const dy = at(argAddress(args, 0), first);
    const x = at(argAddress(args, 1), first);
    const dx = at(argAddress(args, 2), first);
    for (let channel = 0; channel < channels; channel++) {
      for (let i = 0; i < count; i += 4) {
        const base = baseOf(args, 6, at(x, i), channel, channels, places);
        const power = f32x4.mul(v128.load(at(dy, channel * places + i)), negativePower(base, beta));
        const ratio = f32x4.div(f32x4.mul(power, v128.load(at(x, channel * places + i))), base);
        v128.store(at(powers, channel * BLOCK + i), power);
        v128.store(at(ratios, channel * BLOCK + i), ratio);
      }
    }
    for (let channel = 0; channel < channels; channel++) {
      const last = min(channel + before, channels - 1);
      for (let i = 0; i < count; i += 4) {
        let sum = f32x4.splat(0);
        for (let other = max(channel - after, 0); other <= last; other++) {
          sum = f32x4.add(sum, v128.load(at(ratios, other * BLOCK + i)));
        }
        const rest = f32x4.mul(f32x4.mul(v128.load(at(x, channel * places + i)), factor), sum);
        const value = f32x4.add(v128.load(at(powers, channel * BLOCK + i)), rest);
        storeUpTo(at(dx, channel * places + i), value, count - i);
      }
    }
  }
}

/** The base of the power at four places of a channel; `x` is channel 0 there, arguments from `index` on as above. */
function baseOf(args: usize, index: i32, x: usize, channel: i32, channels: i32, places: i32): v128 {
  const last = min(channel + arg(args, index + 1), channels - 1);
  let sum = f32x4.splat(0);
  for (let other = max(channel - arg(args, index), 0); other <= last; other++) {
    const value = v128.load(at(x, other * places));
    sum = madd(value, value, sum);
  }
  return madd(sum, f32x4.splat(argFloat(args, index + 2)), f32x4.splat(argFloat(args, index + 4)));
}

/** b^−beta; ¾ and ½ are what networks use. */
function negativePower(b: v128, beta: f32): v128 {
  if (beta == 0.75) {
    const root = f32x4.sqrt(b);
    return f32x4.div(f32x4.splat(1), f32x4.mul(root, f32x4.sqrt(root)));
  }
  if (beta == 0.5) return f32x4.div(f32x4.splat(1), f32x4.sqrt(b));
  if (beta == 1) return f32x4.div(f32x4.splat(1), b);
  let logarithms = f32x4.splat(log1(f32x4.extract_lane(b, 0)));
  logarithms = f32x4.replace_lane(logarithms, 1, log1(f32x4.extract_lane(b, 1)));
  logarithms = f32x4.replace_lane(logarithms, 2, log1(f32x4.extract_lane(b, 2)));
  logarithms = f32x4.replace_lane(logarithms, 3, log1(f32x4.extract_lane(b, 3)));
  return exp4(f32x4.mul(logarithms, f32x4.splat(-beta)));
}

/** Stores the first `count` of four lanes. */
export function storeUpTo(to: usize, value: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, value);
    return;
  }
  store<f32>(to, f32x4.extract_lane(value, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(value, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(value, 2), 8);
}
