import { placeOf } from './gather';
import { arg, argAddress, at, splitAt, zero } from './simd';

/*
 * Bags of rows of a table. Arguments of all: index, weight, y (bags, columns), offsets of the bags (0: bags of one size),
 * weights of the samples (0: none), bags, size of a bag, count of the index, rows, columns, what is done (0 sum, 1 mean,
 * 2 max), the row that does not count (−1: none); of the gradients then dy and where the gradient goes.
 */

const MEAN = 1;
const MAX = 2;

function firstOf(args: usize, bag: i32): i32 {
  const offsets = argAddress(args, 3);
  if (offsets == 0) return bag * arg(args, 6);
  return bag < arg(args, 5) ? load<i32>(at(offsets, bag)) : arg(args, 7);
}

/** The row that the j-th index names, −1 where it does not count. */
function rowOf(args: usize, j: i32): i32 {
  const row = placeOf(load<i32>(at(argAddress(args, 0), j)), arg(args, 8));
  return row == arg(args, 11) ? -1 : row;
}

function sampleWeight(args: usize, j: i32): f32 {
  const weights = argAddress(args, 4);
  return weights == 0 ? 1 : load<f32>(at(weights, j));
}

function countOf(args: usize, first: i32, end: i32): i32 {
  let count = 0;
  for (let j = first; j < end; j++) if (rowOf(args, j) >= 0) count++;
  return count;
}

export function embedding_bag(args: usize, part: i32, parts: i32): void {
  const columns = arg(args, 9);
  const mode = arg(args, 10);
  const end = splitAt(arg(args, 5), part + 1, parts);
  for (let bag = splitAt(arg(args, 5), part, parts); bag < end; bag++) {
    const y = at(argAddress(args, 2), bag * columns);
    zero(y, columns);
    const first = firstOf(args, bag);
    const last = firstOf(args, bag + 1);
    let count = 0;
    for (let j = first; j < last; j++) {
      const row = rowOf(args, j);
      if (row < 0) continue;
      const x = at(argAddress(args, 1), row * columns);
      const factor = sampleWeight(args, j);
      for (let i = 0; i < columns; i++) {
        const value = load<f32>(at(x, i)) * factor;
        const old = load<f32>(at(y, i));
        store<f32>(at(y, i), mode == MAX ? (count == 0 || value > old || value != value ? value : old) : old + value);
      }
      count++;
    }
    if (mode != MEAN || count == 0) continue;
    for (let i = 0; i < columns; i++) store<f32>(at(y, i), load<f32>(at(y, i)) / f32(count));
  }
}

/** Each part has some columns of dweight to itself, and goes through the bags in their order. */
export function embedding_bag_grad(args: usize, part: i32, parts: i32): void {
  const columns = arg(args, 9);
  const mode = arg(args, 10);
  const dy = argAddress(args, 12);
  const dweight = argAddress(args, 13);
  const left = splitAt(columns, part, parts);
  const right = splitAt(columns, part + 1, parts);
  for (let row = 0; row < arg(args, 8); row++) zero(at(dweight, row * columns + left), right - left);
  for (let bag = 0; bag < arg(args, 5); bag++) {
    const first = firstOf(args, bag);
    const last = firstOf(args, bag + 1);
    const share: f32 = mode == MEAN ? f32(1) / f32(max(1, countOf(args, first, last))) : 1;
    for (let i = left; i < right; i++) {
      const given = load<f32>(at(dy, bag * columns + i)) * share;
      for (let j = first; j < last; j++) {
        const row = rowOf(args, j);
        if (row < 0) continue;
        // Of a maximum the first that has it gets all.
        const x = load<f32>(at(argAddress(args, 1), row * columns + i));
        if (mode == MAX && x != load<f32>(at(argAddress(args, 2), bag * columns + i))) continue;
        const target = at(dweight, row * columns + i);
        store<f32>(target, load<f32>(target) + given * sampleWeight(args, j));
        if (mode == MAX) break;
      }
    }
  }
}

/** dL/d(weight of each sample): the row times the bag's gradient. Arguments: those of the forward pass, dy, target. */
export function embedding_bag_grad_samples(args: usize, part: i32, parts: i32): void {
  const columns = arg(args, 9);
  const end = splitAt(arg(args, 5), part + 1, parts);
  for (let bag = splitAt(arg(args, 5), part, parts); bag < end; bag++) {
    for (let j = firstOf(args, bag); j < firstOf(args, bag + 1); j++) {
      const row = rowOf(args, j);
      let sum: f64 = 0;
      for (let i = 0; i < columns && row >= 0; i++) {
        const x = load<f32>(at(argAddress(args, 1), row * columns + i));
        sum += f64(x) * f64(load<f32>(at(argAddress(args, 12), bag * columns + i)));
      }
      store<f32>(at(argAddress(args, 13), j), f32(sum));
    }
  }
}
