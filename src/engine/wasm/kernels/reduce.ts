import { at, madd, sumLanes } from './simd';

/** Floats that are added up in f32, sixteen lanes at a time, before the sum goes on in f64. */
const BLOCK = 1024;

/** Σ x over `count` floats. */
export function sumOf(x: usize, count: i32): f64 {
  let total: f64 = 0;
  for (let from = 0; from < count; from += BLOCK) {
    const end = min(from + BLOCK, count);
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let i = from;
    for (; i + 16 <= end; i += 16) {
      a = f32x4.add(a, v128.load(at(x, i)));
      b = f32x4.add(b, v128.load(at(x, i), 16));
      c = f32x4.add(c, v128.load(at(x, i), 32));
      d = f32x4.add(d, v128.load(at(x, i), 48));
    }
    for (; i + 4 <= end; i += 4) a = f32x4.add(a, v128.load(at(x, i)));
    let sum = sumLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
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
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let i = from;
    for (; i + 16 <= end; i += 16) {
      a = addSquare(a, f32x4.sub(v128.load(at(x, i)), means));
      b = addSquare(b, f32x4.sub(v128.load(at(x, i), 16), means));
      c = addSquare(c, f32x4.sub(v128.load(at(x, i), 32), means));
      d = addSquare(d, f32x4.sub(v128.load(at(x, i), 48), means));
    }
    for (; i + 4 <= end; i += 4) a = addSquare(a, f32x4.sub(v128.load(at(x, i)), means));
    let sum = sumLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
    for (; i < end; i++) {
      const difference = load<f32>(at(x, i)) - mean;
      sum += difference * difference;
    }
    total += f64(sum);
  }
  return total;
}

function addSquare(sum: v128, difference: v128): v128 {
  return madd(difference, difference, sum);
}

/** Σ y·(x − mean) over `count` floats. */
export function productsOf(y: usize, x: usize, count: i32, mean: f32): f64 {
  const means = f32x4.splat(mean);
  let total: f64 = 0;
  for (let from = 0; from < count; from += BLOCK) {
    const end = min(from + BLOCK, count);
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let i = from;
    for (; i + 16 <= end; i += 16) {
      a = madd(v128.load(at(y, i)), f32x4.sub(v128.load(at(x, i)), means), a);
      b = madd(v128.load(at(y, i), 16), f32x4.sub(v128.load(at(x, i), 16), means), b);
      c = madd(v128.load(at(y, i), 32), f32x4.sub(v128.load(at(x, i), 32), means), c);
      d = madd(v128.load(at(y, i), 48), f32x4.sub(v128.load(at(x, i), 48), means), d);
    }
    for (; i + 4 <= end; i += 4) a = madd(v128.load(at(y, i)), f32x4.sub(v128.load(at(x, i)), means), a);
    let sum = sumLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
    for (; i < end; i++) sum += load<f32>(at(y, i)) * (load<f32>(at(x, i)) - mean);
    total += f64(sum);
  }
  return total;
}

/** Adds Σ (x − shift) and Σ (x − shift)² over `count` floats to the two f64 of a record. */
export function addMoments(x: usize, count: i32, shift: f32, record: usize): void {
  const shifts = f32x4.splat(shift);
  let total: f64 = 0;
  let squares: f64 = 0;
  for (let from = 0; from < count; from += BLOCK) {
    const end = min(from + BLOCK, count);
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let i = from;
    for (; i + 8 <= end; i += 8) {
      const low = f32x4.sub(v128.load(at(x, i)), shifts);
      const high = f32x4.sub(v128.load(at(x, i), 16), shifts);
      a = f32x4.add(a, low);
      b = f32x4.add(b, high);
      c = addSquare(c, low);
      d = addSquare(d, high);
    }
    let sum = sumLanes(f32x4.add(a, b));
    let square = sumLanes(f32x4.add(c, d));
    for (; i < end; i++) {
      const difference = load<f32>(at(x, i)) - shift;
      sum += difference;
      square += difference * difference;
    }
    total += f64(sum);
    squares += f64(square);
  }
  store<f64>(record, load<f64>(record) + total);
  store<f64>(record, load<f64>(record, 8) + squares, 8);
}

/** Adds Σ y and Σ y·(x − mean) over `count` floats to the two f64 of a record. */
export function addProducts(y: usize, x: usize, count: i32, mean: f32, record: usize): void {
  const means = f32x4.splat(mean);
  let total: f64 = 0;
  let products: f64 = 0;
  for (let from = 0; from < count; from += BLOCK) {
    const end = min(from + BLOCK, count);
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let i = from;
    for (; i + 8 <= end; i += 8) {
      const low = v128.load(at(y, i));
      const high = v128.load(at(y, i), 16);
      a = f32x4.add(a, low);
      b = f32x4.add(b, high);
      c = madd(low, f32x4.sub(v128.load(at(x, i)), means), c);
      d = madd(high, f32x4.sub(v128.load(at(x, i), 16), means), d);
    }
    let sum = sumLanes(f32x4.add(a, b));
    let product = sumLanes(f32x4.add(c, d));
    for (; i < end; i++) {
      sum += load<f32>(at(y, i));
      product += load<f32>(at(y, i)) * (load<f32>(at(x, i)) - mean);
    }
    total += f64(sum);
    products += f64(product);
  }
  store<f64>(record, load<f64>(record) + total);
  store<f64>(record, load<f64>(record, 8) + products, 8);
}
