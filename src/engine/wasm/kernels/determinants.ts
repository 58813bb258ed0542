import { at64, factorLU, widen } from './matrices64';
import { ownPart } from './own-part';
import { arg, argAddress, at, splitAt } from './simd';

/** Of each matrix its determinant (what: 0), its logarithm (1), its sign (2) or the logarithm of its absolute value (3). Arguments: x, y, matrices, n, scratch of each part (n² doubles, n indices), its bytes, what. */
export function determinants(args: usize, part: i32, parts: i32): void {
  const n = arg(args, 3);
  const what = arg(args, 6);
  const a = argAddress(args, 4) + usize(ownPart()) * usize(arg(args, 5));
  const order = at64(a, n * n);
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let item = splitAt(arg(args, 2), part, parts); item < end; item++) {
    widen(at(argAddress(args, 0), item * n * n), a, n * n);
    const turned = factorLU(a, order, n);
    let sign = turned;
    // The product may lie far beyond what a float holds, its logarithm does not.
    let product: f64 = 1;
    let logarithm: f64 = 0;
    for (let k = 0; k < n; k++) {
      const pivot = load<f64>(at64(a, k * (n + 1)));
      product *= pivot;
      logarithm += Math.log(Math.abs(pivot));
      if (pivot != pivot) sign = pivot;
      else if (pivot < 0) sign = -sign;
      else if (pivot == 0) sign = 0;
    }
    let result = logarithm;
    if (what == 0) result = turned * product;
    else if (what == 1 && sign < 0) result = NaN;
    else if (what == 2) result = sign;
    store<f32>(at(argAddress(args, 1), item), f32(result));
  }
}
