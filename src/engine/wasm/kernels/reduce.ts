import { at, madd, sumLanes } from './simd';

/** Floats that are added up in f32 before the sum goes on in f64. */
const BLOCK = 1024;

/** Σ x over `count` floats. */
export function sumOf(x: usize, count: i32): f64 {
  let total: f64 = 0;
  for (let from = 0; from < count; from += BLOCK) {
    const end = min(from + BLOCK, count);
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let i = from;
    for (; i + 8 <= end; i += 8) {
      a = f32x4.add(a, v128.load(at(x, i)));
      b = f32x4.add(b, v128.load(at(x, i), 16));
    }
    let sum = sumLanes(f32x4.add(a, b));
    for (; i < end; i++) sum += load<f32>(at(x, i));
    total += f64(sum);
  }
  return total;
}

/** Σ (x − mean)² over `count` floats. */
export function squaresOf(x: usize, count: i32, mean: f32): f64 {
  const means = f32x4.splat(mean);
  let total: f64 = 0;
  for (let from = 0; from < count; from += BLOCK) {
    const end = min(from + BLOCK, count);
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let i = from;
    for (; i + 8 <= end; i += 8) {
      const low = f32x4.sub(v128.load(at(x, i)), means);
      const high = f32x4.sub(v128.load(at(x, i), 16), means);
      a = madd(low, low, a);
      b = madd(high, high, b);
    }
    let sum = sumLanes(f32x4.add(a, b));
    for (; i < end; i++) {
      const difference = load<f32>(at(x, i)) - mean;
      sum += difference * difference;
    }
    total += f64(sum);
  }
  return total;
}

/** Σ y·(x − mean) over `count` floats. */
export function productsOf(y: usize, x: usize, count: i32, mean: f32): f64 {
  const means = f32x4.splat(mean);
  let total: f64 = 0;
  for (let from = 0; from < count; from += BLOCK) {
    const end = min(from + BLOCK, count);
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let i = from;
    for (; i + 8 <= end; i += 8) {
      a = madd(v128.load(at(y, i)), f32x4.sub(v128.load(at(x, i)), means), a);
      b = madd(v128.load(at(y, i), 16), f32x4.sub(v128.load(at(x, i), 16), means), b);
    }
    let sum = sumLanes(f32x4.add(a, b));
    for (; i < end; i++) sum += load<f32>(at(y, i)) * (load<f32>(at(x, i)) - mean);
    total += f64(sum);
  }
  return total;
}
