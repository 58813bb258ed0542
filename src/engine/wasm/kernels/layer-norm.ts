import { squaresOf, sumOf } from './reduce';
import { arg, argAddress, argFloat, at, madd, splitAt, sumLanes, zero } from './simd';

/** Floats that are added up in f32 before the sum goes on in f64. */
const BLOCK = 1024;

/** The mean of a row, or 0 where it is not taken off. */
export function meanOf(x: usize, count: i32, centred: bool): f32 {
  return centred ? f32(sumOf(x, count) / f64(count)) : 0;
}

/** 1/√(mean of (x − mean)² + eps). */
export function inverseDeviationOf(x: usize, count: i32, mean: f32, eps: f32): f32 {
  return f32(f64(1) / sqrt(squaresOf(x, count, mean) / f64(count) + f64(eps)));
}

/**
 * y = (x − mean)/√(variance + eps)·weight + bias of each row. Arguments: x, weight or 0, bias or 0, y, rows, columns, eps,
 * whether the mean is taken off.
 */
export function layer_norm(args: usize, part: i32, parts: i32): void {
  const weight = argAddress(args, 1);
  const bias = argAddress(args, 2);
  const columns = arg(args, 5);
  const end = splitAt(arg(args, 4), part + 1, parts);
  for (let row = splitAt(arg(args, 4), part, parts); row < end; row++) {
    const x = at(argAddress(args, 0), row * columns);
    const y = at(argAddress(args, 3), row * columns);
    const mean = meanOf(x, columns, arg(args, 7) != 0);
    const factor = inverseDeviationOf(x, columns, mean, argFloat(args, 6));
    const means = f32x4.splat(mean);
    const factors = f32x4.splat(factor);
    let i = 0;
    if (weight != 0 && bias != 0) {
      for (; i + 4 <= columns; i += 4) {
        const normal = f32x4.mul(f32x4.sub(v128.load(at(x, i)), means), factors);
        v128.store(at(y, i), madd(normal, v128.load(at(weight, i)), v128.load(at(bias, i))));
      }
    } else if (weight != 0) {
      for (; i + 4 <= columns; i += 4) {
        const normal = f32x4.mul(f32x4.sub(v128.load(at(x, i)), means), factors);
        v128.store(at(y, i), f32x4.mul(normal, v128.load(at(weight, i))));
      }
    } else if (bias == 0) {
      for (; i + 4 <= columns; i += 4) {
        v128.store(at(y, i), f32x4.mul(f32x4.sub(v128.load(at(x, i)), means), factors));
      }
    }
    for (; i < columns; i++) {
      const normal = (load<f32>(at(x, i)) - mean) * factor;
      const scale = weight != 0 ? load<f32>(at(weight, i)) : 1;
      store<f32>(at(y, i), normal * scale + (bias != 0 ? load<f32>(at(bias, i)) : 0));
    }
  }
}

/**
 * dx = r·(g − mean(g) − x̂·mean(g·x̂)) of each row, g = dy·weight. Arguments: dy, x, weight or 0, dx, rows, columns, eps,
 * whether the mean is taken off.
 */
export function layer_norm_grad_input(args: usize, part: i32, parts: i32): void {
  const weight = argAddress(args, 2);
  const columns = arg(args, 5);
  const centred = arg(args, 7) != 0;
  const end = splitAt(arg(args, 4), part + 1, parts);
  for (let row = splitAt(arg(args, 4), part, parts); row < end; row++) {
    const dy = at(argAddress(args, 0), row * columns);
    const x = at(argAddress(args, 1), row * columns);
    const dx = at(argAddress(args, 3), row * columns);
    const mean = meanOf(x, columns, centred);
    const inverse = inverseDeviationOf(x, columns, mean, argFloat(args, 6));
    const means = f32x4.splat(mean);
    let sum: f64 = 0;
    let products: f64 = 0;
    for (let from = 0; from < columns; from += BLOCK) {
      const stop = min(from + BLOCK, columns);
      let sums = f32x4.splat(0);
      let more = f32x4.splat(0);
      let otherSums = f32x4.splat(0);
      let others = f32x4.splat(0);
      let i = from;
      for (; i + 8 <= stop; i += 8) {
        let g = v128.load(at(dy, i));
        let h = v128.load(at(dy, i), 16);
        if (weight != 0) {
          g = f32x4.mul(g, v128.load(at(weight, i)));
          h = f32x4.mul(h, v128.load(at(weight, i), 16));
        }
        sums = f32x4.add(sums, g);
        otherSums = f32x4.add(otherSums, h);
        more = madd(g, f32x4.sub(v128.load(at(x, i)), means), more);
        others = madd(h, f32x4.sub(v128.load(at(x, i), 16), means), others);
      }
      sums = f32x4.add(sums, otherSums);
      more = f32x4.add(more, others);
      for (; i + 4 <= stop; i += 4) {
        let g = v128.load(at(dy, i));
        if (weight != 0) g = f32x4.mul(g, v128.load(at(weight, i)));
        sums = f32x4.add(sums, g);
        more = madd(g, f32x4.sub(v128.load(at(x, i)), means), more);
      }
      let blockSum = sumLanes(sums);
      let blockProducts = sumLanes(more);
      for (; i < stop; i++) {
        const g = load<f32>(at(dy, i)) * (weight != 0 ? load<f32>(at(weight, i)) : 1);
        blockSum += g;
        blockProducts += g * (load<f32>(at(x, i)) - mean);
      }
      sum += f64(blockSum);
      products += f64(blockProducts);
    }
    const shift = centred ? f32((sum / f64(columns)) * f64(inverse)) : 0;
    const slope = f32((products / f64(columns)) * f64(inverse) * f64(inverse) * f64(inverse));
    const factors = f32x4.splat(inverse);
    const slopes = f32x4.splat(-slope);
    const shifts = f32x4.splat(-shift);
    let i = 0;
    for (; i + 4 <= columns; i += 4) {
      let g = v128.load(at(dy, i));
      if (weight != 0) g = f32x4.mul(g, v128.load(at(weight, i)));
      const rest = madd(f32x4.sub(v128.load(at(x, i)), means), slopes, shifts);
      v128.store(at(dx, i), madd(g, factors, rest));
    }
    for (; i < columns; i++) {
      const g = load<f32>(at(dy, i)) * (weight != 0 ? load<f32>(at(weight, i)) : 1);
      store<f32>(at(dx, i), g * inverse - (load<f32>(at(x, i)) - mean) * slope - shift);
    }
  }
}

/**
 * Σ dy and Σ dy·x̂ of each column, over chunks of rows. Arguments: dy, x, partial f32 (chunks, 2, columns), rows, columns,
 * chunks, eps, whether the mean is taken off.
 */
export function layer_norm_grad_affine(args: usize, part: i32, parts: i32): void {
  const rows = arg(args, 3);
  const columns = arg(args, 4);
  const chunks = arg(args, 5);
  const end = splitAt(chunks, part + 1, parts);
  for (let chunk = splitAt(chunks, part, parts); chunk < end; chunk++) {
    const sums = at(argAddress(args, 2), 2 * chunk * columns);
    const products = at(sums, columns);
    zero(sums, 2 * columns);
    for (let row = splitAt(rows, chunk, chunks); row < splitAt(rows, chunk + 1, chunks); row++) {
      const dy = at(argAddress(args, 0), row * columns);
      const x = at(argAddress(args, 1), row * columns);
      const mean = meanOf(x, columns, arg(args, 7) != 0);
      const inverse = inverseDeviationOf(x, columns, mean, argFloat(args, 6));
      const means = f32x4.splat(mean);
      const factors = f32x4.splat(inverse);
      let i = 0;
      for (; i + 4 <= columns; i += 4) {
        const g = v128.load(at(dy, i));
        const normal = f32x4.mul(f32x4.sub(v128.load(at(x, i)), means), factors);
        v128.store(at(sums, i), f32x4.add(v128.load(at(sums, i)), g));
        v128.store(at(products, i), madd(g, normal, v128.load(at(products, i))));
      }
      for (; i < columns; i++) {
        const g = load<f32>(at(dy, i));
        const normal = (load<f32>(at(x, i)) - mean) * inverse;
        store<f32>(at(sums, i), load<f32>(at(sums, i)) + g);
        store<f32>(at(products, i), load<f32>(at(products, i)) + g * normal);
      }
    }
  }
}
