import { inverseDeviationOf, meanOf } from './layer-norm';
import { productsOf, sumOf } from './reduce';
import { arg, argAddress, argFloat, at, madd, splitAt } from './simd';

/**
 * y = (x − mean)/√(variance + eps)·weight + bias, statistics of each group of each image. Arguments: x, weight or 0, bias
 * or 0, y, images, groups, channels of a group, places, eps.
 */
export function group_norm(args: usize, part: i32, parts: i32): void {
  const weight = argAddress(args, 1);
  const bias = argAddress(args, 2);
  const groups = arg(args, 5);
  const channels = arg(args, 6);
  const places = arg(args, 7);
  const count = channels * places;
  const units = arg(args, 4) * groups;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const first = (unit % groups) * channels;
    let x = at(argAddress(args, 0), unit * count);
    let y = at(argAddress(args, 3), unit * count);
    const mean = meanOf(x, count, true);
    const inverse = inverseDeviationOf(x, count, mean, argFloat(args, 8));
    const means = f32x4.splat(mean);
    for (let channel = first; channel < first + channels; channel++) {
      const factor = inverse * (weight != 0 ? load<f32>(at(weight, channel)) : 1);
      const shift: f32 = bias != 0 ? load<f32>(at(bias, channel)) : 0;
      let i = 0;
      for (; i + 4 <= places; i += 4) {
        const centred = f32x4.sub(v128.load(x), means);
        v128.store(y, madd(centred, f32x4.splat(factor), f32x4.splat(shift)));
        x += 16;
        y += 16;
      }
      for (; i < places; i++) {
        store<f32>(y, (load<f32>(x) - mean) * factor + shift);
        x += 4;
        y += 4;
      }
    }
  }
}

/**
 * Of each image: Σ dy and Σ dy·x̂ of each channel, mean and 1/√(variance + eps) of each group. Arguments: dy, x, target
 * (images, 2·C + 2·groups), images, groups, channels of a group, places, eps.
 */
export function group_norm_grad_stats(args: usize, part: i32, parts: i32): void {
  const groups = arg(args, 4);
  const channels = arg(args, 5);
  const places = arg(args, 6);
  const all = groups * channels;
  const units = arg(args, 3) * groups;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const group = unit % groups;
    const stats = at(argAddress(args, 2), (unit / groups) * 2 * (all + groups));
    const x = at(argAddress(args, 1), unit * channels * places);
    const mean = meanOf(x, channels * places, true);
    const inverse = inverseDeviationOf(x, channels * places, mean, argFloat(args, 7));
    for (let i = 0; i < channels; i++) {
      const dy = at(argAddress(args, 0), (unit * channels + i) * places);
      const products = productsOf(dy, at(x, i * places), places, mean) * f64(inverse);
      store<f32>(at(stats, group * channels + i), f32(sumOf(dy, places)));
      store<f32>(at(stats, all + group * channels + i), f32(products));
    }
    store<f32>(at(stats, 2 * all + group), mean);
    store<f32>(at(stats, 2 * all + groups + group), inverse);
  }
}

/**
 * dx = r·(g − mean(g) − x̂·mean(g·x̂)), g = dy·weight. Arguments: dy, x, stats (images, 2·C + 2·groups), weight or 0, dx,
 * images, groups, channels of a group, places.
 */
export function group_norm_grad_input(args: usize, part: i32, parts: i32): void {
  const weight = argAddress(args, 3);
  const groups = arg(args, 6);
  const channels = arg(args, 7);
  const places = arg(args, 8);
  const all = groups * channels;
  const count = f64(channels) * f64(places);
  const units = arg(args, 5) * groups;
  const end = splitAt(units, part + 1, parts);
  for (let unit = splitAt(units, part, parts); unit < end; unit++) {
    const group = unit % groups;
    const first = group * channels;
    const stats = at(argAddress(args, 2), (unit / groups) * 2 * (all + groups));
    const mean = load<f32>(at(stats, 2 * all + group));
    const inverse = load<f32>(at(stats, 2 * all + groups + group));
    let sum: f64 = 0;
    let products: f64 = 0;
    for (let channel = first; channel < first + channels; channel++) {
      const scale: f64 = weight != 0 ? f64(load<f32>(at(weight, channel))) : 1;
      sum += scale * f64(load<f32>(at(stats, channel)));
      products += scale * f64(load<f32>(at(stats, all + channel)));
    }
    const shift = f32((sum / count) * f64(inverse));
    const slope = f32((products / count) * f64(inverse) * f64(inverse));
    const means = f32x4.splat(mean);
    for (let channel = first; channel < first + channels; channel++) {
      const factor = inverse * (weight != 0 ? load<f32>(at(weight, channel)) : 1);
      const offset = (unit * channels + channel - first) * places;
      const dy = at(argAddress(args, 0), offset);
      const x = at(argAddress(args, 1), offset);
      const dx = at(argAddress(args, 4), offset);
      let i = 0;
      for (; i + 4 <= places; i += 4) {
        const rest = madd(f32x4.sub(v128.load(at(x, i)), means), f32x4.splat(-slope), f32x4.splat(-shift));
        v128.store(at(dx, i), madd(v128.load(at(dy, i)), f32x4.splat(factor), rest));
      }
      for (; i < places; i++) {
        const centred = load<f32>(at(x, i)) - mean;
        store<f32>(at(dx, i), load<f32>(at(dy, i)) * factor - centred * slope - shift);
      }
    }
  }
}
