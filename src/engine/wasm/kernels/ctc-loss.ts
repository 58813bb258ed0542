import { at64 } from './matrices64';
import { ownPart } from './own-part';
import { arg, argAddress, argFloat, at, splitAt } from './simd';

/*
 * The states of a sequence are its labels with blanks around each: 2·labels + 1. Sums of probabilities are kept as
 * logarithms in doubles, so that no alignment is too unlikely to count. The first words of both kernels:
 */
/** Log-probabilities [steps, items, classes]. */
const SCORES = 0;
/** Whole numbers, `pitch` of them for each item, or one item's after the other's. */
const TARGETS = 1;
const INPUT_LENGTHS = 2;
const TARGET_LENGTHS = 3;
const ITEMS = 4;
const STEPS = 5;
const CLASSES = 6;
/** 0: one item's after the other's. */
const PITCH = 7;
/** Number of all targets. */
const TARGET_COUNT = 8;
const BLANK = 9;
/** 1: what is infinite counts as 0. */
const ZERO_INFINITY = 10;
/** 1: losses are divided by the number of labels. */
const PER_LABEL = 11;
/** Labels that there is scratch for: more never fit into the steps. */
const MOST_LABELS = 12;
/** Of each part, and its bytes. */
const SCRATCH = 13;
const SCRATCH_BYTES = 14;
const OWN = 15;

/** The loss of each item. More words: losses. Scratch: 2 rows of states. */
export function ctc_loss(args: usize, part: i32, parts: i32): void {
  const scratch = argAddress(args, SCRATCH) + usize(ownPart()) * usize(arg(args, SCRATCH_BYTES));
  const end = splitAt(arg(args, ITEMS), part + 1, parts);
  for (let item = splitAt(arg(args, ITEMS), part, parts); item < end; item++) {
    const loss = lossOf(args, item, scratch, 2);
    store<f32>(at(argAddress(args, OWN), item), f32(isLost(args, loss) ? 0 : loss / divisorOf(args, item)));
  }
}

/** The gradient of the log-probabilities. More words: gradient, dloss, 1 if that is of each item, factor. Scratch: steps + 2 rows of states, a row of classes. */
export function ctc_loss_grad(args: usize, part: i32, parts: i32): void {
  const steps = arg(args, STEPS);
  const classes = arg(args, CLASSES);
  const scratch = argAddress(args, SCRATCH) + usize(ownPart()) * usize(arg(args, SCRATCH_BYTES));
  const each = arg(args, OWN + 2) != 0;
  const end = splitAt(arg(args, ITEMS), part + 1, parts);
  for (let item = splitAt(arg(args, ITEMS), part, parts); item < end; item++) {
    const loss = lossOf(args, item, scratch, steps);
    const dloss = f64(load<f32>(at(argAddress(args, OWN + 1), each ? item : 0))) * f64(argFloat(args, OWN + 3));
    const length = load<i32>(at(argAddress(args, INPUT_LENGTHS), item));
    const isFinite = Math.abs(loss) < Infinity;
    if (isFinite) gradientOf(args, item, scratch, loss, dloss / divisorOf(args, item));
    for (let step = 0; step < steps; step++) {
      if (isFinite && step < length) continue;
      const row = at(argAddress(args, OWN), (step * arg(args, ITEMS) + item) * classes);
      const value = step < length && !isLost(args, loss) ? f32(NaN) : f32(0);
      for (let c = 0; c < classes; c++) store<f32>(at(row, c), value);
    }
  }
}

function isLost(args: usize, loss: f64): bool {
  return arg(args, ZERO_INFINITY) != 0 && loss == Infinity;
}

function divisorOf(args: usize, item: i32): f64 {
  return arg(args, PER_LABEL) != 0 ? f64(max(1, load<i32>(at(argAddress(args, TARGET_LENGTHS), item)))) : 1;
}

/** Where an item's targets begin. */
function targetsOf(args: usize, item: i32): i32 {
  if (arg(args, PITCH) != 0) return item * arg(args, PITCH);
  let first = 0;
  for (let i = 0; i < item; i++) first += load<i32>(at(argAddress(args, TARGET_LENGTHS), i));
  return first;
}

/** Whether lengths and labels are such that there may be a loss. */
function isValid(args: usize, item: i32): bool {
  const length = load<i32>(at(argAddress(args, INPUT_LENGTHS), item));
  const labels = load<i32>(at(argAddress(args, TARGET_LENGTHS), item));
  const first = targetsOf(args, item);
  if (length < 0 || length > arg(args, STEPS) || labels < 0 || first < 0) return false;
  if (arg(args, PITCH) != 0 && labels > arg(args, PITCH)) return false;
  if (first + labels > arg(args, TARGET_COUNT)) return false;
  for (let i = 0; i < labels; i++) {
    if (u32(load<i32>(at(argAddress(args, TARGETS), first + i))) >= u32(arg(args, CLASSES))) return false;
  }
  return true;
}

/** The class of a state. */
function classOf(args: usize, first: i32, state: i32): i32 {
  return (state & 1) != 0 ? load<i32>(at(argAddress(args, TARGETS), first + (state >> 1))) : arg(args, BLANK);
}

function scoreOf(args: usize, item: i32, step: i32, c: i32): f64 {
  return f64(load<f32>(at(argAddress(args, SCORES), (step * arg(args, ITEMS) + item) * arg(args, CLASSES) + c)));
}

/** Row of a step in a table of which `rows` are kept. */
function rowOf(args: usize, table: usize, step: i32, rows: i32): usize {
  return at64(table, (step % rows) * (2 * arg(args, MOST_LABELS) + 1));
}

/**
 * −log of the probability of all alignments; NaN where lengths or labels are none. The table has, for each step and state, the
 * logarithm of the probability of all ways there.
 */
function lossOf(args: usize, item: i32, table: usize, rows: i32): f64 {
  if (!isValid(args, item)) return NaN;
  const length = load<i32>(at(argAddress(args, INPUT_LENGTHS), item));
  const labels = load<i32>(at(argAddress(args, TARGET_LENGTHS), item));
  if (labels > length) return Infinity;
  if (length == 0) return 0;
  const first = targetsOf(args, item);
  const states = 2 * labels + 1;
  for (let step = 0; step < length; step++) {
    const row = rowOf(args, table, step, rows);
    const before = step == 0 ? 0 : rowOf(args, table, step - 1, rows);
    for (let state = 0; state < states; state++) {
      let ways: f64 = state < 2 ? 0 : -Infinity;
      if (before != 0) {
        const c = load<f64>(at64(before, state));
        const b = state > 0 ? load<f64>(at64(before, state - 1)) : -Infinity;
        ways = logSum(c, b, maySkip(args, first, state) ? load<f64>(at64(before, state - 2)) : -Infinity);
      }
      const value = ways == -Infinity ? ways : ways + scoreOf(args, item, step, classOf(args, first, state));
      store<f64>(at64(row, state), value);
    }
  }
  const last = rowOf(args, table, length - 1, rows);
  const end = load<f64>(at64(last, states - 1));
  return -logSum(end, labels > 0 ? load<f64>(at64(last, states - 2)) : -Infinity, -Infinity);
}

/** Whether a state may follow on the one two before: no blank is needed between labels that differ. */
function maySkip(args: usize, first: i32, state: i32): bool {
  return (state & 1) != 0 && state > 1 && classOf(args, first, state) != classOf(args, first, state - 2);
}

/** The gradient of the steps that an item has; the table is that of lossOf. */
function gradientOf(args: usize, item: i32, table: usize, loss: f64, dloss: f64): void {
  const classes = arg(args, CLASSES);
  const length = load<i32>(at(argAddress(args, INPUT_LENGTHS), item));
  const states = 2 * load<i32>(at(argAddress(args, TARGET_LENGTHS), item)) + 1;
  const steps = arg(args, STEPS);
  const first = targetsOf(args, item);
  const width = 2 * arg(args, MOST_LABELS) + 1;
  let after = at64(table, steps * width);
  let row = at64(after, width);
  const shares = at64(table, (steps + 2) * width);
  for (let step = length - 1; step >= 0; step--) {
    const forward = rowOf(args, table, step, steps);
    for (let c = 0; c < classes; c++) store<f64>(at64(shares, c), -Infinity);
    for (let state = states - 1; state >= 0; state--) {
      const c = classOf(args, first, state);
      let ways: f64 = state >= states - 2 ? 0 : -Infinity;
      if (step < length - 1) {
        const own = load<f64>(at64(after, state));
        const next = state + 1 < states ? load<f64>(at64(after, state + 1)) : -Infinity;
        const skips = state + 2 < states && maySkip(args, first, state + 2);
        ways = logSum(own, next, skips ? load<f64>(at64(after, state + 2)) : -Infinity);
      }
      // Both tables have the step's own probability: one is left out here.
      const share = at64(shares, c);
      store<f64>(share, logSum(load<f64>(share), load<f64>(at64(forward, state)) + ways, -Infinity));
      store<f64>(at64(row, state), ways == -Infinity ? ways : ways + scoreOf(args, item, step, c));
    }
    const dx = at(argAddress(args, OWN), (step * arg(args, ITEMS) + item) * classes);
    for (let c = 0; c < classes; c++) {
      const share = Math.exp(load<f64>(at64(shares, c)) + loss);
      store<f32>(at(dx, c), f32((Math.exp(scoreOf(args, item, step, c)) - share) * dloss));
    }
    const kept = after;
    after = row;
    row = kept;
  }
}

/** log(eᵃ + eᵇ + eᶜ) */
function logSum(a: f64, b: f64, c: f64): f64 {
  const most = max(max(a, b), c);
  if (most == -Infinity) return most;
  return most + Math.log(Math.exp(a - most) + Math.exp(b - most) + Math.exp(c - most));
}
