import { arg, argAddress, at, splitAt } from './simd';

/*
 * Elements and rows that an index names. x is (outer, size, inner). A negative index counts from the end; one that is
 * beyond names nothing: what is read there is NaN, what is written there is gone.
 */

/** The place that an index names, −1 if there is none. */
export function placeOf(index: i32, size: i32): i32 {
  const place = index < 0 ? index + size : index;
  return place >= 0 && place < size ? place : -1;
}

const NOTHING: i32 = 0x7fc00000;

/** y[o, j, :] = x[o, index[j], :]. Arguments: x, index, y, outer, size, inner, count of the index. */
export function gather_rows(args: usize, part: i32, parts: i32): void {
  const size = arg(args, 4);
  const inner = arg(args, 5);
  const count = arg(args, 6);
  const elements = arg(args, 3) * count * inner;
  const end = splitAt(elements, part + 1, parts);
  let i = splitAt(elements, part, parts);
  while (i < end) {
    const row = i / inner;
    const first = i - row * inner;
    const length = min(inner - first, end - i);
    const outer = row / count;
    const place = placeOf(load<i32>(at(argAddress(args, 1), row - outer * count)), size);
    const y = at(argAddress(args, 2), i);
    if (place < 0) fillWords(y, length, NOTHING);
    else copyWords(y, at(argAddress(args, 0), (outer * size + place) * inner + first), length);
    i += length;
  }
}

/**
 * dx[o, k, :] = Σ dy[o, j, :] over the j with index[j] = k, in their order. A row of dx is one part's alone.
 * Arguments: dy, index, dx, outer, size, inner, count, the row that gets nothing (−1: none), how often each row is named
 * (i32 by row; dy is divided by it; 0: it is not).
 */
export function scatter_rows(args: usize, part: i32, parts: i32): void {
  const size = arg(args, 4);
  const inner = arg(args, 5);
  const count = arg(args, 6);
  const frequencies = argAddress(args, 8);
  const rows = arg(args, 3) * size;
  const begin = splitAt(rows, part, parts);
  const end = splitAt(rows, part + 1, parts);
  memory.fill(at(argAddress(args, 2), begin * inner), 0, usize((end - begin) * inner) << 2);
  for (let outer = begin / size; outer * size < end; outer++) {
    const lowest = max(begin - outer * size, 0);
    const highest = min(end - outer * size, size);
    for (let j = 0; j < count; j++) {
      const place = placeOf(load<i32>(at(argAddress(args, 1), j)), size);
      if (place < lowest || place >= highest || place == arg(args, 7)) continue;
      const factor: f32 = frequencies == 0 ? 1 : f32(1) / f32(load<i32>(at(frequencies, place)));
      const dx = at(argAddress(args, 2), (outer * size + place) * inner);
      addWords(dx, at(argAddress(args, 0), (outer * count + j) * inner), inner, factor);
    }
  }
}

/** How often each of `size` rows is named. Arguments: index, frequencies (i32), size, count. */
export function count_rows(args: usize, part: i32, parts: i32): void {
  const size = arg(args, 2);
  const begin = splitAt(size, part, parts);
  const end = splitAt(size, part + 1, parts);
  for (let i = begin; i < end; i++) store<i32>(at(argAddress(args, 1), i), 0);
  for (let j = 0; j < arg(args, 3); j++) {
    const place = placeOf(load<i32>(at(argAddress(args, 0), j)), size);
    if (place < begin || place >= end) continue;
    const target = at(argAddress(args, 1), place);
    store<i32>(target, load<i32>(target) + 1);
  }
}

/** y = x, with rows of `values` where the index says; of several for one place the last stays. Arguments: x, index, values, y, outer, size, inner, count. */
export function put_rows(args: usize, part: i32, parts: i32): void {
  const size = arg(args, 5);
  const inner = arg(args, 6);
  const count = arg(args, 7);
  const rows = arg(args, 4) * size;
  const begin = splitAt(rows, part, parts);
  const end = splitAt(rows, part + 1, parts);
  copyWords(at(argAddress(args, 3), begin * inner), at(argAddress(args, 0), begin * inner), (end - begin) * inner);
  for (let outer = begin / size; outer * size < end; outer++) {
    const lowest = max(begin - outer * size, 0);
    const highest = min(end - outer * size, size);
    for (let j = 0; j < count; j++) {
      const place = placeOf(load<i32>(at(argAddress(args, 1), j)), size);
      if (place < lowest || place >= highest) continue;
      const y = at(argAddress(args, 3), (outer * size + place) * inner);
      copyWords(y, at(argAddress(args, 2), (outer * count + j) * inner), inner);
    }
  }
}

/** y[o, j, i] = x[o, index[o, j, i], i]. Arguments: x, index, y, outer, size, inner, count. */
export function gather_elements(args: usize, part: i32, parts: i32): void {
  const size = arg(args, 4);
  const inner = arg(args, 5);
  const count = arg(args, 6);
  const rows = arg(args, 3) * count;
  const end = splitAt(rows, part + 1, parts);
  for (let row = splitAt(rows, part, parts); row < end; row++) {
    const x = at(argAddress(args, 0), (row / count) * size * inner);
    const index = at(argAddress(args, 1), row * inner);
    const y = at(argAddress(args, 2), row * inner);
    for (let i = 0; i < inner; i++) {
      const place = placeOf(load<i32>(at(index, i)), size);
      store<i32>(at(y, i), place < 0 ? NOTHING : load<i32>(at(x, place * inner + i)));
    }
  }
}

/** dx[o, k, i] = Σ dy[o, j, i] over the j with index[o, j, i] = k. Arguments: dy, index, dx, outer, size, inner, count. */
export function scatter_elements(args: usize, part: i32, parts: i32): void {
  const size = arg(args, 4);
  const inner = arg(args, 5);
  const count = arg(args, 6);
  const end = splitAt(arg(args, 3) * inner, part + 1, parts);
  let column = splitAt(arg(args, 3) * inner, part, parts);
  while (column < end) {
    const outer = column / inner;
    const first = column - outer * inner;
    const last = min(inner, first + end - column);
    const dx = at(argAddress(args, 2), outer * size * inner);
    for (let k = 0; k < size; k++) fillWords(at(dx, k * inner + first), last - first, 0);
    for (let j = 0; j < count; j++) {
      const row = (outer * count + j) * inner;
      for (let i = first; i < last; i++) {
        const place = placeOf(load<i32>(at(argAddress(args, 1), row + i)), size);
        if (place < 0) continue;
        const target = at(dx, place * inner + i);
        store<f32>(target, load<f32>(target) + load<f32>(at(argAddress(args, 0), row + i)));
      }
    }
    column += last - first;
  }
}

/** y = x, with elements of `values` where the index says; the last stays. Arguments: x, index, values, y, outer, size, inner, count. */
export function put_elements(args: usize, part: i32, parts: i32): void {
  const size = arg(args, 5);
  const inner = arg(args, 6);
  const count = arg(args, 7);
  const end = splitAt(arg(args, 4) * inner, part + 1, parts);
  let column = splitAt(arg(args, 4) * inner, part, parts);
  while (column < end) {
    const outer = column / inner;
    const first = column - outer * inner;
    const last = min(inner, first + end - column);
    const x = at(argAddress(args, 0), outer * size * inner);
    const y = at(argAddress(args, 3), outer * size * inner);
    for (let k = 0; k < size; k++) copyWords(at(y, k * inner + first), at(x, k * inner + first), last - first);
    for (let j = 0; j < count; j++) {
      const row = (outer * count + j) * inner;
      for (let i = first; i < last; i++) {
        const place = placeOf(load<i32>(at(argAddress(args, 1), row + i)), size);
        if (place >= 0) store<i32>(at(y, place * inner + i), load<i32>(at(argAddress(args, 2), row + i)));
      }
    }
    column += last - first;
  }
}

/** The place of an index, counted from the front. Arguments: index, y, size. */
export function wrap_index(args: usize, begin: i32, end: i32): void {
  const size = arg(args, 2);
  for (let i = begin; i < end; i++) {
    const place = placeOf(load<i32>(at(argAddress(args, 0), i)), size);
    store<i32>(at(argAddress(args, 1), i), place < 0 ? i32.MIN_VALUE : place);
  }
}

/** a·size + the place of b: the index of two dimensions as that of one. Arguments: a, b, y, size. */
export function linear_index(args: usize, begin: i32, end: i32): void {
  const size = arg(args, 3);
  for (let i = begin; i < end; i++) {
    const outer = load<i32>(at(argAddress(args, 0), i));
    const place = placeOf(load<i32>(at(argAddress(args, 1), i)), size);
    store<i32>(at(argAddress(args, 2), i), outer < 0 || place < 0 ? i32.MIN_VALUE : outer * size + place);
  }
}

/** 1 at the class, else 0, as i32. Arguments: index, y, count, classes. */
export function one_hot(args: usize, part: i32, parts: i32): void {
  const classes = arg(args, 3);
  const end = splitAt(arg(args, 2), part + 1, parts);
  for (let row = splitAt(arg(args, 2), part, parts); row < end; row++) {
    const y = at(argAddress(args, 1), row * classes);
    fillWords(y, classes, 0);
    const index = load<i32>(at(argAddress(args, 0), row));
    if (u32(index) < u32(classes)) store<i32>(at(y, index), 1);
  }
}

function copyWords(to: usize, from: usize, count: i32): void {
  if (count >= 128) {
    memory.copy(to, from, usize(count) << 2);
    return;
  }
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(at(to, i), v128.load(at(from, i)));
  for (; i < count; i++) store<i32>(at(to, i), load<i32>(at(from, i)));
}

function fillWords(to: usize, count: i32, word: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(at(to, i), i32x4.splat(word));
  for (; i < count; i++) store<i32>(at(to, i), word);
}

function addWords(to: usize, from: usize, count: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(at(to, i), f32x4.add(v128.load(at(to, i)), f32x4.mul(v128.load(at(from, i)), factors)));
  }
  for (; i < count; i++) store<f32>(at(to, i), load<f32>(at(to, i)) + load<f32>(at(from, i)) * factor);
}
